"""An installation on a database of its own in PostgreSQL, and what locks its tables or silences it."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from tests.installation import Installation

#: Server on which databases can be made: DATABASE_URL where it names PostgreSQL, else the local one.
LOCAL = "postgres://postgres@127.0.0.1:5432/postgres"


def server_url() -> str:
    named = os.environ.get("DATABASE_URL", "")
    return named if named.startswith("postgres") else os.environ.get("CI_DATABASE_URL", LOCAL)


@contextmanager
def database() -> Iterator[str]:
    """The URL of an empty database, which is dropped afterwards."""
    name = f"faults_{secrets.token_hex(4)}"
    _run(server_url(), f"CREATE DATABASE {name}")
    try:
        yield urlsplit(server_url())._replace(path=f"/{name}").geturl()
    finally:
        _run(server_url(), f"DROP DATABASE {name} WITH (FORCE)")


def _run(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def installed(home: Path, url: str) -> Installation:
    """An installation with its content, without demo data, in that database."""
    place = Installation(home, DATABASE_URL=url, RATE_LIMITS="off")
    for arguments in (["bootstrap"], ["collectstatic", "--noinput", "-v0"]):
        done = place.manage(*arguments)
        assert done.returncode == 0, done.stderr
    return place


@contextmanager
def locked(url: str, table: str) -> Iterator[None]:
    """Holds a table as a migration would: nobody else can even read it."""
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        connection.close()


class Wire:
    """A wire to PostgreSQL that can go dead: connections stay, and nothing comes through any more."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        user = f"{parts.username}:{parts.password}" if parts.password else parts.username
        place = f"{user}@127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = parts._replace(netloc=place).geturl()
        self.alive = threading.Event()
        self.alive.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        self.alive.wait()
        server = socket.create_connection(self._target)
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                self.alive.wait()
                target.sendall(data)
        except OSError:
            pass
        finally:
            target.close()
