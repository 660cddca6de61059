"""Gives every organisation the path that its place in the tree has; the next migration demands one."""

from django.db import migrations


def place(apps, schema_editor):
    """Writes the path of each organisation that has none, and of all below it, as `Organization.save` does."""
    organizations = apps.get_model("credits", "Organization").objects.using(schema_editor.connection.alias)
    parents = dict(organizations.values_list("pk", "parent_id"))
    unplaced = set(organizations.filter(path="").values_list("pk", flat=True))
    for pk in parents:
        way = _way_up(pk, parents)
        if unplaced.intersection(way):
            path = "".join(f"{step}." for step in reversed(way))
            organizations.filter(pk=pk).update(path=path)


def _way_up(pk, parents):
    """The keys from this organisation up to the top; a circle, which no page lets one make, ends it too."""
    way = []
    while pk is not None and pk not in way:
        way.append(pk)
        pk = parents.get(pk)
    return way


class Migration(migrations.Migration):
    dependencies = [("credits", "0005_jobs_move_to_common")]

    operations = [migrations.RunPython(place, migrations.RunPython.noop, elidable=True)]
