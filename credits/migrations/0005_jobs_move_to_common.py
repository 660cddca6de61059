"""`Job` moves to the app `common`: its table is renamed, its rows are not touched."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("credits", "0004_processes")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("Job", "common_job")],
            state_operations=[migrations.DeleteModel("Job")],
        )
    ]
