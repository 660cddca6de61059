"""Two scanners of others on a portal as in production: `make scan`; exit 1 where they find something.

schemathesis sends to the JSON addresses what openapi.json describes and what it forbids. wapiti reads the portal page
by page, as a visitor, as a reviewer and as the administrator, and tries its attacks on every form and address it saw.
Whatever the server logs as an error meanwhile counts as found too.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.installation import DEMO_PASSWORD, ROOT, Installation, Server

REPORTS = ROOT / "var" / "scan"
SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
WAPITI = ROOT / "var" / "tools" / "wapiti3" / "bin" / "wapiti"
#: Cases for each JSON address, beside the edges that schemathesis derives.
CASES = 60
#: Left out: that everything the schema allows is taken. A schema cannot say which training cycles there are.
NOT_SAID = "positive_data_acceptance"
#: Seconds in which wapiti reads pages, and in which one kind of attack has to end.
READING, ATTACKING = 40, 8
#: Addresses that wapiti finds at least where it sees the portal at all.
FEWEST = 20
VISITOR, *ACCOUNTS = ("", "county", "admin")
#: Kinds of attack. Left out are those that need a server outside or look for other products, and `cookieflags`, which
#: would miss the flag that cookies have on https alone; tests/test_headers.py asks for it.
ATTACKS = (
    *("crlf", "csp", "exec", "file", "http_headers", "ldap", "methods", "permanentxss"),
    *("redirect", "sql", "timesql", "upload", "xss"),
)
#: Where an attack that worked would call back to: an address of this machine at which nobody listens.
NOBODY = "http://127.0.0.1:9/"
#: Signing out would end the reading; the rest is no page.
AVOIDED = ("/sign-out/", "/admin/logout/", "/static/", "/api/")
#: On plain http of this machine; TLS is the proxy's. Thousands of requests come from one address.
AS_IN_PRODUCTION = {"HTTPS": "off", "ALLOWED_HOSTS": "127.0.0.1,portal.example.invalid", "RATE_LIMITS": "off"}


def main() -> int:
    REPORTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        place = Installation(Path(home), **AS_IN_PRODUCTION)
        place.set_up()
        with place.serve() as server:
            found = list(findings(server))
    print("\n".join(found) if found else "没有发现问题。")
    return int(bool(found))


def findings(server: Server) -> Iterator[str]:
    """One line for each finding."""
    address = f"http://127.0.0.1:{server.port}"
    yield from by_schemathesis(address)
    yield from by_wapiti(address, VISITOR, {})
    for account in ACCOUNTS:
        yield from by_wapiti(address, account, cookies_of(server, account))
    yield from by_the_server(server.log.read_text())


def cookies_of(server: Server, account: str) -> dict[str, str]:
    """The cookies of somebody who has signed in."""
    visitor = server.visitor()
    form = {"csrfmiddlewaretoken": visitor.token("/sign-in/"), "username": account, "password": DEMO_PASSWORD}
    assert visitor.post("/sign-in/", form).status == 302, f"{account} cannot sign in"
    return visitor.cookies


def by_schemathesis(address: str) -> Iterator[str]:
    """Prints schemathesis' own report where it failed, since a line would not do."""
    print("schemathesis……", flush=True)
    command = [str(SCHEMATHESIS), "--no-color", "run", f"{address}/api/v1/openapi.json", f"--max-examples={CASES}"]
    options = ["--generation-deterministic", "--suppress-health-check=all", f"--exclude-checks={NOT_SAID}"]
    ended = subprocess.run([*command, *options], cwd=REPORTS, capture_output=True, text=True, timeout=600)
    (REPORTS / "schemathesis.txt").write_text(ended.stdout + ended.stderr, encoding="utf-8")
    if ended.returncode:
        print(ended.stdout + ended.stderr)
        yield "schemathesis: see above"


def by_wapiti(address: str, account: str, cookies: dict[str, str]) -> Iterator[str]:
    who = account or "visitor"
    print(f"wapiti，{who}……", flush=True)
    report = REPORTS / f"wapiti-{who}.json"
    report.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as own, (REPORTS / f"wapiti-{who}.txt").open("w") as output:
        command = [str(WAPITI), *wapiti_options(address, cookies, own), "-f", "json", "-o", str(report)]
        subprocess.run(command, stdout=output, stderr=output, check=True, timeout=1800)
    read = json.loads(report.read_text(encoding="utf-8"))
    pages = read["infos"]["crawled_pages_nbr"]
    print(f"读了 {pages} 个网址", flush=True)
    if pages < FEWEST:
        yield f"wapiti, {who}: {pages} addresses read, so nothing is known"
    for kind, what in reported(read):
        yield f"wapiti, {who}: {kind}: {what['method']} {what['path']} {what['parameter'] or ''}: {what['info']}"


def wapiti_options(address: str, cookies: dict[str, str], own: str) -> list[str]:
    bounds = [f"--max-scan-time={READING}", f"--max-attack-time={ATTACKING}", "--timeout=10"]
    avoided = [part for path in AVOIDED for part in ("-x", f"{address}{path}*")]
    session = "; ".join(f"{name}={value}" for name, value in cookies.items())
    signed_in = ["--cookie-value", session] if session else []
    kept = [f"--store-session={own}", f"--store-config={own}"]
    nothing_outside = ["--no-bugreport", f"--endpoint={NOBODY}", "--dns-endpoint=localhost"]
    attacks = ["-m", ",".join(ATTACKS)]
    return ["-u", f"{address}/", *attacks, *bounds, *avoided, *signed_in, *kept, *nothing_outside]


def reported(report: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and finding, for each weakness and each strange answer."""
    for part in (report["vulnerabilities"], report["anomalies"]):
        for kind, found in part.items():
            yield from ((kind, what) for what in found)


def by_the_server(log: str) -> Iterator[str]:
    for line in re.findall(r"^.* (?:ERROR|CRITICAL) .*$", log, re.MULTILINE):
        yield f"server: {line}"


if __name__ == "__main__":
    sys.exit(main())
