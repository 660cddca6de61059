"""Takes over `RateCounter` and `Job`, whose tables the apps that had them have renamed for it."""

import django.db.models.deletion
import helpdesk.common.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('helpdesk', '0002_counters_move_to_common'),
        ('credits', '0005_jobs_move_to_common'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='RateCounter',
                    fields=[
                        ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ('count', models.PositiveIntegerField(default=0)),
                        ('expires_at', models.BigIntegerField(db_index=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Job',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.CharField(default=helpdesk.common.ids.new_public_id, editable=False, max_length=32, unique=True)),
                        ('kind', models.CharField(max_length=30)),
                        ('title', models.CharField(max_length=120, verbose_name='内容')),
                        ('parameters', models.JSONField(default=dict)),
                        ('back', models.CharField(help_text='where its owner came from, and goes back to', max_length=300)),
                        ('state', models.CharField(choices=[('waiting', '等待开始'), ('running', '进行中'), ('done', '完成'), ('failed', '没有完成')], default='waiting', max_length=10, verbose_name='状态')),
                        ('phase', models.CharField(blank=True, max_length=60)),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('total', models.PositiveIntegerField(default=0)),
                        ('message', models.CharField(blank=True, max_length=500, verbose_name='结果')),
                        ('details', models.JSONField(default=list)),
                        ('file', models.BinaryField(null=True)),
                        ('file_name', models.CharField(blank=True, max_length=120)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('started_at', models.DateTimeField(null=True)),
                        ('heard_at', models.DateTimeField(null=True)),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': '批量办理',
                        'verbose_name_plural': '批量办理',
                        'ordering': ['-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'failed'])), name='job_state_is_known')],
                    },
                ),
            ],
        ),
    ]
