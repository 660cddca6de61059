from django.apps import AppConfig


class FaqConfig(AppConfig):
    name = "faq"
    verbose_name = "常见问题"

    def ready(self) -> None:
        from . import signals  # noqa: F401  connects the receivers
