"""Clauses, answers, pushes, titles."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kaiwu_registry", "0002_space"),
        ("kaiwu_run", "0002_nearrow"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyClause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scheme", models.CharField(max_length=64)),
                ("item", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=130, unique=True)),
                ("scheme_zh", models.CharField(max_length=200)),
                ("scheme_en", models.CharField(max_length=200)),
                ("zh", models.CharField(max_length=200)),
                ("en", models.CharField(max_length=200)),
                ("article", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                ("document", models.CharField(blank=True, max_length=300)),
                ("department", models.CharField(blank=True, max_length=100)),
                ("jurisdiction", models.CharField(blank=True, max_length=100)),
                ("grants", models.CharField(blank=True, max_length=100)),
                ("mark_zh", models.CharField(blank=True, max_length=64)),
                ("mark_en", models.CharField(blank=True, max_length=64)),
                ("until", models.DateField(null=True)),
                ("programme", models.CharField(blank=True, max_length=64)),
                ("is_recognition", models.BooleanField(default=False)),
                ("fits", models.PositiveIntegerField(default=0)),
                ("human", models.PositiveIntegerField(default=0)),
                ("missing", models.PositiveIntegerField(default=0)),
                ("near", models.PositiveIntegerField(default=0)),
                ("low", models.BigIntegerField(null=True)),
                ("high", models.BigIntegerField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="clauses", to="kaiwu_run.runrow"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="PolicyAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.PositiveSmallIntegerField()),
                ("low", models.BigIntegerField(null=True)),
                ("high", models.BigIntegerField(null=True)),
                ("is_near", models.BooleanField(default=False)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="kaiwu_registry.firm"
                    ),
                ),
                (
                    "clause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="kaiwu_policy.policyclause",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["firm", "outcome"], name="kaiwu_answer_firm"),
                    models.Index(fields=["clause", "outcome"], name="kaiwu_answer_clause"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Push",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=130)),
                ("run", models.CharField(max_length=12)),
                ("pushed_by", models.CharField(max_length=64)),
                ("pushed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pushes", to="kaiwu_registry.firm"
                    ),
                ),
            ],
            options={
                "unique_together": {("firm", "key")},
            },
        ),
        migrations.CreateModel(
            name="Title",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_index=True, max_length=200)),
                ("granted_on", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("document", models.CharField(blank=True, max_length=200)),
                ("imported_at", models.DateTimeField(auto_now_add=True)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="titles", to="kaiwu_registry.firm"
                    ),
                ),
            ],
            options={
                "ordering": ("-granted_on", "pk"),
                "unique_together": {("firm", "name", "granted_on")},
            },
        ),
    ]
