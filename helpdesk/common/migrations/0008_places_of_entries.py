from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0007_backups_in_the_audit_log")]

    operations = [
        migrations.AlterField(
            model_name="contentversion",
            name="part",
            field=models.CharField(
                choices=[("cycles", "培训周期"), ("places", "问答的位置")],
                max_length=20,
                primary_key=True,
                serialize=False,
            ),
        ),
    ]
