"""Adds which opinions count for the list on the home page; those given before all do."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('faq', '0004_place_in_category'),
    ]

    operations = [
        migrations.AddField(
            model_name='feedback',
            name='counts',
            field=models.BooleanField(db_default=True, default=True, editable=False, verbose_name='计入首页'),
        ),
    ]
