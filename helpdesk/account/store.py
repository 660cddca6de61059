"""Sessions in Django's own table that end by themselves when nobody has used them for a while.

`expire_date` holds when: it moves with every use, while the cookie keeps its longer life. So an idle session is over
on the server without anything that has to look for it.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from helpdesk.common.prepared import Prepared
from helpdesk.models import SignedIn

#: Keys of the session: seconds that it may be idle, and when it began (seconds since 1970).
IDLE, BEGUN = "idle", "begun"


_SESSION = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), key=str, now=datetime.datetime
)


class SessionStore(DatabaseStore):
    #: When the session ends unless it is used; None for one that was not loaded.
    ends_at: datetime.datetime | None = None

    def next_end(self) -> datetime.datetime:
        """Returns when the session ends if it is used now and never again; no use makes it outlive its cookie."""
        now = timezone.now()
        longest = datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
        if IDLE not in self or BEGUN not in self:
            return now + longest
        begun = datetime.datetime.fromtimestamp(self[BEGUN], datetime.UTC)
        return min(now + datetime.timedelta(seconds=self[IDLE]), begun + longest)

    def _get_session_from_db(self) -> Any:
        """Returns the row of the session, None for one that is unknown or over, which then has no key any more."""
        row = _SESSION.first(key=self.session_key, now=timezone.now()) if self.session_key else None
        if row is None:
            self._session_key = None
        else:
            self.ends_at = row.expire_date
        return row

    def create_model_instance(self, data: Any) -> Any:
        row = super().create_model_instance(data)
        row.expire_date = self.ends_at = self.next_end()
        return row

    def cycle_key(self) -> None:
        """Gives the session a new key, as Django does; what is known of the browser stays with it."""
        data, old = self._session, self.session_key  # type: ignore[attr-defined]  # as above
        self.create()
        self._session_cache = data
        if old:
            SignedIn.objects.filter(session=old).update(session=self.session_key)
            self.delete(old)
