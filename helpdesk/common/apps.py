"""App with what `faq` and `credits` share. It imports nothing of them or of the rest of `helpdesk`."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "helpdesk.common"
    label = "common"
    verbose_name = "安全"
