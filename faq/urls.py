from django.urls import path

from helpdesk.common import converters

from . import views
from .asking.views import publishing
from .guides import views as guides

converters.register()

app_name = "faq"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search_page, name="search"),
    path("faq/", views.browse, name="browse"),
    path("faq/category/<slug:slug>/", views.category, name="category"),
    path("faq/<ref:ref>/", views.entry, name="entry"),
    path("faq/<ref:ref>/feedback/", views.give_feedback, name="feedback"),
    path("questions/<public_id:public_id>/entry/", publishing.entry, name="question-entry"),
    path("questions/<public_id:public_id>/phrasing/", publishing.phrasing, name="question-phrasing"),
    path("guide/", guides.guide_list, name="guides"),
    path("guide/<slug:slug>/", guides.guide_page, name="guide"),
    path("guide/<slug:slug>/letter/<slug:name>/", guides.letter_page, name="guide-letter"),
    path("guide/<slug:slug>/<path:way>/", guides.guide_page, name="guide-step"),
]
