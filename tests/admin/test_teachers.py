"""Teachers in the admin: a superuser's change is taken as a step, with its consequences and its history."""

from __future__ import annotations

from typing import Any

import pytest

from credits.models import Organization, SignInCode, Teacher
from credits.statements.calendar import today
from credits.steps.history import events_of
from tests.admin.forms import errors, save
from tests.cast import Place, make_organization, make_teacher
from tests.credits.sign_in.codes import code_of, refused, try_code
from tests.credits.steps.helpers import history

pytestmark = pytest.mark.usefixtures("cycles")
ADD = "/admin/credits/teacher/add/"


def page(teacher: Teacher) -> str:
    return f"/admin/credits/teacher/{teacher.pk}/change/"


def typed(teacher: Teacher, **fields: Any) -> dict[str, Any]:
    """The form as the page has it, unless `fields` say otherwise."""
    columns = ("staff_number", "name", "user_id", "school_id", "position", "formally_employed_on", "subject", "stage")
    shown = {name.removesuffix("_id"): getattr(teacher, name) or "" for name in columns}
    shown |= {"status": teacher.status, "ended_on": teacher.ended_on or ""}
    return shown | {"postings-TOTAL_FORMS": "0", "postings-INITIAL_FORMS": "0"} | fields


def test_another_school_is_a_transfer(place: Place) -> None:
    code = code_of(place.teacher, place)
    save(place.client("superuser"), page(place.teacher), typed(place.teacher, school=place.other.pk))
    assert refused(try_code("A-1", code))
    teacher = Teacher.objects.get(pk=place.teacher.pk)
    assert (teacher.school, teacher.postings.get(ended_on=None).school) == (place.other, place.other)
    assert teacher.postings.get(ended_on=today()).school == place.school
    assert history(teacher) == ["发放登录码", "调动"]


def test_a_school_that_cannot_be_is_refused_at_its_field(place: Place) -> None:
    alone = make_organization(parent=place.county, name="教学点", is_village_school=True, is_sole_teacher_school=True)
    make_teacher(alone)
    said = errors(place.client("superuser"), page(place.teacher), typed(place.teacher, school=alone.pk))
    assert "登记为一人一校" in said
    assert Teacher.objects.get(pk=place.teacher.pk).school == place.school


def test_no_second_teacher_comes_to_a_school_of_one(place: Place) -> None:
    client = place.client("superuser")
    Teacher.objects.filter(pk=place.teacher.pk).update(status="retired")
    make_teacher(place.school)
    Organization.objects.filter(pk=place.school.pk).update(is_sole_teacher_school=True)
    assert "一人一校" in errors(client, page(place.teacher), typed(place.teacher, status="active"))
    new = Teacher(staff_number="N-1", name="新老师", school=place.school)
    assert "一人一校" in errors(client, ADD, typed(new))
    save(client, ADD, typed(new, status="retired", ended_on="2020-08-31"))


def test_a_school_of_several_is_not_marked_as_one_of_one(place: Place) -> None:
    make_teacher(place.school)
    data = {"name": "桃源一小", "kind": "school", "parent": place.county.pk, "is_sole_teacher_school": "on"}
    said = errors(place.client("superuser"), f"/admin/credits/organization/{place.school.pk}/change/", data)
    assert "不止一位在职教师" in said


POSTINGS = [
    ("2020-09-01", "2020-09-01", "school", ""),
    ("2020-09-02", "2020-09-01", "school", "日期重叠了"),
    ("2020-09-01", "2020-09-01", "other", "要是现在的学校"),
]


@pytest.mark.parametrize(("until", "since", "present", "said"), POSTINGS)
def test_each_day_of_the_postings_has_one_school(place: Place, until: str, since: str, present: str, said: str) -> None:
    rows = [(place.other.pk, "", until), (getattr(place, present).pk, since, "")]
    data = typed(place.teacher) | {"postings-TOTAL_FORMS": "2"}
    for at, values in enumerate(rows):
        data |= {
            f"postings-{at}-{name}": v for name, v in zip(("school", "started_on", "ended_on"), values, strict=True)
        }
    client = place.client("superuser")
    if said:
        assert said in errors(client, page(place.teacher), data)
    else:
        save(client, page(place.teacher), data)


def test_an_end_voids_the_code(place: Place) -> None:
    code_of(place.teacher, place)
    ended = {"status": "retired", "ended_on": "2023-08-31"}
    save(place.client("superuser"), page(place.teacher), typed(place.teacher, **ended))
    assert not SignInCode.objects.exists()
    assert history(place.teacher)[-1] == "已退休"


def test_changed_facts_stand_in_the_history(place: Place) -> None:
    save(place.client("superuser"), page(place.teacher), typed(place.teacher, position="seconded", subject="数学"))
    note = events_of(place.teacher).get().note
    assert "岗位由“在校任教”改为" in note and "现在任教学科由“空”改为“数学”" in note


def test_a_teacher_is_added_with_a_history(place: Place) -> None:
    new = Teacher(staff_number="N-1", name="新老师", school=place.school)
    save(place.client("superuser"), ADD, typed(new))
    assert history(Teacher.objects.get(staff_number="N-1")) == ["新增教师"]


def test_superusers_do_not_change_themselves(place: Place) -> None:
    Teacher.objects.filter(pk=place.teacher.pk).update(user=place.superuser)
    client = place.client("superuser")
    assert client.post(page(place.teacher), typed(place.teacher, position="seconded")).status_code == 403
    assert 'name="position"' not in client.get(page(place.teacher)).content.decode()
    said = errors(client, page(place.stranger), typed(place.stranger, user=place.superuser.pk))
    assert "自己的资料，请别的系统管理员登记" in said
    assert Teacher.objects.get(pk=place.teacher.pk).position == "teaching"


def test_postings_typed_beside_another_school_are_refused_in_words(place: Place) -> None:
    posting = {"postings-TOTAL_FORMS": "1", "postings-0-school": place.other.pk, "postings-0-started_on": "2020-09-01"}
    data = typed(place.teacher, school=place.other.pk) | posting
    body = place.client("superuser").post(page(place.teacher), data, follow=True).content.decode()
    assert "任职经历会自动登记" in body
    assert Teacher.objects.get(pk=place.teacher.pk).school == place.school
