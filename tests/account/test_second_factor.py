"""The second factor: setting it up, signing in with it, and losing the telephone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from helpdesk.account import factor, roles
from helpdesk.models import RecoveryCode
from tests.account.people import ADMIN, CODE, FACTOR, SIGN_IN, enrol, shown, sign_in, with_password, wrong
from tests.cast import Place, signed_in
from tests.credits.sign_in.codes import PASSWORD, code_of

pytestmark = pytest.mark.usefixtures("cycles")
WORK = "/credits/work/"


@pytest.fixture
def app(place: Place) -> TOTPDevice:
    """The app of the school's staff, who has enrolled."""
    return enrol(with_password(place.staff))


def recovery_codes(answer: Any) -> list[str]:
    return re.findall(r"<li>([0-9A-Z]{5}-[0-9A-Z]{5})</li>", answer.content.decode())


# --- setting it up -----------------------------------------------------------------------------------------------


def test_a_member_of_staff_sets_it_up(place: Place) -> None:
    client = place.client("staff")
    assert "开始设置" in client.get(FACTOR).content.decode()
    page = client.post(FACTOR, {"step": "begin"}, follow=True).content.decode()
    device = TOTPDevice.objects.get(user=place.staff)
    assert "<svg" in page and "style=" not in page
    assert "viewBox" in page  # without it a smaller picture would lack its edge
    assert factor.secret(device) in page
    assert not factor.is_enrolled(place.staff)
    answer = client.post(FACTOR, {"step": "confirm", "code": shown(device)})
    assert len(set(recovery_codes(answer))) == 10
    assert factor.is_enrolled(place.staff)
    assert "no-store" in answer.headers["Cache-Control"]


def test_recovery_codes_are_shown_once(place: Place) -> None:
    client = place.client("staff")
    client.post(FACTOR, {"step": "begin"})
    sent = {"step": "confirm", "code": shown(TOTPDevice.objects.get())}
    codes = recovery_codes(client.post(FACTOR, sent))
    assert codes and not recovery_codes(client.post(FACTOR, sent, follow=True))
    stored = str(list(RecoveryCode.objects.values()))
    assert not any(code.replace("-", "") in stored for code in codes)


def test_a_wrong_first_code_sets_nothing_up(place: Place) -> None:
    client = place.client("staff")
    client.post(FACTOR, {"step": "begin"})
    body = client.post(FACTOR, {"step": "confirm", "code": wrong(TOTPDevice.objects.get())}).content.decode()
    assert "验证码不对" in body and "<svg" in body
    assert not factor.is_enrolled(place.staff)


def test_another_telephone_replaces_the_first(place: Place, app: TOTPDevice) -> None:
    client = place.client("staff")
    client.post(CODE, {"code": shown(app)})
    client.post(FACTOR, {"step": "begin"})
    assert factor.device_of(place.staff) == app
    new = TOTPDevice.objects.get(confirmed=False)
    client.post(FACTOR, {"step": "confirm", "code": shown(new)})
    assert factor.device_of(place.staff) == new


def test_new_recovery_codes_void_the_old(place: Place, app: TOTPDevice) -> None:
    [old, *_] = factor.new_recovery_codes(place.staff)
    client = place.client("staff")
    client.post(CODE, {"code": shown(app)})
    [new, *_] = recovery_codes(client.post(FACTOR, {"step": "codes"}))
    assert not factor.fits(place.staff, old)
    assert factor.fits(place.staff, new)


def test_one_may_take_it_away_again(place: Place, app: TOTPDevice) -> None:
    client = place.client("staff")
    client.post(CODE, {"code": shown(app)})
    client.post(FACTOR, {"step": "remove"})
    assert not factor.is_enrolled(place.staff)
    assert not RecoveryCode.objects.exists()


def test_teachers_are_not_offered_it(place: Place) -> None:
    assert place.client("herself").get(FACTOR).status_code == 404
    assert FACTOR not in place.client("herself").get("/account/").content.decode()


# --- signing in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", [SIGN_IN, ADMIN])
def test_every_door_asks_for_the_code(place: Place, door: str) -> None:
    device = enrol(with_password(place.superuser))
    client, answer = sign_in(place.superuser, door=door)
    assert answer.status_code == 302
    for path in ("/", "/admin/", WORK, "/account/", FACTOR):
        assert client.get(path).headers["Location"].startswith(f"{CODE}?next=")
    assert client.post(CODE, {"code": shown(device), "next": "/admin/"}).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == client.get(WORK).status_code == 200


