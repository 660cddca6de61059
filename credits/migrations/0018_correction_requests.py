# Requests of teachers to correct a record, with their outcome.

import django.db.models.deletion
import django.utils.timezone
import helpdesk.common.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('credits', '0017_other_offsets_are_entered'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='subject',
            field=models.CharField(choices=[('project', '培训项目'), ('result', '培训成绩'), ('plan', '校本研修方案'), ('safety_net', '托底培训方案'), ('activity', '自主培训活动'), ('degree', '学历'), ('offset', '其他冲抵'), ('teacher', '教师'), ('import', '导入'), ('correction', '学分更正申请')], max_length=12, verbose_name='类别'),
        ),
        migrations.CreateModel(
            name='CorrectionRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=helpdesk.common.ids.new_public_id, editable=False, max_length=32, unique=True)),
                ('records', models.CharField(blank=True, max_length=200)),
                ('line', models.TextField(blank=True, verbose_name='哪一条')),
                ('text', models.TextField(verbose_name='哪里不对')),
                ('state', models.CharField(choices=[('filed', '已收到'), ('passed_on', '已交上级'), ('corrected', '已更正'), ('refused', '没有更正')], default='filed', max_length=10, verbose_name='状态')),
                ('reply', models.TextField(blank=True, verbose_name='答复')),
                ('filed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='提出时间')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='办结时间')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='credits.organization', verbose_name='由谁办')),
                ('teacher', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='correction_requests', to='credits.teacher')),
            ],
            options={
                'verbose_name': '学分更正申请',
                'verbose_name_plural': '学分更正申请',
                'ordering': ['-filed_at', '-pk'],
                'indexes': [models.Index(fields=['teacher', '-filed_at'], name='corrections_of_teacher'), models.Index(fields=['office', 'state', 'filed_at'], name='corrections_of_office')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['filed', 'passed_on'])), fields=('teacher', 'records'), name='one_open_correction_per_line')],
            },
        ),
    ]
