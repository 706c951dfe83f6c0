"""Spaces to let or sell."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kaiwu_registry", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Space",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("area", models.PositiveBigIntegerField()),
                ("floor_load", models.PositiveIntegerField(blank=True, null=True)),
                ("height", models.PositiveIntegerField(blank=True, null=True)),
                ("power", models.PositiveIntegerField(blank=True, null=True)),
                ("price", models.PositiveIntegerField(blank=True, null=True)),
                ("form", models.CharField(max_length=8)),
                ("free_from", models.DateField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "park",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="park_spaces",
                        to="kaiwu_registry.place",
                    ),
                ),
                (
                    "town",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="town_spaces",
                        to="kaiwu_registry.place",
                    ),
                ),
            ],
            options={
                "unique_together": {("name", "town")},
            },
        ),
    ]
