"""The order of the list of near misses as an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kaiwu_registry", "0002_space"),
        ("kaiwu_run", "0002_nearrow"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="nearrow",
            index=models.Index(fields=["-run", "-kind", "effort", "id"], name="kaiwu_near_order"),
        ),
    ]
