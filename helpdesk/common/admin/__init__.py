"""Admin of what belongs to no app: who waits before signing in, and the audit log."""

from . import audit_log, waits  # noqa: F401  registers them
