"""The second factor: an app on the telephone that shows a code of six digits, and codes on paper for its loss.

django-otp computes the codes and takes each one once. Its own recovery codes would stand in the database as they are,
so ours stand there as digests.
"""

from __future__ import annotations

import unicodedata
from base64 import b32encode

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString
from django_otp import verify_token
from django_otp.plugins.otp_totp.models import TOTPDevice

from credits.models.access import CODE_LENGTH, new_code
from helpdesk.common import qr
from helpdesk.models import RecoveryCode

RECOVERY_CODES = 10
#: Codes are shown in two groups of so many characters.
HALF = CODE_LENGTH // 2
GROUP = 4


def device_of(user: User) -> TOTPDevice | None:
    """Returns the app that the user confirmed, None where there is none."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def is_enrolled(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


# --- setting it up and taking it away ------------------------------------------------------------------------


@transaction.atomic
def begin(user: User) -> TOTPDevice:
    """Makes the secret of an app that is not confirmed yet, in place of an earlier attempt."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name="app", confirmed=False)


def begun(user: User) -> TOTPDevice | None:
    """Returns the app that waits for its first code."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def confirm(user: User, typed: str) -> list[str] | None:
    """Takes the first code of the app that was begun, in place of an earlier app; returns new recovery codes.

    Returns None where the code is wrong.
    """
    device = begun(user)
    if device is None or not verify_token(user, device.persistent_id, plain(typed)):
        return None
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        return new_recovery_codes(user)


@transaction.atomic
def remove(user: User) -> None:
    """Takes the second factor away, with everything that belongs to it."""
    TOTPDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Returns new codes, which nobody can read again; the earlier ones are void."""
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return [f"{code[:HALF]}-{code[HALF:]}" for code in codes]


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user).count()


# --- asking for it -------------------------------------------------------------------------------------------


def fits(user: User, typed: str) -> bool:
    """Returns true for a code of the app or a recovery code; each is good for one use."""
    code = plain(typed)
    device = device_of(user)
    if device is not None and code.isascii() and code.isdecimal():
        return verify_token(user, device.persistent_id, code) is not None
    used, _ = RecoveryCode.objects.filter(user=user, digest=_digest(user, code)).delete()
    return used == 1


def plain(typed: str) -> str:
    """Returns a code as it is meant: narrow letters and digits, capitals, nothing between them."""
    narrow = unicodedata.normalize("NFKC", typed)
    return "".join(character for character in narrow if character.isalnum()).upper()


def _digest(user: User, code: str) -> str:
    return salted_hmac("helpdesk.recovery-code", f"{user.pk}|{code}", algorithm="sha256").hexdigest()


# --- showing its secret --------------------------------------------------------------------------------------


def picture(device: TOTPDevice) -> SafeString:
    """Returns the secret as a QR code to scan."""
    return qr.drawn(device.config_url)


def secret(device: TOTPDevice) -> str:
    """Returns the secret to be typed by hand, in groups of four."""
    letters = b32encode(device.bin_key).decode()
    return " ".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))
