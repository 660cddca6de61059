import django.db.models.deletion
import faq.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('faq', '0002_phrasings_and_synonyms'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='checked_on',
            field=models.DateField(blank=True, help_text='最近一次对照文件核对内容的日期；没有核对过就留空。', null=True, validators=[faq.models.not_after_today], verbose_name='核对日期'),
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('voter', models.CharField(editable=False, max_length=64, verbose_name='读者')),
                ('helpful', models.BooleanField(choices=[(True, '有帮助'), (False, '没帮助')], verbose_name='意见')),
                ('reason', models.CharField(blank=True, choices=[('unclear', '看不太懂'), ('fails', '照着做不行'), ('outdated', '内容过时了'), ('incomplete', '没说全'), ('other', '不是我要问的')], max_length=10, verbose_name='原因')),
                ('comment', models.CharField(blank=True, max_length=300, verbose_name='补充')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='首次提交时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='最近修改时间')),
                ('entry', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='faq.entry', verbose_name='问答')),
            ],
            options={
                'verbose_name': '意见',
                'verbose_name_plural': '意见',
                'ordering': ['-updated_at', '-id'],
                'indexes': [models.Index(fields=['entry', 'helpful'], name='feedback_of_entry'), models.Index(fields=['-updated_at', '-id'], name='feedback_latest_first')],
                'constraints': [models.UniqueConstraint(fields=('entry', 'voter'), name='one_voice_per_reader_and_entry'), models.CheckConstraint(condition=models.Q(('helpful', False), models.Q(('comment', ''), ('reason', '')), _connector='OR'), name='only_no_help_has_a_reason'), models.CheckConstraint(condition=models.Q(('reason__in', ['', 'unclear', 'fails', 'outdated', 'incomplete', 'other'])), name='feedback_reason_is_known')],
            },
        ),
    ]
