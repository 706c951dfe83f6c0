"""The first tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RunRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=12, unique=True)),
                ("job", models.CharField(db_index=True, max_length=64)),
                ("zh", models.CharField(max_length=200)),
                ("en", models.CharField(max_length=200)),
                ("as_of", models.DateField()),
                ("rated", models.PositiveIntegerField(db_index=True)),
                ("known_at", models.DateField()),
                ("purpose", models.CharField(max_length=64)),
                ("corrects", models.CharField(blank=True, max_length=12)),
                ("population", models.PositiveIntegerField()),
                ("schemes", models.TextField()),
                ("result_digest", models.CharField(max_length=64)),
                ("pack_digest", models.CharField(max_length=64)),
                ("engine", models.CharField(max_length=32)),
                ("is_synthetic", models.BooleanField()),
                ("created_at", models.CharField(blank=True, max_length=40)),
                ("asked_by", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "ordering": ("-number",),
            },
        ),
    ]
