"""nginx as deploy/nginx/ sets it up, in front of a portal as in production: real processes, skipped without nginx."""

from __future__ import annotations

import getpass
import http.client
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpdesk import bodies
from tests.installation import HOST, ROOT, Server, wait_until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPENSSL = shutil.which("openssl")
pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx or openssl is not installed"),
]
FILES = sorted((ROOT / "deploy" / "nginx").glob("*.conf"))
#: Configuration around ours; Debian has one like it.
AROUND = """
daemon off;
user {user};
pid {here}/nginx.pid;
error_log {here}/error.log;
events {{}}
http {{
    client_body_temp_path {here}/body;
    proxy_temp_path {here}/proxy;
    fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi;
    scgi_temp_path {here}/scgi;
    include {here}/conf.d/*.conf;
}}
"""


@dataclass
class Proxy:
    here: Path
    plain: int
    tls: int

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        """Status and text of an answer over TLS."""
        context = ssl.create_default_context(cafile=str(self.here / "cert.pem"))
        connection = http.client.HTTPSConnection(HOST, self.tls, timeout=60, context=context)
        connection.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", self.tls)), server_hostname=HOST)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        answer = response.status, response.read().decode()
        connection.close()
        return answer

    def plainly(self, path: str) -> http.client.HTTPResponse:
        """The answer without TLS, not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=60)
        connection.request("GET", path, headers={"Host": HOST})
        return connection.getresponse()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def is_up(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def written(here: Path, server: Server) -> Proxy:
    """Our files with the names, folders and ports of this place; a certificate that vouches for itself."""
    proxy = Proxy(here, free_port(), free_port())
    changes = {
        "peixun.example.cn": HOST,
        "listen 80;": f"listen 127.0.0.1:{proxy.plain};",
        "listen 443 ": f"listen 127.0.0.1:{proxy.tls} ",
        "127.0.0.1:8000": f"127.0.0.1:{server.port}",
        "/etc/nginx/peixun/": f"{here}/",
        "/var/log/nginx/": f"{here}/",
        "/var/www/html": f"{here}/www",
    }
    (here / "conf.d").mkdir()
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        for old, new in changes.items():
            text = text.replace(old, new)
        (here / "conf.d" / file.name).write_text(text, encoding="utf-8")
    (here / "nginx.conf").write_text(AROUND.format(here=here, user=getpass.getuser()), encoding="utf-8")
    keys = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-out", "cert.pem"]
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-days", "2"]
    subprocess.run([str(OPENSSL), "req", "-x509", *keys, *names], cwd=here, check=True, capture_output=True)
    return proxy


@pytest.fixture(scope="module")
def proxy(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    here = tmp_path_factory.mktemp("nginx")
    proxy = written(here, server)
    command = [str(NGINX), "-p", str(here), "-c", str(here / "nginx.conf"), "-e", str(here / "error.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command)
    try:
        assert wait_until(lambda: is_up(proxy.tls), 30), (here / "error.log").read_text()
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    answer = proxy.plainly("/faq/?page=2")
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/faq/?page=2")


def test_the_proof_for_a_certificate_is_served_plainly(proxy: Proxy) -> None:
    folder = proxy.here / "www" / ".well-known" / "acme-challenge"
    folder.mkdir(parents=True)
    (folder / "proof").write_text("ours")
    assert proxy.plainly("/.well-known/acme-challenge/proof").read() == b"ours"


def test_a_page_is_shown_over_https(proxy: Proxy) -> None:
    status, page = proxy.ask("GET", "/")
    assert status == 200
    assert "师训问答" in page


@pytest.mark.parametrize(
    ("megabytes", "said_by_us"), [(max(bodies.BOUNDS.values()) / bodies.MB + 0.5, True), (23, False)]
)
def test_too_large_a_body_is_refused_by_the_portal_first(proxy: Proxy, megabytes: float, said_by_us: bool) -> None:
    body = b" " * int(megabytes * bodies.MB)
    status, page = proxy.ask("POST", "/admin/faq/entry/import/", body, Content_Type="application/octet-stream")
    assert status == 413
    assert ("nginx" not in page) is said_by_us


@pytest.mark.parametrize(("length", "status"), [(7_000, 200), (9_000, 400)])
def test_a_long_header_passes_as_far_as_the_portal_takes_it(proxy: Proxy, length: int, status: int) -> None:
    assert proxy.ask("GET", "/", X_Long="x" * length)[0] == status


def test_the_log_tells_nothing_of_people(proxy: Proxy) -> None:
    proxy.ask("GET", "/search/?q=zhangsan")
    proxy.ask("GET", "/ask/tokenofaquestion/")
    proxy.ask("GET", "/api/v1/questions/tokenofaquestion")
    proxy.ask("POST", "/faq/upgrade-01/feedback/")
    log = (proxy.here / "peixun.log").read_text()
    assert "GET /search/ 200" in log
    assert "GET /ask/- 404" in log
    for secret in ("zhangsan", "tokenofaquestion", "feedback"):
        assert secret not in log
