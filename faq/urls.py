from django.urls import path

from helpdesk.common import converters

from . import views
from .asking.views import asker, opinions, publishing, question, staff, suggested
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
    path("ask/", asker.ask, name="ask"),
    path("ask/find/", asker.find, name="ask-find"),
    path("ask/look/", asker.look, name="ask-look"),
    path("ask/mine/", asker.mine, name="ask-mine"),
    path("ask/helped/<ref:ref>/", asker.helped, name="ask-helped"),
    path("ask/<public_id:token>/", asker.follow, name="ask-follow"),
    path("ask/<public_id:token>/pictures/<picture:name>", asker.picture, name="ask-picture"),
    path("questions/<public_id:public_id>/entry/", publishing.entry, name="question-entry"),
    path("questions/<public_id:public_id>/phrasing/", publishing.phrasing, name="question-phrasing"),
    path("guide/", guides.guide_list, name="guides"),
    path("guide/<slug:slug>/", guides.guide_page, name="guide"),
    path("guide/<slug:slug>/letter/<slug:name>/", guides.letter_page, name="guide-letter"),
    path("guide/<slug:slug>/<path:way>/", guides.guide_page, name="guide-step"),
    path("questions/", staff.questions, name="questions"),
    path("questions/numbers/", staff.question_numbers, name="question-numbers"),
    path("questions/suggested/", suggested.question_suggested, name="question-suggested"),
    path("questions/opinions/", opinions.question_opinions, name="question-opinions"),
    path("questions/<public_id:public_id>/", question.question, name="question"),
    path("questions/<public_id:public_id>/pictures/<picture:name>", question.question_picture, name="question-picture"),
]
