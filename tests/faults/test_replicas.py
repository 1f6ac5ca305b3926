"""Many of our servers behind nginx or Varnish: any of them gives any answer, and the cache gives no other one."""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest
from flask import Flask

from iqgraph.formats import RDF_FORMATS, of_kind
from iqgraph.service.requests.compression import coding
from iqgraph.web.http.choice import with_page
from iqgraph.web.http.language import language
from iqgraph.web.http.negotiation import negotiate
from iqgraph.web.query.permalinks import pack
from proxies import DEPLOY, Proxy, Replica, Reply, ask, missing, replicas, running

pytestmark = pytest.mark.repository

KINDS = [
    pytest.param(kind, marks=pytest.mark.skipif(bool(missing(kind)), reason=missing(kind)))
    for kind in ("nginx", "varnish")
]
OWN = {"accept-ranges", "age", "cache-status", "connection", "content-length", "date", "server", "x-request-id"}
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
GERMAN = ["de", "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "de,en-US;q=0.7,en;q=0.3", "de-AT,de;q=0.9"]
ENGLISH = ["en", "en-US,en;q=0.9", "en-US,en;q=0.5", "en-GB,en;q=0.9,de;q=0.8"]
CODINGS = ["gzip", "gzip, deflate, br, zstd", "br,gzip"]
ROWS = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 200"
CASES: list[tuple[str, dict[str, str]]] = [
    ("/", {}),
    ("/", {"Accept": FIREFOX, "Accept-Language": GERMAN[1], "Accept-Encoding": CODINGS[1]}),
    ("/", {"Accept-Language": "fr, de;q=0.5"}),
    ("/explore?q=Beratung", {"Accept": CHROMIUM}),
    ("/id/involas", {"Accept": FIREFOX}),
    ("/id/involas", {"Accept": "text/turtle"}),
    ("/id/involas", {"Accept": "image/png"}),
    ("/id/involas", {"Accept-Datetime": "Mon, 23 Nov 2026 12:00:00 GMT"}),
    ("/id/involas.ttl", {"Accept-Encoding": "gzip"}),
    ("/id/involas.html?lang=de", {}),
    ("/sparql", {}),
    ("/sparql", {"Accept": FIREFOX}),
    (f"/sparql?query={quote(ROWS)}", {"Accept": "text/csv"}),
    (f"/sparql?query={quote(ROWS)}", {"Accept": "text/csv", "Accept-Encoding": "gzip"}),
    (f"/sparql?query={quote(ROWS)}", {"Accept": "text/csv", "Accept-Encoding": "gzip;q=0.5, identity"}),
    (f"/sparql?query={quote(ROWS)}&format=xml", {"Accept": FIREFOX}),
    (f"/sparql?query={quote(ROWS)}", {"Accept": FIREFOX}),
    ("/sparql?query=ASK", {"Accept": "text/plain"}),
    ("/q/by-which-full-name-is-involas-called?version=0.3.0", {}),
    (f"/q/{pack(ROWS)}", {}),
    ("/download/", {}),
    ("/download/iq-hessen.nq.gz", {}),
    ("/download/iq-hessen.ttl", {"Accept-Encoding": "gzip"}),
    ("/download/SHA256SUMS", {}),
    ("/version/0.1.0/id/involas.ttl", {}),
    (f"/version/0.1.0/sparql?query={quote(ROWS)}", {}),
    ("/version/0.1.0..0.2.0", {"Accept": "application/rdf-patch"}),
    ("/version/latest/", {}),
    ("/catalog", {"Accept": "application/ld+json"}),
    ("/static/style.css?v=none", {}),
    ("/ready", {}),
    ("/nothing", {"Accept": FIREFOX}),
]
NAMES = [f"{target[:40]} {'; '.join(headers.values())[:40]}" for target, headers in CASES]


@pytest.fixture(scope="module")
def servers() -> Iterator[list[Replica]]:
    """Three servers of the same data."""
    with replicas(3) as found:
        yield found


@pytest.fixture(scope="module", params=KINDS)
def proxy(
    request: pytest.FixtureRequest, servers: list[Replica], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """Each of the two proxies before them."""
    folder = tmp_path_factory.mktemp(request.param)
    with running(request.param, folder, [one.address for one in servers]) as found:
        yield found


def told(reply: Reply) -> dict[str, str]:
    """The headers that are the server's own word."""
    return {name: value for name, value in reply.headers.items() if name not in OWN}


def said(reply: Reply) -> bytes:
    """The body; a problem names the request, which is another one each time."""
    return (
        reply.body.replace(reply.headers.get("x-request-id", "-").encode(), b"") if reply.status >= 400 else reply.body
    )


def direct(server: Replica, host: str, target: str, headers: Mapping[str, str]) -> Reply:
    """What a server says that is called by the name of the proxy."""
    return ask(server.address, target, {"Host": host, **headers})


@pytest.mark.parametrize(("target", "headers"), CASES, ids=NAMES)
def test_any_server_gives_any_answer(servers: list[Replica], target: str, headers: dict[str, str]) -> None:
    """Equal bytes, equal headers, equal tags: they share no state, and need none."""
    first, *others = [direct(one, "data.example", target, headers) for one in servers]

    assert first.status < 500
    assert all((other.status, told(other), said(other)) == (first.status, told(first), said(first)) for other in others)


@pytest.mark.parametrize(("target", "headers"), CASES, ids=NAMES)
def test_a_proxy_says_what_a_server_says(
    proxy: Proxy, servers: list[Replica], target: str, headers: dict[str, str]
) -> None:
    """Neither the first time nor from the cache is a byte or a header another one, or one more."""
    expected = direct(servers[0], proxy.address, target, headers)
    for _ in range(2):
        reply = ask(proxy.address, target, headers)
        assert (reply.status, told(reply), said(reply)) == (expected.status, told(expected), said(expected))


@pytest.mark.parametrize(
    ("target", "headers"),
    [case for case in CASES if not case[0].startswith(("/ready", "/nothing")) and "Accept-Datetime" not in case[1]],
)
def test_the_second_answer_is_a_hit(proxy: Proxy, servers: list[Replica], target: str, headers: dict[str, str]) -> None:
    """Whatever may be kept is kept, redirects as well; what may not is asked for each time."""
    may = direct(servers[0], proxy.address, target, headers).headers["cache-control"] != "no-store"
    ask(proxy.address, target, headers)

    assert ask(proxy.address, target, headers).hit is may


@pytest.mark.parametrize("target", ["/", "/id/involas", f"/sparql?query={quote(ROWS)}"])
def test_few_spellings(proxy: Proxy, servers: list[Replica], target: str) -> None:
    """All browsers of one language share an entry, and each gets what a server would give it."""
    fresh = f"{target}{'&' if '?' in target else '?'}few=1"
    missed = 0
    for accept, spoken, packed in product([FIREFOX, CHROMIUM], [*GERMAN, *ENGLISH], CODINGS):
        headers = {"Accept": accept, "Accept-Language": spoken, "Accept-Encoding": packed}
        reply = ask(proxy.address, fresh, headers)
        expected = direct(servers[0], proxy.address, fresh, headers)
        assert (reply.status, told(reply), said(reply)) == (expected.status, told(expected), said(expected))
        missed += not reply.hit

    assert missed <= 2


def test_variants_are_not_mixed(proxy: Proxy, servers: list[Replica]) -> None:
    """Whoever asks first, nobody gets a format, a language or a coding that was made for another."""
    wanted = ["text/csv", "application/sparql-results+json", "application/json;q=0.1, text/csv", "*/*", FIREFOX]
    target = f"/sparql?query={quote(ROWS)}%20%23mixed"
    asked = [
        {"Accept": accept, "Accept-Language": spoken, "Accept-Encoding": packed}
        for accept, spoken, packed in product(wanted, ["de", "en", "*"], ["gzip", "identity", "gzip;q=0"])
    ]
    expected = [direct(servers[0], proxy.address, target, headers) for headers in asked]
    order = [*range(len(asked))] * 2
    Random(6).shuffle(order)  # noqa: S311 - always the same order

    for number in order:
        reply = ask(proxy.address, target, asked[number])
        assert (told(reply), said(reply)) == (told(expected[number]), said(expected[number]))


def test_who_has_the_answer_is_told_so(proxy: Proxy) -> None:
    """The proxy compares tags as a server does, and an answer's tag is that of the server."""
    for target in ("/id/involas.ttl", "/download/iq-hessen.nt", f"/sparql?query={quote(ROWS)}"):
        tag = ask(proxy.address, target).headers["etag"]
        same = ask(proxy.address, target, {"If-None-Match": tag})
        other = ask(proxy.address, target, {"If-None-Match": '"x"'})
        several = ask(proxy.address, target, {"If-None-Match": f'"x", {tag}'})
        assert (same.status, same.body, same.headers["etag"]) == (304, b"", tag)
        assert other.status == 200
        assert several.status == (304 if proxy.kind == "nginx" else 200)


def test_parts_of_files(proxy: Proxy, servers: list[Replica]) -> None:
    """A proxy cuts them out of the plain file, under the tag of the whole, and tells where the file ends."""
    target, headers = "/download/iq-hessen.ttl", {"Range": "bytes=100-199", "Accept-Encoding": "gzip"}
    expected = direct(servers[0], proxy.address, target, headers)
    parts = [ask(proxy.address, target, headers) for _ in range(2)]
    unchanged = ask(proxy.address, target, headers | {"If-Range": expected.headers["etag"]})
    changed = ask(proxy.address, target, headers | {"If-Range": '"older"'})
    beyond = ask(proxy.address, target, {"Range": "bytes=99999999-"})

    for part in (*parts, unchanged):
        assert (part.status, part.body) == (206, said(expected))
        assert part.headers["content-range"] == expected.headers["content-range"]
        assert part.headers["etag"] == expected.headers["etag"]
    assert changed.status == 200
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(changed.body)}")


def test_head(proxy: Proxy) -> None:
    """HEAD is answered from what GET left in the cache."""
    whole = ask(proxy.address, "/id/involas.nt?head=1")
    head = ask(proxy.address, "/id/involas.nt?head=1", method="HEAD")

    assert (head.status, head.body, head.hit) == (200, b"", True)
    assert head.headers["content-length"] == str(len(whole.body))


@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_queries_in_a_body_are_passed_on(proxy: Proxy, method: str) -> None:
    """Neither proxy keeps their answers; the server does. The largest that is allowed gets through."""
    headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    query = ROWS.encode() + b" #"
    small = [ask(proxy.address, "/sparql", headers, method=method, body=query) for _ in range(2)]
    large = ask(proxy.address, "/sparql", headers, method=method, body=query.ljust(1 << 20, b"x"))
    larger = ask(proxy.address, "/sparql", headers, method=method, body=query.ljust((1 << 20) + 1, b"x"))

    assert [one.status for one in (*small, large, larger)] == [200, 200, 200, 413]
    assert not small[1].hit
    assert large.body == small[0].body == small[1].body
    assert b"https://w3id.org/iq-hessen/problem/too-large" in larger.body


def test_long_addresses(proxy: Proxy, servers: list[Replica]) -> None:
    """An address may be as long as a server reads; a longer one is refused in a word that is not kept."""
    start = "/sparql?query=ASK%7B%7D%20%23"
    longest = start.ljust(65_534, "x")

    assert ask(servers[0].address, longest).status == 200
    assert [ask(proxy.address, longest).status for _ in range(2)] == [200, 200]
    assert [ask(proxy.address, start.ljust(66_500, "x")).status for _ in range(2)] == [414, 414]


def test_long_redirects(proxy: Proxy, servers: list[Replica]) -> None:
    """A short address may lead to a very long one."""
    short = f"/q/{pack('ASK {} #' + 'x' * 60_000)}"
    expected = direct(servers[0], proxy.address, short, {})
    reply = ask(proxy.address, short)

    assert (reply.status, reply.headers["location"]) == (303, expected.headers["location"])


def test_numbers_of_one_server_stay_inside(proxy: Proxy) -> None:
    """Nobody can tell which server would have answered."""
    reply = ask(proxy.address, "/metrics")

    assert (reply.status, reply.headers["content-type"]) == (404, "application/problem+json")
    assert reply.headers["cache-control"] == "no-store"


def maps() -> dict[str, list[tuple[str, str]]]:
    """What the configuration of nginx makes of a header: patterns and values in their order."""
    text = (DEPLOY / "nginx/site.conf").read_text(encoding="utf-8")
    blocks = re.findall(r"^map \S+ \$iqgraph_(\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    return {name: re.findall(r'^    "(.*?)" "(.*)";$', block, re.MULTILINE) for name, block in blocks}


def normal(rules: list[tuple[str, str]], header: str) -> str:
    """A header as nginx passes it on."""
    for pattern, value in rules:
        flags = re.IGNORECASE if pattern.startswith("~*") else re.NOFLAG
        if pattern == header or (pattern[:1] == "~" and re.search(pattern.lstrip("~*"), header, flags)):
            return value
    return header


def test_another_spelling_means_the_same() -> None:
    """Whatever a client writes, what is made of it leads to the same choice."""
    chance, rules, app = Random(6), maps(), Flask("spellings")  # noqa: S311 - always the same headers
    words = ["de", "en", "de-DE", "en-US", "en-GB", "fr", "*", "nds"]
    types = ["text/html", "application/xhtml+xml", "application/xml;q=0.9", "image/webp", "*/*;q=0.8", "text/turtle"]
    packers = ["gzip", "br", "deflate", "identity", "*", "zstd", "x-gzip"]
    offers = [with_page(RDF_FORMATS), with_page(of_kind("results")), RDF_FORMATS]

    def header(words: list[str], separator: str) -> str:
        many = chance.sample(words, chance.randrange(1, 5))
        return separator.join(f"{one}{chance.choice(['', ';q=0.9', ';q=0.5', ';q=0.8', ';q=0'])}" for one in many)

    changed = 0
    for one in [*GERMAN, *ENGLISH, "", *(header(words, ",") for _ in range(20_000))]:
        short = normal(rules["language"], one)
        changed += short != one
        spoken = []
        for value in (one, short):
            with app.test_request_context(headers={"Accept-Language": value} if value else {}):
                spoken.append(language())
        assert spoken[0] == spoken[1], one
    for one in ["", FIREFOX, CHROMIUM, *(header(types, ",") for _ in range(5_000)), ",".join(types[:5])]:
        short = normal(rules["accept"], one)
        changed += short != one
        assert all(negotiate(one, offer) == negotiate(short, offer) for offer in offers), one
    for one in [*CODINGS, "", *(header(packers, chance.choice([",", ", "])) for _ in range(5_000))]:
        short = normal(rules["coding"], f":{one}").removeprefix(":")
        changed += short != one
        assert coding(one) == coding(short), one

    assert changed > 100


def test_both_proxies_read_headers_alike() -> None:
    """The patterns stand in both configurations."""
    varnish = (DEPLOY / "varnish/site.vcl").read_text(encoding="utf-8")
    patterns = [pattern.lstrip("~*").replace("^:", "^") for rules in maps().values() for pattern, _ in rules]

    assert [one for one in patterns if one and one != "^.+:" and f'{one}"' not in varnish] == []


def test_configuration_is_whole() -> None:
    """Each line that a site has to look at is marked, and no other file is needed."""
    texts = {
        file.name: file.read_text(encoding="utf-8")
        for kind in ("nginx", "varnish")
        for file in Path(DEPLOY, kind).iterdir()
    }

    assert texts.keys() == {
        *("site.conf", "blue.conf", "green.conf", "own.conf"),
        *("site.vcl", "replicas.vcl", "iqgraph.conf"),
    }
    assert all("CHANGE" in text for name, text in texts.items() if name not in ("own.conf", "iqgraph.conf"))
