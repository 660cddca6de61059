"""Addresses of the credit pages, below `/credits/`."""

from django.urls import URLPattern, path

from helpdesk.common import converters

from .views import (
    awards,
    codes,
    corrections,
    following,
    imports,
    jobs,
    joint_activities,
    looks,
    own_records,
    people,
    plans,
    projects,
    public,
    roster,
    safety_net,
    statements,
    work,
)

converters.register()

app_name = "credits"


def _awards(kind: awards.Kind) -> list[URLPattern]:
    """Returns the addresses of one kind of award: a teacher's, and those of whoever reviews."""
    own = f"teachers/<public_id:public_id>/{kind.section}/"
    given = {"kind": kind}
    return [
        path(f"{own}new/", awards.award, given, name=f"{kind.single}-new"),
        path(f"{own}<row_id:pk>/", awards.award, given, name=f"{kind.single}-edit"),
        path(f"{own}<row_id:pk>/delete/", awards.remove, given, name=f"{kind.single}-delete"),
        path(f"{kind.section}/", awards.awards, given, name=kind.section),
        path(f"{kind.section}/<row_id:pk>/", awards.credit, given, name=kind.single),
    ]


urlpatterns = [
    path("check/", public.check, name="check"),
    path("rules/", public.rules, name="rules"),
    path("mine/", statements.mine, name="mine"),
    path("mine/what-if/", statements.my_what_if, name="my-what-if"),
    path("mine/corrections/", corrections.mine, name="my-corrections"),
    path("mine/corrections/new/", corrections.new, name="correction-new"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("corrections/<public_id:public_id>/", corrections.correction, name="correction"),
    path("work/", work.work, name="work"),
    path("mine/looks/", looks.mine, name="my-looks"),
    path("looks/", looks.looks, name="looks"),
    path("codes/", codes.codes, name="codes"),
    path("teachers/", roster.teachers, name="teachers"),
    path("teachers/picture/", roster.picture, name="picture"),
    path("teachers/picture/export/", roster.export_picture, name="picture-export"),
    path("teachers/print/", roster.print_statements, name="print"),
    path("teachers/export/", roster.export, name="export"),
    path("teachers/recompute/", roster.recompute, name="recompute"),
    path("jobs/<public_id:public_id>/", jobs.job, name="job"),
    path("jobs/<public_id:public_id>/file/", jobs.job_file, name="job-file"),
    path("teachers/new/", people.new, name="teacher-new"),  # must stand before `<public_id>`, which would match `new`
    path("teachers/<public_id:public_id>/", statements.teacher, name="teacher"),
    path("teachers/<public_id:public_id>/edit/", people.edit, name="teacher-edit"),
    path("teachers/<public_id:public_id>/transfer/", people.transfer, name="teacher-transfer"),
    path("teachers/<public_id:public_id>/end/", people.end, name="teacher-end"),
    path("teachers/<public_id:public_id>/return/", people.return_to_work, name="teacher-return"),
    path("teachers/<public_id:public_id>/what-if/", statements.what_if, name="what-if"),
    path("teachers/<public_id:public_id>/records/", work.records, name="records"),
    path("teachers/<public_id:public_id>/activities/new/", own_records.activity, name="activity-new"),
    path("teachers/<public_id:public_id>/activities/<row_id:pk>/", own_records.activity, name="activity"),
    path(
        "teachers/<public_id:public_id>/activities/<row_id:pk>/delete/",
        own_records.remove_activity,
        name="activity-delete",
    ),
    path("activities/new/", joint_activities.activities, name="activities-new"),
    path("projects/", projects.projects, name="projects"),
    path("projects/new/", projects.new, name="project-new"),
    path("projects/<ref:code>/", projects.project, name="project"),
    path("projects/<ref:code>/edit/", projects.edit, name="project-edit"),
    path("projects/<ref:code>/enter/", projects.enter, name="project-enter"),
    path("projects/<ref:code>/hours/", following.hours, name="project-hours"),
    path("projects/<ref:code>/results/<row_id:pk>/", projects.correct, name="result"),
    path("projects/<ref:code>/results/<row_id:pk>/delete/", projects.remove_result, name="result-delete"),
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plans.new, name="plan-new"),
    path("plans/<row_id:pk>/", plans.school_plan, name="plan"),
    path("plans/<row_id:pk>/edit/", plans.edit, name="plan-edit"),
    path("safety-net/", safety_net.plans, name="safety-net"),
    path("safety-net/new/", safety_net.new, name="safety-net-new"),
    path("safety-net/<row_id:pk>/", safety_net.safety_net_plan, name="safety-net-plan"),
    path("safety-net/<row_id:pk>/edit/", safety_net.edit, name="safety-net-edit"),
    *_awards(awards.DEGREES),
    *_awards(awards.OFFSETS),
    path("import/", imports.imports, name="imports"),
    path("import/template/<str:kind>/", imports.template, name="import-template"),
    path("import/<public_id:public_id>/", imports.spreadsheet, name="import"),
    path("import/<public_id:public_id>/confirm/", imports.confirm, name="import-confirm"),
    path("import/<public_id:public_id>/undo/", imports.undo, name="import-undo"),
    path("import/<public_id:public_id>/discard/", imports.discard, name="import-discard"),
]
