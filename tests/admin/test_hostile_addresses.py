"""Addresses made by hand: none breaks a list, a form or an action of the admin."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client

from faq.models import Category, Document, Entry, Feedback
from helpdesk.management.commands.bootstrap import editors, load_once
from tests.admin.forms import english, errors, save
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


BIG = "9" * 20
MODELS = sorted(f"{model._meta.app_label}/{model._meta.model_name}" for model in admin.site._registry)
LISTS = [
    *(f"q={query}" for query in ("学" * 200_000, "%00", "%25_'\"((\\", "a " * 20_000, "%FF*")),
    *(f"p={page}" for page in ("-1", "abc", "１", BIG, "9" * 5000, "%00")),
    *(f"o={order}" for order in ("99", "-99", "abc", "1.-2.x", "." * 1000, BIG, "%00")),
    *("all=", "e=1", "_facets=True", "_facets=&q=a", "_popup=1", "_to_field=nothing", "_to_field=%00"),
    *("nothing=1", "nothing__exact=1", "__=1", "=1", "id__exact__exact=1", "id__regex=((", "id__isnull=maybe"),
    *(f"id={value}" for value in ("abc", BIG, "%00")),
    *(f"id__in={value}" for value in ("1,2", "abc", BIG, "%00", "," * 2000)),
    *("id__gte=1e400", f"id__lt={BIG}", f"pk__in={BIG}", "pk=%00", "&".join(f"id__gte={n}" for n in range(2500))),
]
LISTS_OF_ONE = [
    *("faq/entry/?question__regex=((", "faq/entry/?answer__contains=a", "faq/entry/?category__slug__startswith=a"),
    *("faq/entry/?status__exact=%00", "faq/entry/?status__exact=nothing", "faq/entry/?status__in=draft,published"),
    *(f"faq/entry/?category__id__exact={value}" for value in ("abc", BIG, "%00", "-1", "")),
    *("faq/entry/?category__isnull=x", f"faq/entry/?document__id__exact={BIG}", f"faq/entry/?category={BIG}"),
    *("faq/entry/?updated_at__gte=0001-01-01", "faq/entry/?updated_at__gte=9999-12-31", "faq/entry/?updated_at__gte=x"),
    *("faq/entry/?updated_at__year=99999", "faq/entry/?updated_at__year__gte=99999", "faq/entry/?ref__exact=a%00"),
    *("faq/feedback/?voter__exact=a", "faq/feedback/?comment__regex=((", "faq/feedback/?helpful__exact=maybe"),
    *(f"faq/feedback/?entry__id__exact={value}" for value in ("abc", BIG, "%00", "-1", "")),
    *("faq/feedback/?entry__category__id__exact=abc", f"faq/feedback/?entry__category__id__exact={BIG}"),
    *("faq/feedback/?reason__exact=%00", "faq/feedback/?entry__answer__contains=a", "faq/entry/?checked_on__gte=x"),
    *("faq/category/?entries__answer__contains=a", f"faq/category/?entries={BIG}", "faq/document/?year__gte=1e400"),
    *("auth/user/?date_joined__year=99999", "auth/user/?username__regex=((", "auth/user/?password__startswith=p"),
    *(
        "auth/user/?date_joined__year__exact=99999",
        "auth/user/?date_joined__gte=0001-01-01",
        "auth/user/?is_staff__exact=%00",
    ),
    *(f"auth/user/?groups__id__exact={BIG}", "auth/user/?last_login__hour__in=99", "auth/user/?username__exact=%00"),
    *("credits/trainingcycle/?confirmed__exact=maybe", "credits/trainingcycle/?starts_on__year__gte=99999"),
    *("credits/trainingcycle/?starts_on__gte=2018-02-30", "credits/trainingcycle/?hours_per_credit__in=9,x"),
]
OBJECTS = ["-1", BIG, "abc", "1%00", "_00", "..", "9" * 5000]
ADDS = ["?category=abc", f"?category={BIG}", "?category=%00", "?permissions=abc,%00", "?groups=1", "?status=%00"]
ADDS += ["?_changelist_filters=%00", "?_changelist_filters=" + "a%3Db%26" * 4000, "?_to_field=%00", "?_popup=1", "?=1"]
ADDS += ["?question=" + "学" * 50_000, "?starts_on=0000-00-00", "?position=NaN"]


@pytest.fixture
def superuser(admin_user: User) -> Client:
    """May do everything; there is a row or two of everything."""
    category = Category.objects.create(slug="a", name="甲")
    document = Document.objects.create(slug="d", title="资料", year=2021)
    for number in (1, 2):
        fields = {"question": "问", "answer": "答", "category": category, "document": document}
        entry = Entry.objects.create(ref=f"e-{number}", number=number, **fields)
        Feedback.objects.create(entry=entry, voter="v", helpful=False, comment="学")
    load_once("cycles")
    editors()
    client = Client(raise_request_exception=False)
    client.force_login(admin_user)
    return client


def broken(client: Client, addresses: Iterable[str]) -> dict[str, int | str]:
    """Addresses below /admin/ that answer with a 5xx (its status) or take over two seconds (how many)."""
    found: dict[str, int | str] = {}
    for address in addresses:
        began = time.process_time()
        with transaction.atomic():
            status = client.get(f"/admin/{address}").status_code
            transaction.set_rollback(status >= 400)
        if status >= 500:
            found[address[:100]] = status
        elif time.process_time() - began > 2:
            found[address[:100]] = f"{time.process_time() - began:.1f} s"
    return found


@pytest.mark.parametrize("model", MODELS)
def test_no_query_breaks_a_list(superuser: Client, model: str) -> None:
    half = LISTS[MODELS.index(model) % 2 :: 2]  # every query meets three models of six, and the entries
    assert broken(superuser, (f"{model}/?{query}" for query in (LISTS if model == "faq/entry" else half))) == {}


@pytest.mark.parametrize(
    "query",
    ["id=abc", f"id={BIG}", "question__regex=((", "updated_at__year=99999", "status__exact=%00", "x" * 2000],
)
def test_conditions_that_nothing_meets_get_an_empty_list(superuser: Client, query: str) -> None:
    answer = superuser.get(f"/admin/faq/entry/?{query}", follow=True)
    assert answer.status_code == 200
    assert b'class="field-ref"' not in answer.content or "e=1" in answer.request["QUERY_STRING"]


def test_no_filter_breaks_the_list_it_is_for(superuser: Client) -> None:
    assert broken(superuser, LISTS_OF_ONE) == {}


@pytest.mark.parametrize("model", MODELS)
def test_no_id_or_prefill_breaks_a_form(superuser: Client, model: str) -> None:
    pages = ["change/", "history/", "delete/"]
    addresses = [f"{model}/{number}/{page}" for number in OBJECTS for page in pages]
    assert broken(superuser, addresses + [f"{model}/add/{query}" for query in ADDS]) == {}


#: Values that no field, or nearly none, can hold: letters, numbers beyond every bound, NUL, a broken pattern, no day.
JUNK = ["abc", BIG, "%00", "1e309", "((", "0000-00-00", "2026-02-30", "-1"]


def fields_of(model: str) -> list[str]:
    """The fields of a model, and what else its form asks for."""
    found = apps.get_model(model.replace("/", "."))
    form = admin.site.get_model_admin(found).form
    return sorted({field.name for field in found._meta.get_fields()} | set(form.base_fields) | {"pk", "id", "said"})


@pytest.mark.parametrize("model", MODELS)
def test_no_junk_in_any_field_breaks_a_form_or_a_list(superuser: Client, model: str) -> None:
    """A form takes the value for all its fields at once; a list would stop at the first that it refuses."""
    addresses = []
    for value in JUNK:
        in_all = "&".join(f"{name}={value}" for name in fields_of(model))
        addresses += [f"{model}/add/?{in_all}", f"{model}/1/change/?{in_all}"]
        if value in JUNK[:4]:
            addresses += [f"{model}/?{name}={value}" for name in fields_of(model)]
    assert broken(superuser, addresses) == {}


@pytest.mark.parametrize("model", ["credits/membership", "auth/group", "credits/teacher", "auth/user"])
def test_junk_leaves_the_form_empty(superuser: Client, model: str) -> None:
    plain = superuser.get(f"/admin/{model}/add/").context["adminform"].form.initial
    for value in ("abc", BIG, "%00", "1e309"):
        query = "&".join(f"{name}={value}" for name in ("user", "organization", "permissions", "school", "role"))
        answer = superuser.get(f"/admin/{model}/add/?{query}")
        assert (answer.status_code, answer.context["adminform"].form.initial) == (200, plain)


def test_what_a_field_can_hold_is_filled_in(superuser: Client, admin_user: User) -> None:
    answer = superuser.get(f"/admin/credits/membership/add/?user={admin_user.pk}&role=staff")
    form = answer.context["adminform"].form
    assert f'<option value="{admin_user.pk}" selected>' in str(form["user"])
    assert '<option value="staff" selected>' in str(form["role"])


@pytest.mark.parametrize("model", MODELS)
def test_no_selection_breaks_an_action(superuser: Client, model: str) -> None:
    found = {}
    for chosen in (["abc"], [BIG], ["\x00"], ["1"] * 2500, [""], ["-1", "１"]):
        for action in ("delete_selected", "publish", "nothing")[: None if model == "faq/entry" else 1]:
            with transaction.atomic():
                data = {"action": action, "_selected_action": chosen, "index": "x"}
                found[action, chosen[0]] = status = superuser.post(f"/admin/{model}/", data).status_code
                transaction.set_rollback(status >= 400)
    assert {what: status for what, status in found.items() if status >= 500} == {}


def test_no_shortcut_breaks(superuser: Client) -> None:
    shortcuts = [f"r/{kind}/{number}/" for kind in ("1", "abc", BIG, "%00") for number in ("1", "abc", BIG, "%00")]
    shortcuts += ["autocomplete/", "autocomplete/?app_label=auth&model_name=user&field_name=groups&term=%00", "jsi18n/"]
    shortcuts += [
        "nothing/",
        "%00/",
        "faq/",
        "faq/%00/",
        "../admin/",
        "faq/nothing/",
        "password_change/",
        "login/?next=%00",
    ]
    assert broken(superuser, shortcuts) == {}


def test_nobody_reads_password_hashes_by_filtering(superuser: Client) -> None:
    for lookup in ("password__startswith=p", "password__gte=a", "password=x", "password__exact=x", "password__in=x"):
        answer = superuser.get(f"/admin/auth/user/?{lookup}")
        assert (answer.status_code, list(answer.context["cl"].result_list)) == (200, [])


def test_the_page_about_a_bad_address_is_ours(superuser: Client) -> None:
    answer = superuser.get("/admin/autocomplete/?app_label=auth&model_name=user&field_name=groups&term=%00")
    assert answer.status_code == 400
    assert "这一页打不开" in answer.content.decode()


def test_groups_and_users_can_still_be_managed(superuser: Client) -> None:
    form = {"username": "new", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    save(superuser, "/admin/auth/user/add/", form)
    user = User.objects.get(username="new")
    assert superuser.get(f"/admin/auth/user/{user.pk}/change/").status_code == 200
    assert superuser.get("/admin/auth/user/?is_staff__exact=1&q=admin&o=1").status_code == 200
    save(superuser, "/admin/auth/group/add/", {"name": "又一组"})
    assert Group.objects.filter(name="又一组").exists()


@pytest.mark.parametrize("weak", ["short", "1234567890", "password123", "new-new-new", "x"])
def test_a_weak_password_is_refused_in_chinese(superuser: Client, weak: str) -> None:
    form = {"username": "new-new-new", "usable_password": "true", "password1": weak, "password2": weak}
    assert english(errors(superuser, "/admin/auth/user/add/", form)) == set()
