# Words that answers often need.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('faq', '0015_what_people_look_for'),
    ]

    operations = [
        migrations.CreateModel(
            name='AnswerPhrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(help_text='按钮上的字，例如：请提供学校和姓名。', max_length=30, unique=True, verbose_name='名称')),
                ('text', models.TextField(help_text='放进答复的话，最多 1,000 个字；放进去以后还可以改。', max_length=1000, verbose_name='内容')),
            ],
            options={
                'verbose_name': '答复常用语',
                'verbose_name_plural': '答复常用语',
                'ordering': ['title'],
            },
        ),
    ]
