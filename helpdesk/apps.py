from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk"
    verbose_name = "站点"

    def ready(self) -> None:
        from . import middleware  # noqa: F401  connects the signal that notices an absent database


class PortalAdminConfig(AdminConfig):
    default_site = "helpdesk.admin.PortalAdminSite"
