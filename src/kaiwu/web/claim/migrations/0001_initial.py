"""Claims as rows."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kaiwu_registry", "0002_space"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClaimRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=12, unique=True)),
                ("programme", models.CharField(db_index=True, max_length=64)),
                ("zh", models.CharField(max_length=200)),
                ("en", models.CharField(max_length=200)),
                ("firm_name", models.CharField(max_length=200)),
                ("clause", models.CharField(blank=True, max_length=64)),
                ("state", models.CharField(db_index=True, max_length=16)),
                ("claimed_on", models.DateField(null=True)),
                ("paid_by_firm", models.BigIntegerField()),
                ("amount", models.BigIntegerField(null=True)),
                ("paid", models.BigIntegerField(default=0)),
                ("is_noticed", models.BooleanField(default=False)),
                ("last_day", models.DateField(null=True)),
                ("events", models.PositiveIntegerField()),
                (
                    "firm",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="kaiwu_registry.firm",
                    ),
                ),
            ],
            options={
                "ordering": ("-number",),
            },
        ),
    ]
