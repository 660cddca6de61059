from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credits", "0007_organizations_must_have_paths")]

    operations = [
        migrations.AddField(
            model_name="signincode",
            name="form",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
    ]
