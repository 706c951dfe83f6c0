"""The first tables."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kaiwu_case", "0001_initial"),
        ("kaiwu_registry", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job", models.CharField(max_length=64)),
                ("scheme", models.CharField(max_length=64)),
                ("rated", models.PositiveIntegerField()),
                ("first_run", models.CharField(blank=True, max_length=12)),
                ("run", models.CharField(blank=True, max_length=12)),
                ("signer", models.CharField(blank=True, max_length=100)),
                ("issuer", models.CharField(blank=True, max_length=100)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evaluation", to="kaiwu_case.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("kind", models.CharField(max_length=8)),
                ("title", models.CharField(max_length=200)),
                ("run", models.CharField(max_length=12)),
                ("published_on", models.DateField()),
                ("last_day", models.DateField(blank=True, null=True)),
                ("signer", models.CharField(blank=True, max_length=100)),
                ("issuer", models.CharField(blank=True, max_length=100)),
                ("minutes", models.CharField(blank=True, max_length=200)),
                ("facts", models.TextField(blank=True)),
                ("heads", models.TextField()),
                ("rows", models.TextField()),
                ("counts", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="kaiwu_evaluation.evaluation",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Sheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "待确认"),
                            ("confirmed", "已确认"),
                            ("disputed", "有异议"),
                            ("settled", "异议已办结"),
                        ],
                        db_index=True,
                        default="sent",
                        max_length=10,
                    ),
                ),
                ("answered_by", models.CharField(blank=True, max_length=64)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheets",
                        to="kaiwu_evaluation.evaluation",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="kaiwu_registry.firm"
                    ),
                ),
            ],
            options={
                "ordering": ("firm__name",),
                "unique_together": {("evaluation", "firm")},
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("variable", models.CharField(max_length=64)),
                ("offset", models.IntegerField(default=0)),
                ("label", models.CharField(max_length=200)),
                ("printed", models.CharField(blank=True, max_length=100)),
                ("claimed", models.CharField(max_length=100)),
                ("reason", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("raised", "待镇街转报"),
                            ("forwarded", "待认定"),
                            ("upheld", "成立"),
                            ("rejected", "不成立"),
                            ("withdrawn", "已撤回"),
                        ],
                        db_index=True,
                        default="raised",
                        max_length=10,
                    ),
                ),
                ("town_note", models.TextField(blank=True)),
                ("decision_note", models.TextField(blank=True)),
                ("run", models.CharField(max_length=12)),
                ("objection", models.PositiveIntegerField(blank=True, null=True)),
                ("raised_by", models.CharField(max_length=64)),
                ("raised_on", models.DateField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_on", models.DateField(blank=True, null=True)),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="kaiwu_evaluation.sheet",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Consequence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=64)),
                ("zh", models.CharField(max_length=200)),
                ("en", models.CharField(max_length=200)),
                ("department", models.CharField(max_length=100)),
                ("classes", models.CharField(max_length=100)),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(blank=True, null=True)),
                ("firms", models.PositiveIntegerField()),
                ("received_on", models.DateField(blank=True, null=True)),
                ("received_by", models.CharField(blank=True, max_length=100)),
                ("receipt", models.CharField(blank=True, max_length=200)),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consequences",
                        to="kaiwu_evaluation.evaluation",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consequences",
                        to="kaiwu_evaluation.publication",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "unique_together": {("evaluation", "code")},
            },
        ),
    ]
