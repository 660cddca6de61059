from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk"
    verbose_name = "站点"

    def ready(self) -> None:
        from . import auditing, middleware  # noqa: F401  connects their receivers
        from .account import beginning, roles  # noqa: F401  connects the receiver that begins every session
        from .care import duties

        roles.check_settings()
        duties.register_all()


class PortalAdminConfig(AdminConfig):
    default_site = "helpdesk.admin.PortalAdminSite"

    def ready(self) -> None:
        """Registers what the apps have, then our admin of accounts in the place of theirs."""
        super().ready()
        from django.contrib import admin

        from .account import user_admin

        user_admin.register(admin.site)
