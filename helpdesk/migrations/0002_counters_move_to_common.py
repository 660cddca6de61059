"""`RateCounter` moves to the app `common`: its table is renamed, its rows are not touched."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("RateCounter", "common_ratecounter")],
            state_operations=[migrations.DeleteModel("RateCounter")],
        )
    ]
