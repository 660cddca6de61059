"""Two processes that save at once, and editors who do so through the server: nothing is lost, nobody gets a 500."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.installation import DEMO_PASSWORD, Installation, Server

from .outages import NEW_ENTRY, draft
from .table import Row

#: Saves entries as fast as it can, once a file says that both processes are there.
SAVE = """
import django, pathlib, sys, time; django.setup()
from faq.models import Category, Entry
name, count = sys.argv[1], int(sys.argv[2])
category = Category.objects.first()
print("ready", flush=True)
while not pathlib.Path("together").exists():
    time.sleep(0.001)
for number in range(count):
    Entry.objects.create(ref=f"{name}-{number}", question="同时", answer="答", category=category, status="draft")
"""
#: Counts the entries whose reference begins so, and their stamps.
COUNT = """
import django, sys; django.setup()
from faq.models import Entry
stamps = Entry.objects.filter(ref__startswith=sys.argv[1]).values_list("stamp", flat=True)
print(len(stamps), len(set(stamps)))
"""
DJANGO = {"DJANGO_SETTINGS_MODULE": "helpdesk.settings"}


def two_processes(place: Installation, count: int) -> Iterator[Row]:
    """Each saves `count` entries one after the other, in the same seconds."""
    savers = [place.start("-c", SAVE, f"together-{number}", str(count), **DJANGO) for number in range(2)]
    for saver in savers:
        assert saver.stdout is not None
        assert saver.stdout.readline() == "ready\n", saver.communicate()
    (place.home / "together").touch()
    errors = [saver.communicate(timeout=300)[1] for saver in savers]
    failed = sum(saver.returncode != 0 for saver in savers)
    lost, doubled = _missing(place, "together-", 2 * count)
    measured = f"{failed} processes failed, {lost} lost, {doubled} stamps doubled{''.join(errors)}"
    yield Row("two processes save at once", 2 * count, failed + lost + doubled, measured)


def editors(place: Installation, server: Server, count: int, at_once: int = 8) -> Iterator[Row]:
    """So many editors send the form of a new entry, until there are `count`, to a server of several processes."""
    editor = server.visitor()
    assert editor.sign_in("editor", DEMO_PASSWORD).status == 302
    form = draft(editor, "")
    forms = [form | {"ref": f"at-once-{number}"} for number in range(count)]
    with ThreadPoolExecutor(at_once) as threads:
        statuses = Counter(threads.map(lambda form: editor.post(NEW_ENTRY, form).status, forms))
    lost, doubled = _missing(place, "at-once-", count)
    measured = f"{dict(statuses)}, {lost} lost, {doubled} stamps doubled"
    yield Row(f"{at_once} editors save at once", count, count - statuses[302] + lost + doubled, measured)


def _missing(place: Installation, beginning: str, count: int) -> tuple[int, int]:
    """Returns how many entries are missing, and how many have the stamp of another."""
    done = place.run("-c", COUNT, beginning, **DJANGO)
    assert done.returncode == 0, done.stderr
    saved, stamps = map(int, done.stdout.split())
    return count - saved, saved - stamps
