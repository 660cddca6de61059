"""Rows that the app which counted wrong tries before left in a database."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection

migration = import_module("helpdesk.common.migrations.0003_wrong_tries_at_signing_in")


@pytest.mark.django_db(transaction=True)
def test_names_and_addresses_of_earlier_tries_go() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE axes_accesslog (username varchar(255), ip_address varchar(39))")
        cursor.execute("INSERT INTO axes_accesslog VALUES ('liming', '203.0.113.7')")
        try:
            with connection.schema_editor() as editor:
                migration.delete_names_and_addresses(None, editor)
            cursor.execute("SELECT * FROM axes_accesslog")
            assert cursor.fetchall() == []
        finally:
            cursor.execute("DROP TABLE axes_accesslog")
