"""Adds the counts of wrong tries at signing in, and deletes what django-axes noted before.

That app is no longer installed. Its tables stay for servers of the version before, but nothing would ever delete from
them the names and addresses of failed sign-ins.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


#: In this order, because rows of the first refer to rows of the second.
TABLES = ("axes_accessattemptexpiration", "axes_accessattempt", "axes_accessfailurelog", "axes_accesslog")


def delete_names_and_addresses(apps, schema_editor):
    there = schema_editor.connection.introspection.table_names()
    for table in TABLES:
        if table in there:
            schema_editor.execute(f"DELETE FROM {table}")


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0002_long_work_in_its_own_process'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SignInTries',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('pair', '一个账号，在一个网络'), ('device', '一个账号，在登录过的设备'), ('account', '一个账号，从各处'), ('address', '一个网络，许多账号')], max_length=10, verbose_name='谁要等')),
                ('door', models.CharField(blank=True, choices=[('password', '密码'), ('code', '登录码')], max_length=10, verbose_name='输错了什么')),
                ('network', models.CharField(blank=True, max_length=43, verbose_name='网络地址')),
                ('wrong', models.PositiveIntegerField(default=0, verbose_name='输错次数')),
                ('wait_until', models.DateTimeField(db_index=True, null=True, verbose_name='等到')),
                ('forget_at', models.DateTimeField(db_index=True)),
                ('user', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '登录等待',
                'verbose_name_plural': '登录等待',
            },
        ),
        migrations.RunPython(delete_names_and_addresses, migrations.RunPython.noop),
    ]
