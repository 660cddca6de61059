# What readers search for, counted by day, and its sums.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0014_questions_by_month"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchMonth",
            fields=[
                ("month", models.DateField(primary_key=True, serialize=False, verbose_name="月份")),
                ("searches", models.PositiveIntegerField(default=0, verbose_name="搜索次数")),
                ("answered", models.PositiveIntegerField(default=0, verbose_name="有把握的次数")),
                ("opened", models.PositiveIntegerField(default=0, verbose_name="打开次数")),
            ],
            options={
                "verbose_name": "每月的搜索",
                "verbose_name_plural": "每月的搜索",
                "ordering": ["-month"],
            },
        ),
        migrations.CreateModel(
            name="SearchCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("query", models.CharField(max_length=100, verbose_name="搜的话")),
                ("day", models.DateField(verbose_name="日期")),
                ("entry", models.CharField(blank=True, max_length=40, verbose_name="打开的问答")),
                ("searches", models.PositiveIntegerField(default=0, verbose_name="搜索次数")),
                ("answered", models.PositiveIntegerField(default=0, verbose_name="有把握的次数")),
                ("opened", models.PositiveIntegerField(default=0, verbose_name="打开次数")),
            ],
            options={
                "verbose_name": "每天的搜索",
                "verbose_name_plural": "每天的搜索",
                "indexes": [
                    models.Index(fields=["day"], name="searches_by_day"),
                    models.Index(fields=["entry", "day"], name="searches_that_led_to_entry"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("query", "day", "entry"), name="search_counted_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="SoughtQuery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("query", models.CharField(max_length=100, unique=True, verbose_name="搜的话")),
                (
                    "state",
                    models.CharField(
                        choices=[("missed", "没找到"), ("found", "找到了"), ("mended", "处理过"), ("named", "含姓名")],
                        max_length=6,
                        verbose_name="状态",
                    ),
                ),
                ("answered", models.BooleanField(default=True, verbose_name="上次有把握")),
                ("nearest", models.CharField(blank=True, max_length=130, verbose_name="最近的问答")),
                ("searches_30", models.PositiveIntegerField(default=0, verbose_name="30 天内搜索次数")),
                ("opened_30", models.PositiveIntegerField(default=0, verbose_name="30 天内打开次数")),
                ("searches_90", models.PositiveIntegerField(default=0, verbose_name="90 天内搜索次数")),
                ("opened_90", models.PositiveIntegerField(default=0, verbose_name="90 天内打开次数")),
                ("summed_on", models.DateField(verbose_name="计数日期")),
            ],
            options={
                "verbose_name": "老师搜的话",
                "verbose_name_plural": "老师搜的话",
                "indexes": [
                    models.Index(fields=["summed_on"], name="sought_by_summing"),
                    models.Index(fields=["state", "-searches_30", "id"], name="sought_by_state_30"),
                    models.Index(fields=["state", "-searches_90", "id"], name="sought_by_state_90"),
                    models.Index(fields=["state", "opened_30", "-searches_30", "id"], name="sought_unopened_30"),
                    models.Index(fields=["state", "opened_90", "-searches_90", "id"], name="sought_unopened_90"),
                    models.Index(fields=["-searches_30", "id"], name="sought_most_30"),
                    models.Index(fields=["-searches_90", "id"], name="sought_most_90"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["missed", "found", "mended", "named"])),
                        name="sought_state_is_known",
                    )
                ],
            },
        ),
    ]
