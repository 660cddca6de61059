import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("faq", "0001_initial")]

    operations = [
        migrations.RenameField("entry", "version", "stamp"),
        migrations.AlterField("entry", "stamp", models.BigIntegerField(default=0, editable=False)),
        migrations.AddField("searchstate", "stamp", models.BigIntegerField(default=0)),
        migrations.CreateModel(
            name="SynonymGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "words",
                    models.CharField(
                        "同义词",
                        max_length=200,
                        unique=True,
                        help_text="至少两个词，用空格隔开，例如：回放 回看 重播。每个词最多 12 个字，一组最多 200 个字。",
                        error_messages={"unique": "已经有这一组了。"},
                    ),
                ),
            ],
            options={"verbose_name": "同义词", "verbose_name_plural": "同义词", "ordering": ["words"]},
        ),
        migrations.CreateModel(
            name="Phrasing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField("相似问法", max_length=60)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phrasings",
                        to="faq.entry",
                        verbose_name="问答",
                    ),
                ),
            ],
            options={
                "verbose_name": "相似问法",
                "verbose_name_plural": "相似问法",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["entry", "text"],
                        name="phrasing_once_per_entry",
                        violation_error_message="这条问答已经有这个相似问法了。",
                    ),
                    models.CheckConstraint(condition=~models.Q(text=""), name="phrasing_says_something"),
                ],
            },
        ),
    ]
