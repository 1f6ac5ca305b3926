"""The client of a request: only trusted proxies can name another one than the peer."""

import re
from ipaddress import ip_network
from typing import Any

import pytest
from werkzeug.wsgi import get_host

from iqgraph.service.requests.context import Proxies, client_key, node_address
from iqgraph.service.requests.wsgi import environ
from test_front import Scope

CHANNEL: Any = None  # nobody is answered
PROXY, OUTER, CLIENT = "127.0.0.1", "10.1.2.3", "203.0.113.7"
TRUSTED = tuple(map(ip_network, ("127.0.0.0/8", "::1", "10.0.0.0/8")))


def scope(*headers: tuple[str, str], peer: str = PROXY, path: str = "/page") -> Scope:
    """A request from a peer with these headers."""
    peer = f"[{peer}]" if ":" in peer else peer
    return Scope(path=path, client=f"{peer}:5000", headers=[("host", "inner:8000"), *headers])


SPOOFED = [
    ("x-forwarded-for", "1.1.1.1"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-prefix", "/evil"),
    ("x-request-id", "evil"),
    ("forwarded", "for=1.1.1.1;proto=https;host=evil.example"),
]


@pytest.mark.parametrize("header", SPOOFED, ids=lambda header: header[0])
@pytest.mark.parametrize(
    ("networks", "peer"), [((), PROXY), (TRUSTED, CLIENT), (TRUSTED, "2001:db8::1")], ids=["nobody", "v4", "v6"]
)
def test_headers_of_others_are_ignored(networks: tuple[object, ...], peer: str, header: tuple[str, str]) -> None:
    """A peer that is no trusted proxy is the client."""
    context = Proxies(networks=networks).read(scope(header, peer=peer), CHANNEL)  # type: ignore[arg-type]

    assert (context.client, *context.request[1:5]) == (client_key(peer), "http", "inner:8000", "", "/page")
    assert context.id != "evil"


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ([], PROXY),
        ([("x-forwarded-for", CLIENT)], CLIENT),
        ([("x-forwarded-for", f"1.1.1.1, {CLIENT}")], CLIENT),
        ([("x-forwarded-for", f"1.1.1.1, {CLIENT}, {OUTER}")], CLIENT),
        ([("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", f"{CLIENT}, {OUTER}")], CLIENT),
        ([("x-forwarded-for", f"{OUTER}, {OUTER}")], OUTER),
        ([("x-forwarded-for", f"127.0.0.1, {CLIENT}")], CLIENT),
        ([("x-forwarded-for", f"{CLIENT}:4711")], CLIENT),
        ([("x-forwarded-for", "[2001:db8::1]:4711")], "2001:db8::1"),
        ([("x-forwarded-for", "::ffff:203.0.113.7")], CLIENT),
        ([("x-forwarded-for", "1.1.1.1, unknown")], "unknown"),
        ([("x-forwarded-for", " , ")], PROXY),
        ([("x-forwarded-for", f"{'1.1.1.1, ' * 1000}{CLIENT}, {OUTER}")], CLIENT),
        ([("x-forwarded-for", f"1.1.1.1{f', {OUTER}' * 1000}")], OUTER),
        ([("forwarded", f"for={CLIENT}")], PROXY),
    ],
)
def test_client(headers: list[tuple[str, str]], client: str) -> None:
    """The client is the last hop that is no trusted proxy; other headers do not matter."""
    assert Proxies(networks=TRUSTED).read(scope(*headers), CHANNEL).client == client_key(client)


@pytest.mark.parametrize(
    ("headers", "scheme", "host"),
    [
        ([("x-forwarded-proto", "https"), ("x-forwarded-host", "kg.example")], "https", "kg.example"),
        ([("x-forwarded-proto", "HTTPS")], "https", "inner:8000"),
        ([("x-forwarded-proto", "http, https"), ("x-forwarded-for", CLIENT)], "https", "inner:8000"),
        ([("x-forwarded-proto", "https, http"), ("x-forwarded-for", f"{CLIENT}, {OUTER}")], "https", "inner:8000"),
        ([("x-forwarded-proto", "ftp")], "http", "inner:8000"),
        ([("x-forwarded-host", "kg.example/<script>")], "http", "inner:8000"),
        ([("x-forwarded-host", "[2001:db8::1]:8443")], "http", "[2001:db8::1]:8443"),
        ([("forwarded", "proto=https;host=evil.example")], "http", "inner:8000"),
    ],
)
def test_scheme_and_host(headers: list[tuple[str, str]], scheme: str, host: str) -> None:
    """They are those of the client's request, by the header of the outermost trusted proxy."""
    context = Proxies(networks=TRUSTED).read(scope(*headers), CHANNEL).request

    assert (context.scheme, context.host) == (scheme, host)


