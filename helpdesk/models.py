"""Record of what `bootstrap` has loaded, and what belongs to an account beside its password."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models


class LoadedFixture(models.Model):
    """Row of a fixture, by natural key, that was loaded once: deleted since, it is never loaded again."""

    model = models.CharField(max_length=100)
    natural_key = models.CharField(max_length=300)
    # Digests of the row as shipped and as saved; empty where the row was there before, or no digest was kept yet.
    shipped = models.CharField(max_length=64, blank=True, default="")
    saved = models.CharField(max_length=64, blank=True, default="")
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "natural_key"], name="fixture_row_loaded_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.natural_key}"


class SignedIn(models.Model):
    """Browser in which somebody is signed in. It goes with its session, so nothing of it is left after signing out."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, primary_key=True, related_name="signed_in")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="signed_in")
    #: Kind of device and browser, as people call them: “安卓手机 · 微信”. No address, no version.
    device = models.CharField(max_length=40)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user}, {self.device}"


class PasswordToChange(models.Model):
    """Password that an administrator set, by its fingerprint: any other password has already replaced it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="password_to_change"
    )
    fingerprint = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """Code that stands in for the telephone once. Only its digest is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_is_there_once")]

    def __str__(self) -> str:
        return f"{self.user}, {self.digest[:8]}…"
