from django.apps import AppConfig


class CreditsConfig(AppConfig):
    name = "credits"
    verbose_name = "学分"

    def ready(self) -> None:
        from . import signals  # noqa: F401  connects
