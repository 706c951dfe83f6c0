"""How often a sheet was sent, and why again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kaiwu_evaluation", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="sheet",
            name="asked",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="sheet",
            name="asked_for",
            field=models.CharField(
                blank=True, choices=[("class", "更正后档次有变化"), ("figure", "数据已更正")], max_length=8
            ),
        ),
    ]
