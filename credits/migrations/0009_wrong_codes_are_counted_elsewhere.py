"""Forgets the wrong tries that made a code void: `common.SignInTries` counts them now, and codes stay good.

The column stays for servers of the version before, with a default for what this version inserts; a later migration
drops it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credits", "0008_codes_name_their_form")]

    operations = [
        migrations.AlterField(
            "SignInCode", "wrong", models.PositiveSmallIntegerField("输错次数", default=0, db_default=0)
        ),
        # Last, so that no later step of this migration rebuilds SQLite's table without the column.
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("SignInCode", "wrong")]),
    ]
