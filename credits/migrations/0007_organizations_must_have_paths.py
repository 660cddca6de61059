from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credits", "0006_organizations_have_paths")]

    operations = [
        migrations.AlterField(
            model_name="organization",
            name="path",
            field=models.CharField(db_index=True, default="0.", editable=False, max_length=100),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(("path", ""), _negated=True), name="organization_has_a_path"
            ),
        ),
    ]
