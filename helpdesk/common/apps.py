"""App with what `faq` and `credits` share. It imports nothing of them or of the rest of `helpdesk`."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "helpdesk.common"
    label = "common"
    verbose_name = "安全"

    def ready(self) -> None:
        from . import guessing, ratelimit, timers, worker

        hourly = 3600.0
        timers.register("sweep jobs", worker.sweep, every=worker.SWEEP, title="清理办完的批量办理")
        timers.register("forget tries", guessing.forget_over, every=hourly, title="清理过期的登录等待")
        timers.register("forget counts", ratelimit.forget_over, every=hourly, title="清理过期的访问计数")
