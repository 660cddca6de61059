"""Key of a form for asking: one form sends one question, and none that was not looked at for a moment."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core import signing

from helpdesk.common.ids import new_public_id

_SIGNER = signing.TimestampSigner(salt="faq.asking")


@dataclass(frozen=True, slots=True)
class FormKey:
    """The random part by which a form sent twice is known, and the seconds since its page was made."""

    key: str
    age: float


def new_key() -> str:
    """Returns the value of the hidden field for a new form."""
    return _SIGNER.sign(new_public_id())


def read_key(sent: str) -> FormKey | None:
    """Returns the key of a hidden field; None where it is none of ours."""
    try:
        key = _SIGNER.unsign(sent)
        made_at = signing.b62_decode(sent.rsplit(_SIGNER.sep, 2)[1])
    except (signing.BadSignature, ValueError, IndexError):
        return None
    return FormKey(key, time.time() - made_at)
