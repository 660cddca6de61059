"""Gives jobs a lease, a key for each subject, and files in parts; adds the signs of life of workers.

Only adds: servers of the version before go on serving until they are restarted. New columns have defaults in the
database for what those servers insert; the column `file` stays for what they read, and a later migration drops it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


INTERRUPTED = "系统更新时这件事中途停了。请回去再办一次：已经办好的不受影响，重新办也不会重复。"


def end_unfinished_jobs(apps, schema_editor):
    """Ends the jobs of threads, which die with the servers of the version before; no worker may run them twice."""
    jobs = apps.get_model("common", "Job").objects.filter(state__in=["waiting", "running"])
    jobs.update(state="failed", message=INTERRUPTED, heard_at=timezone.now())


def copy_files(apps, schema_editor):
    """Copies each file into a part of its own, inside the database."""
    schema_editor.execute(
        "INSERT INTO common_jobfilepart (job_id, number, content) "
        "SELECT id, 0, file FROM common_job WHERE file IS NOT NULL"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='JobFilePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='JobWorker',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('job', models.BigIntegerField(null=True)),
                ('done', models.PositiveIntegerField()),
                ('total', models.PositiveIntegerField()),
                ('phase', models.CharField(blank=True, max_length=60)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='job',
            name='attempts',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='job',
            name='claim',
            field=models.CharField(db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='job',
            name='key',
            field=models.CharField(db_default='', default='', max_length=120),
        ),
        migrations.AddField(
            model_name='job',
            name='lease_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='job',
            name='outcome',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running']), models.Q(('key', ''), _negated=True)), fields=('key',), name='job_subject_is_worked_on_once'),
        ),
        migrations.AddField(
            model_name='jobfilepart',
            name='job',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='common.job'),
        ),
        migrations.AddConstraint(
            model_name='jobfilepart',
            constraint=models.UniqueConstraint(fields=('job', 'number'), name='job_file_part_is_there_once'),
        ),
        migrations.RunPython(end_unfinished_jobs, migrations.RunPython.noop),
        migrations.RunPython(copy_files, migrations.RunPython.noop),
        # Last, so that no later step of this migration rebuilds SQLite's table without the column.
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("job", "file")]),
    ]
