from django.apps import AppConfig

A_MINUTE = 60.0
A_DAY = 24 * 60 * A_MINUTE


class FaqConfig(AppConfig):
    name = "faq"
    verbose_name = "常见问题"

    def ready(self) -> None:
        from helpdesk.common import quoted, timers

        from . import insight, signals  # noqa: F401  connects the receivers
        from .asking import forgetting, mail
        from .editing import steps, unused_pictures
        from .guides.flows import lost_quotes

        quoted.register(lost_quotes)
        timers.register("publish what is due", steps.publish_due, every=A_MINUTE / 4)
        timers.register("tell askers", mail.send_due, every=A_MINUTE)
        timers.register("forget askers", forgetting.see_to_all, every=60 * A_MINUTE)
        timers.register("sum what is sought", insight.bring_up, every=A_MINUTE)
        timers.register("forget old searches", insight.forget, every=60 * A_MINUTE)
        timers.register("empty the bin", steps.empty, every=60 * A_MINUTE)
        timers.register("remove unused pictures", unused_pictures.sweep, every=A_DAY)
