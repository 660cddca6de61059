"""Adds the table of the audit log."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0003_wrong_tries_at_signing_in'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='时间')),
                ('kind', models.CharField(choices=[('sign_in', '登录'), ('sign_out', '退出登录'), ('sign_in_failed', '登录失败'), ('add', '新增'), ('change', '修改'), ('delete', '删除'), ('codes', '发登录码'), ('export', '导出'), ('import', '导入'), ('undo', '撤销导入'), ('refused', '被拒绝'), ('checkpoint', '清理旧记录')], max_length=20, verbose_name='做了什么')),
                ('subject', models.CharField(blank=True, default='', max_length=80, verbose_name='对象')),
                ('detail', models.JSONField(default=dict, verbose_name='细节')),
                ('number', models.BigIntegerField(null=True, unique=True, verbose_name='编号')),
                ('digest', models.CharField(default='', max_length=64)),
                ('actor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '审计记录',
                'verbose_name_plural': '审计记录',
                'ordering': ['-pk'],
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['actor', 'id'], name='audit_by_actor'), models.Index(fields=['subject', 'id'], name='audit_by_subject'), models.Index(fields=['kind', 'id'], name='audit_by_kind'), models.Index(condition=models.Q(('number', None)), fields=['id'], name='audit_to_seal')],
            },
        ),
    ]
