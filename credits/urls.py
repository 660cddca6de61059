from django.urls import path

from . import views

app_name = "credits"

urlpatterns = [
    path("check/", views.check, name="check"),
    path("rules/", views.rules, name="rules"),
    path("teachers/", views.teachers, name="teachers"),
    path("teachers/<str:public_id>/", views.teacher, name="teacher"),
    path("mine/", views.mine, name="mine"),
]
