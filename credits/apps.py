from django.apps import AppConfig


class CreditsConfig(AppConfig):
    name = "credits"
    verbose_name = "学分"

    def ready(self) -> None:
        from helpdesk.common import inboxes, offices, own_pages, people, quoted, timers

        from . import signals  # noqa: F401  connects
        from .duties import forget_uploads, refresh_all
        from .inboxes import CORRECTIONS
        from .known_names import known_names
        from .offices import OrganizationOffices
        from .statements.citations import lost_quotes
        from .steps import jobs, reviewing_projects  # noqa: F401  register long work by its kind
        from .upgrade.clauses import ENTRIES

        inboxes.register(CORRECTIONS)
        offices.register(OrganizationOffices())
        own_pages.register(own_pages.OwnPage("upgrade", "考核与经验值"), ENTRIES)
        people.register(known_names)
        quoted.register(lost_quotes)
        timers.register("refresh statements", refresh_all, every=timers.BY_HOUSEKEEPING, title="重新计算每位教师的学分")
        timers.register("forget uploads", forget_uploads, every=60 * 60, title="删除没有确认的导入文件")