def test_a_printed_code_does_not_go_round_it(place: Place) -> None:
    enrol(place.herself)
    code = code_of(place.teacher, place)
    client = Client()
    typed = {"staff_number": "A-1", "code": code, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/sign-in/first/", typed).status_code == 302
    assert client.get("/credits/mine/").headers["Location"].startswith(CODE)


def test_with_the_code_one_goes_to_ones_work(place: Place, app: TOTPDevice) -> None:
    client, _ = sign_in(place.staff)
    assert client.post(CODE, {"code": shown(app)}).headers["Location"] == "/credits/work/"


def test_the_session_gets_a_new_key(place: Place, app: TOTPDevice) -> None:
    client, _ = sign_in(place.staff)
    before = client.cookies["sessionid"].value
    client.post(CODE, {"code": shown(app)})
    assert client.cookies["sessionid"].value != before
    assert "就是这一台" in client.get("/account/").content.decode()


def test_a_code_is_good_once(place: Place, app: TOTPDevice) -> None:
    code = shown(app)
    assert sign_in(place.staff)[0].post(CODE, {"code": code}).status_code == 302
    assert "已经用过" in sign_in(place.staff)[0].post(CODE, {"code": code}).content.decode()


@pytest.mark.parametrize("spelled", ["{}", " {} ", "{0:.3} {0[3]}{0[4]}{0[5]}"])
def test_a_code_is_taken_as_meant(place: Place, app: TOTPDevice, spelled: str) -> None:
    client, _ = sign_in(place.staff)
    assert client.post(CODE, {"code": spelled.format(shown(app))}).status_code == 302


def test_a_recovery_code_is_good_once(place: Place, app: TOTPDevice) -> None:
    [code, *_] = factor.new_recovery_codes(place.staff)
    assert sign_in(place.staff)[0].post(CODE, {"code": code.lower()}).status_code == 302
    assert factor.recovery_codes_left(place.staff) == 9
    assert sign_in(place.staff)[0].post(CODE, {"code": code}).status_code == 200


def test_nobody_uses_anothers_recovery_code(place: Place, app: TOTPDevice) -> None:
    enrol(place.other_staff)
    [code, *_] = factor.new_recovery_codes(place.other_staff)
    assert sign_in(place.staff)[0].post(CODE, {"code": code}).status_code == 200


def test_codes_are_not_guessed(place: Place, app: TOTPDevice) -> None:
    for number in range(5):
        client, _ = sign_in(place.staff, REMOTE_ADDR=f"203.0.113.{number}")
        assert "验证码不对" in client.post(CODE, {"code": wrong(app)}).content.decode()
    client, _ = sign_in(place.staff)
    assert "试的次数太多了" in client.post(CODE, {"code": shown(app)}).content.decode()


def test_sixty_tries_are_the_most_in_a_day(place: Place, app: TOTPDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing for a month finds six digits with a chance of one in two hundred."""
    client, _ = sign_in(place.staff)
    now = 1_800_000_000.0  # a day begins soon after: all windows below lie in the same one
    start = now - now % 86400
    said = []
    for number in range(61):
        monkeypatch.setattr("helpdesk.common.ratelimit.time.time", lambda at=start + 300.0 * number: at)
        said.append("试的次数太多了" in client.post(CODE, {"code": wrong(app)}).content.decode())
    assert said == [False] * 60 + [True]


def test_whoever_has_none_is_not_asked(place: Place) -> None:
    client, answer = sign_in(with_password(place.staff))
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.get(CODE).headers["Location"] == "/credits/work/"


# --- roles that must ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "asked"),
    [
        ("superuser", {"superuser"}),
        ("admin", {"superuser", "editor"}),
        ("reviewer", {"reviewer", "above", "school_reviewer"}),
        ("staff", {"staff", "other_staff"}),
    ],
)
def test_a_role_that_must_is_led_to_enrol(place: Place, settings: Any, role: str, asked: set[str]) -> None:
    settings.SECOND_FACTOR_FOR = [role]
    people = [
        "superuser",
        "editor",
        "reviewer",
        "above",
        "school_reviewer",
        "staff",
        "other_staff",
        "herself",
        "nobody",
    ]
    led = {who for who in people if place.client(who).get("/").status_code == 302}
    assert led == asked


def test_nobody_must_by_default(place: Place, settings: Any) -> None:
    assert settings.SECOND_FACTOR_FOR == []
    assert place.client("superuser").get("/").status_code == 200


def test_having_enrolled_one_goes_on(place: Place, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR = ["staff"]
    client = place.client("staff")
    page = client.get(WORK).headers["Location"]
    assert page == f"{FACTOR}?next=%2Fcredits%2Fwork%2F"
    assert client.post(page, {"step": "begin"}).headers["Location"] == page
    answer = client.post(page, {"step": "confirm", "code": shown(TOTPDevice.objects.get())})
    assert f'href="{WORK}"' in answer.content.decode()
    assert client.get(WORK).status_code == 200
    client.post(FACTOR, {"step": "remove"})
    assert factor.is_enrolled(place.staff)


def test_a_role_that_does_not_exist_is_told(settings: Any) -> None:
    settings.SECOND_FACTOR_FOR = ["superusers"]
    with pytest.raises(ImproperlyConfigured, match="superusers is none of"):
        roles.check_settings()


# --- the admin ---------------------------------------------------------------------------------------------------


def test_a_superuser_takes_it_away(place: Place, app: TOTPDevice) -> None:
    factor.new_recovery_codes(place.staff)
    sent = {"action": "remove_factor", "_selected_action": [place.staff.pk, place.editor.pk]}
    body = place.client("superuser").post("/admin/auth/user/", sent, follow=True).content.decode()
    assert "已经取消二次验证：staff" in body
    assert not TOTPDevice.objects.exists() and not RecoveryCode.objects.exists()
    client, _ = sign_in(place.staff)
    assert client.get(WORK).status_code == 200


def test_secrets_are_shown_to_nobody(place: Place, app: TOTPDevice) -> None:
    client = signed_in(place.superuser)
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert app.key not in client.get(f"/admin/auth/user/{place.staff.pk}/change/").content.decode()
