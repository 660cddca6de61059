"""What belongs to the site as a whole: which fixture rows were loaded, and the counters of rate limits."""

from __future__ import annotations

from django.db import connection, models


class LoadedFixture(models.Model):
    """One fixture row that was loaded once, by natural key; edited or deleted since, it never returns."""

    model = models.CharField(max_length=100)
    natural_key = models.CharField(max_length=300)
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "natural_key"], name="fixture_row_loaded_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.natural_key}"


class RateCounter(models.Model):
    """Requests counted in one window of time. Holds a keyed hash of the address, never the address."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    expires_at = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]}… {self.count}"

    @classmethod
    def hit(cls, key: str, expires_at: int) -> int:
        """Counts one request under `key` and returns the new count; one statement, so atomic across processes."""
        table = cls._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (key, count, expires_at) VALUES (%s, 1, %s) "  # noqa: S608  our own table's name
                f"ON CONFLICT (key) DO UPDATE SET count = {table}.count + 1 RETURNING count",
                [key, expires_at],
            )
            return int(cursor.fetchone()[0])
