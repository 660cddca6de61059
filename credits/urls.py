from django.urls import path

from .views import public, statements

app_name = "credits"

urlpatterns = [
    path("check/", public.check, name="check"),
    path("rules/", public.rules, name="rules"),
    path("mine/", statements.mine, name="mine"),
    path("teachers/", statements.teachers, name="teachers"),
    path("teachers/<str:public_id>/", statements.teacher, name="teacher"),
]
