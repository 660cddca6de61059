# Files of entries on their way in, and what importing them did, so that it can be undone.

import django.db.models.deletion
import helpdesk.common.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0010_entries_have_versions_and_a_bin"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=helpdesk.common.ids.new_public_id, editable=False, max_length=32, unique=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("ready", "等待确认"), ("applied", "已导入"), ("undone", "已撤销")],
                        default="ready",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("owner_name", models.CharField(max_length=150, verbose_name="导入人的账号")),
                ("file_name", models.CharField(max_length=120, verbose_name="文件名")),
                ("content", models.BinaryField()),
                ("added", models.PositiveIntegerField(default=0, verbose_name="新增")),
                ("changed", models.PositiveIntegerField(default=0, verbose_name="改动")),
                ("unchanged", models.PositiveIntegerField(default=0, verbose_name="不变")),
                ("withdrawn", models.PositiveIntegerField(default=0, verbose_name="改回草稿")),
                ("done", models.JSONField(default=list)),
                ("remarks", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="导入时间")),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
            ],
            options={
                "verbose_name": "导入记录",
                "verbose_name_plural": "导入记录",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("applied_at__isnull", True), ("state", "ready")),
                            models.Q(("applied_at__isnull", False), ("state__in", ["applied", "undone"])),
                            _connector="OR",
                        ),
                        name="entry_import_applied_has_its_time",
                    )
                ],
            },
        ),
    ]
