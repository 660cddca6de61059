from django.apps import AppConfig

A_MINUTE = 60.0
A_DAY = 24 * 60 * A_MINUTE


class FaqConfig(AppConfig):
    name = "faq"
    verbose_name = "常见问题"

    def ready(self) -> None:
        from helpdesk.common import offices, quoted, timers

        from . import insight, signals  # noqa: F401  connects the receivers
        from .asking import forgetting, mail, rights
        from .editing import steps, unused_pictures
        from .guides.flows import lost_quotes

        quoted.register(lost_quotes)
        offices.follow_moves(rights.follow_offices)
        timers.register(
            "follow offices", rights.follow_offices, every=60 * A_MINUTE, title="把提问转到改过上级的机构名下"
        )
        timers.register("publish what is due", steps.publish_due, every=A_MINUTE / 4, title="发布到时间的问答")
        timers.register("tell askers", mail.send_due, every=A_MINUTE, title="发邮件告诉提问的人有答复了")
        timers.register(
            "forget askers", forgetting.see_to_all, every=60 * A_MINUTE, title="关闭答复过的提问、删除到期的个人信息"
        )
        timers.register("sum what is sought", insight.bring_up, every=A_MINUTE, title="整理老师在找什么")
        timers.register("forget old searches", insight.forget, every=60 * A_MINUTE, title="删除到期的搜索记录")
        timers.register("empty the bin", steps.empty, every=60 * A_MINUTE, title="清空回收站里满 30 天的问答")
        timers.register("remove unused pictures", unused_pictures.sweep, every=A_DAY, title="清理没有用到的图片")
