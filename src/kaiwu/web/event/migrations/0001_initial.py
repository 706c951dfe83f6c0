"""The first tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True)),
                ("actor", models.CharField(max_length=150)),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                ("organisation", models.CharField(blank=True, max_length=64)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("verb", models.CharField(max_length=64)),
                ("record", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=64)),
                ("firm", models.CharField(blank=True, db_index=True, max_length=64)),
                ("before", models.TextField(blank=True)),
                ("after", models.TextField(blank=True)),
                ("evidence", models.TextField(blank=True)),
                ("rule_version", models.CharField(blank=True, max_length=128)),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["record", "key"], name="kaiwu_event_record")],
            },
        ),
    ]
