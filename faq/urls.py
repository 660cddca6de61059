from django.urls import path

from . import views

app_name = "faq"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search_page, name="search"),
    path("faq/", views.browse, name="browse"),
    path("faq/category/<slug:slug>/", views.category, name="category"),
    path("faq/<str:ref>/", views.entry, name="entry"),
    path("faq/<str:ref>/feedback/", views.give_feedback, name="feedback"),
]
