"""The first table."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kaiwu_registry", "0002_space"),
    ]

    operations = [
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=64, unique=True)),
                ("kind", models.CharField(db_index=True, max_length=32)),
                ("title", models.CharField(max_length=200)),
                ("subject", models.CharField(blank=True, max_length=64)),
                ("as_of", models.DateField()),
                ("run", models.CharField(blank=True, max_length=12)),
                ("rule_version", models.CharField(max_length=64)),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("template", models.CharField(max_length=64)),
                ("made_by", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "firm",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="kaiwu_registry.firm",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
    ]
