from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0005_stored_pictures")]

    operations = [
        migrations.CreateModel(
            name="ContentVersion",
            fields=[
                (
                    "part",
                    models.CharField(
                        choices=[("cycles", "培训周期")], max_length=20, primary_key=True, serialize=False
                    ),
                ),
                ("stamp", models.BigIntegerField()),
            ],
        ),
    ]
