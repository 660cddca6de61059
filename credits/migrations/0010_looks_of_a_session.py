"""Lets a look tell its session. Only adds: servers of the version before go on writing rows without one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('credits', '0009_wrong_codes_are_counted_elsewhere'),
    ]

    operations = [
        migrations.AddField(
            model_name='statementaccess',
            name='session',
            field=models.CharField(db_default='', default='', editable=False, max_length=32),
        ),
        migrations.AlterField(
            model_name='statementaccess',
            name='kind',
            field=models.CharField(choices=[('statement', '查看核对结果'), ('what_if', '试算'), ('export', '导出名单'), ('records', '查看登记的内容'), ('list', '在名单、成绩表里看到'), ('form', '打开登记页面'), ('import', '预览导入'), ('admin', '在管理后台查看')], default='statement', max_length=10, verbose_name='方式'),
        ),
    ]
