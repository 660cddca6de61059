from __future__ import annotations

from typing import Any

from django.db import migrations, models

from helpdesk.common.names import letters_of

BATCH = 500


def fill(apps: Any, schema_editor: Any) -> None:
    """Writes the letters of every name that stands; rows are read by key, so that memory does not grow with them."""
    teacher = apps.get_model("credits", "Teacher")
    without = teacher.objects.filter(letters="").exclude(name="").order_by("pk").only("pk", "name")
    last = 0
    while rows := list(without.filter(pk__gt=last)[:BATCH]):
        for row in rows:
            row.letters = letters_of(row.name)
        teacher.objects.bulk_update(rows, ["letters"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("credits", "0012_a_project_keeps_its_former_hours")]

    operations = [
        migrations.AddField(
            model_name="teacher",
            name="letters",
            field=models.CharField(db_default="", default="", editable=False, max_length=240),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
