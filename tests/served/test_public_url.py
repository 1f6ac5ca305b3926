"""The public address of a site: the host in a request does not change the answer."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest

import tiny
from loopback import serving

PUBLIC = "https://data.example/kg"
EVIL = "evil.example"
PATIENCE = 30
HEADS: dict[str, Callable[[str, str], str]] = {
    "Host": lambda path, _: f"GET {path} HTTP/1.1\r\nHost: {EVIL}",
    "whole address": lambda path, _: f"GET http://{EVIL}{path} HTTP/1.1\r\nHost: {EVIL}",
    "both": lambda path, here: f"GET https://{EVIL}{path} HTTP/1.1\r\nHost: {here}",
    "proxy": lambda path, here: (
        f"GET {path} HTTP/1.1\r\nHost: {here}\r\nX-Forwarded-Host: {EVIL}\r\n"
        f"X-Forwarded-Proto: gopher\r\nX-Forwarded-Prefix: /{EVIL}\r\nForwarded: host={EVIL}"
    ),
    "no Host": lambda path, _: f"GET {path} HTTP/1.0",
}
ABSOLUTE = [  # answers with the host of the site, and an example of it
    ("/sitemap.xml", "*/*", f"<loc>{PUBLIC}/"),
    ("/robots.txt", "*/*", f"Sitemap: {PUBLIC}/sitemap.xml"),
    ("/llms.txt", "*/*", f"{PUBLIC}/sparql"),
    ("/openapi.json", "*/*", f'"{PUBLIC}"'),
    ("/sparql", "text/turtle", f"<{PUBLIC}/sparql>"),
    ("/catalog.ttl", "*/*", f"{PUBLIC}/download/"),
    ("/.well-known/void", "text/turtle", f"{PUBLIC}/"),
    ("/how-to", "text/html", ""),
    ("/how-to/linking", "text/html", ""),
    ("/cite?query=ASK%7B%7D", "text/html", f"{PUBLIC}/q/~"),
    ("/sparql?query=SELECT*%7B%3Fs%3Fp%3Fo%7DLIMIT%201", "text/html", f"{PUBLIC}/sparql"),
    ("/", "text/html", f'"{PUBLIC}/catalog"'),
    ("/nowhere", "text/html", ""),
]
MOVED = [("/id/anna", "text/turtle", 303), ("/id/anna/", "*/*", 308), ("/validation/", "*/*", 308)]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Host and port of a server of the tiny dataset with a public address, which trusts this machine as a proxy."""
    root = tmp_path_factory.mktemp("public")
    tiny.write(root)
    with serving("--public-url", PUBLIC, "--trusted-proxies", "127.0.0.1", sources=root) as url:
        yield urlsplit(url).netloc


def ask(address: str, head: str, accept: str) -> tuple[HTTPResponse, str]:
    """The head of the answer and its text."""
    host, port = address.split(":")
    with closing(socket.create_connection((host, int(port)), PATIENCE)) as connection:
        connection.sendall(f"{head}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n".encode())
        response = HTTPResponse(connection)
        response.begin()
        return response, response.read().decode()


@pytest.mark.parametrize("way", HEADS)
@pytest.mark.parametrize(("path", "accept", "part"), ABSOLUTE, ids=[path for path, *_ in ABSOLUTE])
def test_addresses_with_a_host(address: str, way: str, path: str, accept: str, part: str) -> None:
    """They begin with the public address, and contain neither the requested host nor that of the server."""
    response, text = ask(address, HEADS[way](path, address), accept)
    answer = f"{response.headers}{text}"

    assert response.status == (404 if path == "/nowhere" else 200)
    assert part in text
    assert EVIL not in answer
    assert address not in answer
    assert not re.findall(r'(?:href|src|action)="/(?!kg[/?"])', text)


@pytest.mark.parametrize("way", HEADS)
@pytest.mark.parametrize(("path", "accept", "status"), MOVED)
def test_redirects_stay_on_the_site(address: str, way: str, path: str, accept: str, status: int) -> None:
    """They lead below its path, whatever host was requested, and have neither body nor Content-Type."""
    response, text = ask(address, HEADS[way](path, address), accept)
    location = response.headers["Location"]

    assert (response.status, text, response.headers["Content-Type"]) == (status, "", None)
    assert location.startswith("/kg/")
    assert EVIL not in str(response.headers)


@pytest.mark.parametrize("path", ["/kg/robots.txt", "/robots.txt"])
def test_the_path_of_the_site(address: str, path: str) -> None:
    """The request path may include that of the site, or the proxy removes it."""
    response, text = ask(address, HEADS["Host"](path, address), "*/*")

    assert (response.status, f"{PUBLIC}/sitemap.xml" in text) == (200, True)


def test_an_invalid_host_is_refused(address: str) -> None:
    """RFC 9112, section 3.2, although the host is not used."""
    assert ask(address, "GET / HTTP/1.1\r\nHost: a b", "*/*")[0].status == 400
