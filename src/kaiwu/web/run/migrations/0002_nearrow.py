"""Near misses of runs."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kaiwu_registry", "0001_initial"),
        ("kaiwu_run", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="NearRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scheme", models.CharField(max_length=64)),
                ("scheme_zh", models.CharField(max_length=200)),
                ("scheme_en", models.CharField(max_length=200)),
                ("item", models.CharField(max_length=64)),
                ("zh", models.CharField(max_length=200)),
                ("en", models.CharField(max_length=200)),
                ("article", models.CharField(blank=True, max_length=200)),
                ("mark_zh", models.CharField(blank=True, max_length=64)),
                ("mark_en", models.CharField(blank=True, max_length=64)),
                ("kind", models.CharField(max_length=8)),
                ("slots", models.TextField()),
                ("owner", models.CharField(blank=True, max_length=100)),
                ("gap_zh", models.TextField()),
                ("gap_en", models.TextField()),
                ("effort", models.BigIntegerField()),
                ("outcome", models.PositiveSmallIntegerField()),
                ("low", models.BigIntegerField(null=True)),
                ("high", models.BigIntegerField(null=True)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="near", to="kaiwu_registry.firm"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="near", to="kaiwu_run.runrow"
                    ),
                ),
            ],
            options={
                "ordering": ("effort", "pk"),
                "indexes": [
                    models.Index(fields=["run", "scheme", "item"], name="kaiwu_near_clause"),
                    models.Index(fields=["run", "firm"], name="kaiwu_near_firm"),
                ],
            },
        ),
    ]
