from django.urls import path

from helpdesk.common import converters

from . import views
from .asking.views import question, staff
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
    path("guide/", guides.guide_list, name="guides"),
    path("guide/<slug:slug>/", guides.guide_page, name="guide"),
    path("guide/<slug:slug>/letter/<slug:name>/", guides.letter_page, name="guide-letter"),
    path("guide/<slug:slug>/<path:way>/", guides.guide_page, name="guide-step"),
    path("questions/", staff.questions, name="questions"),
    path("questions/numbers/", staff.question_numbers, name="question-numbers"),
    path("questions/<public_id:public_id>/", question.question, name="question"),
    path("questions/<public_id:public_id>/pictures/<picture:name>", question.question_picture, name="question-picture"),
]
