"""The first tables."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bureau", "经信局"),
                            ("section", "科室"),
                            ("town", "镇街"),
                            ("platform", "平台"),
                            ("department", "部门"),
                            ("firm", "企业"),
                            ("provider", "服务商"),
                            ("expert", "专家"),
                            ("public", "公众"),
                        ],
                        max_length=16,
                    ),
                ),
                ("entity", models.CharField(blank=True, db_index=True, max_length=64)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="kaiwu_account.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("login", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("is_active", models.BooleanField(default=True)),
                ("language", models.CharField(default="zh-hans", max_length=8)),
                ("must_change_password", models.BooleanField(default=True)),
                ("password_changed_at", models.DateTimeField(blank=True, null=True)),
                ("failed_logins", models.PositiveIntegerField(default=0)),
                ("locked_until", models.DateTimeField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="kaiwu_account.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "login"),
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("officer", "经办"),
                            ("chief", "审批"),
                            ("town", "镇街经办"),
                            ("department", "部门经办"),
                            ("clerk", "企业申报员"),
                            ("provider", "服务商"),
                            ("expert", "专家"),
                            ("system", "系统管理员"),
                            ("security", "安全管理员"),
                            ("audit", "审计员"),
                        ],
                        max_length=16,
                    ),
                ),
                ("granted_by", models.CharField(max_length=64)),
                ("granted_at", models.DateTimeField(auto_now_add=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="grants", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "unique_together": {("person", "role")},
            },
        ),
    ]
