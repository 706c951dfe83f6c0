"""The first tables."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kaiwu_account", "0002_second_factor"),
        ("kaiwu_case", "0001_initial"),
        ("kaiwu_registry", "0002_space"),
    ]

    operations = [
        migrations.CreateModel(
            name="DataRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("template", models.CharField(db_index=True, max_length=64)),
                ("zh", models.CharField(max_length=200)),
                ("en", models.CharField(max_length=200)),
                ("period", models.CharField(max_length=40)),
                ("due", models.DateField(db_index=True)),
                ("reminders", models.PositiveIntegerField(default=0)),
                ("reminded_on", models.DateField(blank=True, null=True)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="data_request", to="kaiwu_case.case"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_requests",
                        to="kaiwu_account.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ("due", "id"),
                "unique_together": {("organisation", "template", "period")},
            },
        ),
        migrations.CreateModel(
            name="Ruling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("variable", models.CharField(db_index=True, max_length=64)),
                ("label", models.CharField(max_length=200)),
                ("period", models.CharField(db_index=True, max_length=20)),
                ("values", models.TextField()),
                ("source", models.CharField(max_length=200)),
                ("printed", models.CharField(max_length=100)),
                ("reason", models.TextField()),
                ("batch", models.PositiveIntegerField()),
                ("decided_by", models.CharField(max_length=64)),
                ("decided_on", models.DateField()),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rulings", to="kaiwu_registry.firm"
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="DataVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("checking", "检查中"), ("accepted", "已入库"), ("refused", "未通过")],
                        default="checking",
                        max_length=10,
                    ),
                ),
                ("report_zh", models.TextField(blank=True)),
                ("report_en", models.TextField(blank=True)),
                ("batch", models.PositiveIntegerField(blank=True, null=True)),
                ("figures", models.PositiveIntegerField(default=0)),
                ("entities", models.PositiveIntegerField(default=0)),
                ("sent_by", models.CharField(max_length=64)),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                (
                    "errors",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kaiwu_case.casefile",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kaiwu_case.casefile"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="kaiwu_exchange.datarequest",
                    ),
                ),
            ],
            options={
                "ordering": ("-number",),
                "unique_together": {("request", "number")},
            },
        ),
    ]