@pytest.mark.parametrize(
    ("public", "headers", "path", "root", "within"),
    [
        ("", [], "/page", "", "/page"),
        ("https://a.example/kg", [], "/kg/page", "/kg", "/page"),
        ("https://a.example/kg", [], "/kg", "/kg", "/"),
        ("https://a.example/kg", [], "/kg/", "/kg", "/"),
        ("https://a.example/kg", [], "/page", "/kg", "/page"),
        ("https://a.example/kg", [], "/kgs/page", "/kg", "/kgs/page"),
        ("https://a.example/kg", [("x-forwarded-prefix", "/other")], "/page", "/kg", "/page"),
        ("", [("x-forwarded-prefix", "/kg/")], "/page", "/kg", "/page"),
        ("", [("x-forwarded-prefix", "/kg")], "/kg/page", "/kg", "/page"),
        ("", [("x-forwarded-prefix", "/kg")], "/kg", "/kg", "/"),
        ("", [("x-forwarded-prefix", "/kg")], "/kgs/page", "/kg", "/kgs/page"),
        ("", [("x-forwarded-prefix", "//evil.example")], "/page", "", "/page"),
        ("", [("x-forwarded-prefix", "/<b>")], "/page", "", "/page"),
        ("", [("x-forwarded-prefix", "/")], "/page", "", "/page"),
    ],
)
def test_path_of_the_site(public: str, headers: list[tuple[str, str]], path: str, root: str, within: str) -> None:
    """A proxy may keep the prefix of the path or strip it; the root of the site is known either way."""
    context = Proxies(TRUSTED, public).read(scope(*headers, path=path), CHANNEL).request

    assert (context.root, context.path) == (root, within)


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ([("x-request-id", "a-1.b_2:3")], "a-1.b_2:3"),
        ([("x-request-id", 'a"b')], None),
        ([("x-request-id", "a" * 129)], None),
        ([("x-request-id", "")], None),
        ([], None),
    ],
)
def test_id(headers: list[tuple[str, str]], name: str | None) -> None:
    """It is that of a proxy, or a new one for each request."""
    proxies = Proxies(networks=TRUSTED)
    first, second = (proxies.read(scope(*headers), CHANNEL).id for _ in range(2))

    if name is None:
        assert re.fullmatch("[0-9a-f]{32}", first)
        assert first != second
    else:
        assert first == second == name


def test_the_absolute_form_takes_precedence_over_host() -> None:
    """A request for http://right.example/page is for that host, whatever Host says (RFC 9112, section 3.2.2)."""
    request = scope()
    request.authority = "right.example"

    assert Proxies().read(request, CHANNEL).request.host == "right.example"


@pytest.mark.parametrize("header", [("host", "evil.example"), *SPOOFED], ids=lambda header: header[0])
@pytest.mark.parametrize("authority", [None, "evil.example"], ids=["path", "whole address"])
def test_the_public_address_takes_precedence(header: tuple[str, str], authority: str | None) -> None:
    """Neither a client nor a trusted proxy can change it, whether or not the proxy strips the path."""
    proxies = Proxies(networks=TRUSTED, public_url="https://data.example:8443/kg/iq")
    whole, short = scope(header, path="/kg/iq/page"), scope(header)
    whole.authority = authority

    for one in (whole, short):
        site = proxies.read(one, CHANNEL).request
        assert (site.scheme, site.host, site.root, site.path) == ("https", "data.example:8443", "/kg/iq", "/page")


def test_a_public_address_without_a_path() -> None:
    """The site is at the root, and no proxy can change that."""
    request = scope(("x-forwarded-prefix", "/evil"))
    target = Proxies(networks=TRUSTED, public_url="https://data.example").read(request, CHANNEL).request

    assert (target.host, target.root, target.path) == ("data.example", "", "/page")


def test_two_hosts_are_no_host() -> None:
    """Joined they are no valid host (RFC 9112, section 3.2)."""
    assert Proxies().read(scope(("host", "evil.example")), CHANNEL).request.host == "inner:8000, evil.example"


@pytest.mark.parametrize(
    ("text", "name"),
    [("1.2.3.4", "1.2.3.4"), ("[::1]:80", "::1"), ("::1", "::1"), ("x" * 500, "x" * 128), ("", ""), (":::", ":::")],
)
def test_node(text: str, name: str) -> None:
    """The address of a node, or the text itself, cut to its maximum."""
    assert node_address(text) == name


@pytest.mark.parametrize(
    ("client", "whose"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("a:b", "a:b"),
    ],
)
def test_client_key(client: str, whose: str) -> None:
    """A client with one IPv6 address has its whole network."""
    assert client_key(client) == whose


@pytest.mark.parametrize("host", ["a.example", "a.example:80", "[::1]", ""])
def test_a_request_without_a_host_is_to_this_machine(host: str) -> None:
    """Any other is to the host that it names."""
    request = Scope(scheme="https", headers=[("host", host)] if host else [], http_version="1.0")

    assert get_host(environ(Proxies().read(request, CHANNEL))) == (host or "localhost")
