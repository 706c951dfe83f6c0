"""The first tables."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kaiwu_account", "0001_initial"),
        ("kaiwu_registry", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(max_length=32, unique=True)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("procedure", models.CharField(db_index=True, max_length=64)),
                ("pack_digest", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=200)),
                ("year", models.PositiveIntegerField(blank=True, db_index=True, null=True)),
                ("stage", models.CharField(db_index=True, max_length=64)),
                ("owner", models.CharField(db_index=True, max_length=16)),
                ("stage_since", models.DateField()),
                ("due", models.DateField(blank=True, db_index=True, null=True)),
                ("is_closed", models.BooleanField(db_index=True, default=False)),
                ("opened_on", models.DateField()),
                ("opened_by", models.CharField(max_length=64)),
                ("moved_by", models.CharField(max_length=64)),
                ("fields", models.TextField(default="{}")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="kaiwu_account.organisation",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="kaiwu_registry.firm",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="CaseFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("kind", models.CharField(blank=True, max_length=32)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("added_by", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="kaiwu_case.case"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
    ]
