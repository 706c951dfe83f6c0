"""The first tables."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entity", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(db_index=True, max_length=200)),
                ("is_current", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entity", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(db_index=True, max_length=200)),
                ("kind", models.CharField(choices=[("town", "镇街"), ("park", "平台园区")], max_length=8)),
                ("is_current", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Plot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entity", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(db_index=True, max_length=200)),
                ("is_current", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Firm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entity", models.CharField(max_length=64, unique=True)),
                ("uscc", models.CharField(blank=True, db_index=True, max_length=18)),
                ("name", models.CharField(db_index=True, max_length=200)),
                ("former_names", models.TextField(blank=True)),
                ("industry", models.CharField(blank=True, db_index=True, max_length=64)),
                ("is_above_scale", models.BooleanField(db_index=True, null=True)),
                ("is_current", models.BooleanField(default=True)),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="firms",
                        to="kaiwu_registry.group",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="park_firms",
                        to="kaiwu_registry.place",
                    ),
                ),
                (
                    "town",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="town_firms",
                        to="kaiwu_registry.place",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="PlotUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("share", models.CharField(blank=True, max_length=40)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="uses", to="kaiwu_registry.firm"
                    ),
                ),
                (
                    "plot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="uses", to="kaiwu_registry.plot"
                    ),
                ),
            ],
            options={
                "unique_together": {("plot", "firm", "kind")},
            },
        ),
        migrations.AddField(
            model_name="plot",
            name="users",
            field=models.ManyToManyField(
                related_name="plots", through="kaiwu_registry.PlotUse", to="kaiwu_registry.firm"
            ),
        ),
    ]
