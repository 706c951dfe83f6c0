"""Signs of life of workers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kaiwu_job", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkerBeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64, unique=True)),
                ("seen_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
