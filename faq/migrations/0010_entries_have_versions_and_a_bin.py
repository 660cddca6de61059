# Versions of entries, what was done with them, a bin, and the years, owner and day of check that keep them true.

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0009_opinions_can_be_dealt_with"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=500, verbose_name="问答的标题")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("written", "存为草稿"),
                            ("submitted", "提交审核"),
                            ("returned", "退回"),
                            ("scheduled", "定时发布"),
                            ("published", "发布"),
                            ("dropped", "放弃草稿"),
                            ("withdrawn", "改回草稿"),
                            ("binned", "移到回收站"),
                            ("unbinned", "从回收站取回"),
                            ("purged", "彻底删除"),
                            ("cared", "更新核对信息"),
                            ("caught-up", "随系统更新"),
                        ],
                        max_length=10,
                        verbose_name="做了什么",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("actor_name", models.CharField(blank=True, max_length=150, verbose_name="账号")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
            ],
            options={
                "verbose_name": "编辑记录",
                "verbose_name_plural": "编辑记录",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("waiting", "待审"),
                            ("returned", "已退回"),
                            ("scheduled", "定时发布"),
                            ("published", "已发布"),
                            ("replaced", "被后一版代替"),
                            ("dropped", "已放弃"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("content", models.JSONField(verbose_name="内容")),
                ("author_name", models.CharField(blank=True, max_length=150, verbose_name="作者账号")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="写于")),
                ("publish_at", models.DateTimeField(blank=True, null=True, verbose_name="定在何时发布")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="发布于")),
                ("word", models.CharField(blank=True, max_length=300, verbose_name="退回的理由")),
            ],
            options={
                "verbose_name": "版本",
                "verbose_name_plural": "版本",
                "ordering": ["-number"],
            },
        ),
        migrations.AlterModelOptions(
            name="entry",
            options={
                "ordering": [
                    "category__position",
                    "position",
                    models.OrderBy(models.F("document__position"), nulls_last=True),
                    models.OrderBy(models.F("number"), nulls_last=True),
                    "id",
                ],
                "permissions": [("publish_entry", "可以审核和发布问答")],
                "verbose_name": "问答",
                "verbose_name_plural": "问答",
            },
        ),
        migrations.RemoveConstraint(
            model_name="entry",
            name="entry_status_is_known",
        ),
        migrations.AddField(
            model_name="document",
            name="issued_on",
            field=models.DateField(
                blank=True, help_text="资料注明的发布日期；不知道就留空。", null=True, verbose_name="发布日期"
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="binned_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="移到回收站的时间"),
        ),
        migrations.AddField(
            model_name="entry",
            name="check_by",
            field=models.DateField(
                blank=True,
                help_text="最晚哪一天要再核对一次；过了这一天，读者会看到提醒，编辑的首页也会列出。可以留空。",
                null=True,
                verbose_name="核对期限",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                help_text="由谁保证这一条一直是对的，可以留空。",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="负责人",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="valid_from",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="只适用于某个周期或某几年时填写，如 2016。",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1990, "请写四位数的年份，如 2016。"),
                    django.core.validators.MaxValueValidator(2100, "请写四位数的年份，如 2016。"),
                ],
                verbose_name="适用年份从",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="valid_to",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1990, "请写四位数的年份，如 2016。"),
                    django.core.validators.MaxValueValidator(2100, "请写四位数的年份，如 2016。"),
                ],
                verbose_name="到",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="status",
            field=models.CharField(
                choices=[("published", "已发布"), ("draft", "草稿"), ("binned", "回收站")],
                default="draft",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["published", "draft", "binned"])), name="entry_status_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("binned_at__isnull", False), ("status", "binned")),
                    models.Q(models.Q(("status", "binned"), _negated=True), ("binned_at__isnull", True)),
                    _connector="OR",
                ),
                name="bin_knows_since_when",
            ),
        ),
        migrations.AddField(
            model_name="entryevent",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="谁",
            ),
        ),
        migrations.AddField(
            model_name="entryevent",
            name="entry",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="events",
                to="faq.entry",
                verbose_name="问答",
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="作者",
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="base",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="faq.revision"
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="entry",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="revisions",
                to="faq.entry",
                verbose_name="问答",
            ),
        ),
        migrations.AddField(
            model_name="entryevent",
            name="revision",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="faq.revision",
                verbose_name="版本",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["status"], name="entries_by_status"),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["state", "publish_at"], name="revision_due"),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(fields=("entry", "number"), name="revision_once_per_number"),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "waiting", "returned", "scheduled"])),
                fields=("entry",),
                name="one_open_revision_per_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "waiting", "returned", "scheduled", "published", "replaced", "dropped"])
                ),
                name="revision_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "scheduled"), _negated=True), ("publish_at__isnull", False), _connector="OR"
                ),
                name="scheduled_revision_has_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="entryevent",
            index=models.Index(fields=["-at", "-id"], name="entry_events_latest_first"),
        ),
        migrations.AddIndex(
            model_name="entryevent",
            index=models.Index(fields=["entry", "-id"], name="events_of_entry"),
        ),
    ]
