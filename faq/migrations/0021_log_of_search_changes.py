# The log of changes to what search shows, and an index on the stamps by which changed entries are found.

from typing import Any

from django.db import migrations, models


def begin_with_the_present(apps: Any, schema_editor: Any) -> None:
    """Write the present state down, so that the first change after the update is found by the log already."""
    states = apps.get_model("faq", "SearchState").objects.filter(id=1)
    for number, stamp in states.values_list("version", "stamp"):
        apps.get_model("faq", "SearchChange").objects.get_or_create(number=number, defaults={"stamp": stamp})


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0020_entries_by_place"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchChange",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("stamp", models.BigIntegerField()),
                ("gone", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["stamp"], name="entries_by_change"),
        ),
        migrations.RunPython(begin_with_the_present, migrations.RunPython.noop),
    ]
