from django.urls import path

from . import views

app_name = "credits"

urlpatterns = [
    path("check/", views.check, name="check"),
    path("rules/", views.rules, name="rules"),
]
