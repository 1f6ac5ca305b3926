"""The front of the site: an answer from the cache is the one that the application would give."""

import asyncio
import gzip
import itertools
import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, Response, request

from elsewhere import Home
from iqgraph.dataset import Dataset, load
from iqgraph.engine import Embedded, Query, Shared
from iqgraph.engine.interface import Disconnect
from iqgraph.formats import JSON, Format
from iqgraph.release.release import build
from iqgraph.resources import Sources
from iqgraph.service.requests import memory
from iqgraph.service.requests.context import MAX_HEAD_BYTES
from iqgraph.service.requests.front import MAX_PAGES, Front
from iqgraph.service.serving import isolated_engine
from iqgraph.settings import Settings
from iqgraph.web import create_app
from iqgraph.web.http import problems
from iqgraph.web.http.messages import Headers, HttpResponse, Request, entity_tag
from iqgraph.web.monitoring import Metrics
from iqgraph.web.query.endpoint import MAX_HASHED_AT_ONCE_BYTES, Endpoint
from iqgraph.web.query.protocol import MAX_FIELDS
from iqgraph.web.site import EXTENSION, Site
from loopback import PATIENCE
from pools import stop
from rsgi import Fields
from tiny import history


@dataclass
class Scope:
    """A request as the server passes it."""

    method: str = "GET"
    path: str = "/page"
    query_string: str = ""
    scheme: str = "http"
    http_version: str = "1.1"
    client: str = "127.0.0.1:5000"
    headers: Any = field(default_factory=lambda: {"host": "a.example:80"})
    authority: str | None = None

    def __post_init__(self) -> None:
        """Headers may come as pairs, or as a mapping where each comes once."""
        self.headers = Fields(self.headers.items() if isinstance(self.headers, Mapping) else self.headers)


@dataclass(eq=False)
class Channel:
    """The channel to a client; it records the response."""

    parts: tuple[bytes, ...] = ()
    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    id: str = ""
    hangs: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The body of the request."""
        for part in self.parts:
            yield part
        if self.hangs:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Record a response."""
        self.id = dict(headers)["x-request-id"]
        self.headers = [pair for pair in headers if pair[0] != "x-request-id"]
        self.status, self.body = status, body

    def response_empty(self, status: int, headers: Headers) -> None:
        """Keep an answer without a body."""
        self.response_bytes(status, headers, b"")

    async def client_disconnect(self) -> None:
        """The client stays connected."""
        await asyncio.Event().wait()


def counts(site: Front) -> dict[tuple[str, ...], float]:
    """The number of responses by method and status."""
    [metric] = site.accounting.responses.collect()
    return {tuple(sample.labels.values()): sample.value for sample in metric.samples}


@pytest.fixture
def site(letter: Dataset) -> Front:
    """A site that numbers its responses and returns what it was asked."""
    app = Flask("site")
    app.extensions[EXTENSION] = Site(lambda: letter, Embedded(letter.store), build)
    app.config["MAX_CONTENT_LENGTH"] = memory.MAX_BODY_BYTES
    problems.init_app(app)
    numbers = itertools.count(1)

    @app.route("/page", methods=["GET", "POST"])
    def page() -> Response:
        body = request.get_data().decode()
        response = Response(f"{next(numbers)} {request.url} {request.headers.get('Accept')} {body}")
        response.vary.add("Accept-Encoding")
        if "plain" not in request.args:
            response.set_etag(f"{request.full_path}")
        response.status_code = request.args.get("status", 200, int)
        if "parts" in request.args:
            response.headers["Accept-Ranges"] = "bytes"
        return response

    return Front(app)


def ask(site: Front, scope: Scope, *parts: bytes, hangs: bool = False) -> Channel:
    """The response to one request."""
    channel = Channel(parts, hangs=hangs)
    asyncio.run(site.__rsgi__(scope, channel))
    return channel


def test_a_repeated_request_is_answered_from_the_cache(site: Front) -> None:
    """The application is called once."""
    first, second = ask(site, Scope()), ask(site, Scope())

    assert first.body.startswith(b"1 http://a.example/page ")
    assert (second.status, second.headers, second.body) == (200, first.headers, first.body)


@pytest.mark.parametrize(
    "other",
    [
        Scope(query_string="default-graph-uri=x"),
        Scope(scheme="https"),
        Scope(headers={"host": "b.example"}),
        Scope(headers={"host": "a.example:80", "accept": "text/csv"}),
        Scope(headers={"host": "a.example:80", "accept-language": "de"}),
    ],
    ids=["query", "scheme", "host", "accept", "language"],
)
def test_requests_that_differ_do_not_share_an_answer(site: Front, other: Scope) -> None:
    """Whatever decides an answer is part of its key."""
    first = ask(site, Scope())

    assert ask(site, other).body != first.body


@pytest.mark.parametrize(
    ("query", "field", "status"),
    [("parts", "bytes=0-3", 206), ("parts", "bytes=9999-", 416), ("", "bytes=0-3", 200), ("", "bytes=9999-", 200)],
)
def test_a_range_is_cut_from_the_cached_answer(site: Front, query: str, field: str, status: int) -> None:
    """If the answer takes ranges; the application is not called again."""
    whole = ask(site, Scope(query_string=query))
    part = ask(site, Scope(query_string=query, headers={"host": "a.example:80", "range": field}))
    again = ask(site, Scope(query_string=query))

    assert part.status == status
    if status != 416:
        assert part.body == (whole.body[:4] if status == 206 else whole.body)
    assert again.body == whole.body


GZIP_HEADERS = {"host": "a.example", "accept-encoding": "br, gzip"}
LONG = "x=" + "y" * 2000


def test_compressed_variants(site: Front) -> None:
    """Both variants come from one answer of the application, and both are cached."""
    compressed = ask(site, Scope(query_string=LONG, headers=GZIP_HEADERS))

    assert ("content-encoding", "gzip") in compressed.headers
    assert gzip.decompress(compressed.body).startswith(b"1 http://a.example/page")
    assert ask(site, Scope(query_string=LONG, headers=GZIP_HEADERS)).body == compressed.body
    assert ask(site, Scope(query_string=LONG, headers={"host": "a.example"})).body == gzip.decompress(compressed.body)


def test_tags_of_variants(site: Front) -> None:
    """The tag of one variant does not match the other."""
    compressed = ask(site, Scope(query_string=LONG, headers=GZIP_HEADERS))
    tag = dict(compressed.headers)["etag"]
    again = ask(site, Scope(query_string=LONG, headers={**GZIP_HEADERS, "if-none-match": tag}))
    plain = ask(site, Scope(query_string=LONG, headers={"host": "a.example", "if-none-match": tag}))

    assert again.status == 304
    assert ("vary", "Accept-Encoding") in again.headers
    assert "content-encoding" not in dict(again.headers)
    assert plain.status == 200


@pytest.mark.parametrize("headers", [GZIP_HEADERS, {"host": "a.example"}])
def test_head_is_get_without_its_body(site: Front, headers: dict[str, str]) -> None:
    """The status and headers are the same, with the length that the body would have."""
    response = ask(site, Scope(query_string=LONG, headers=headers))
    head = ask(site, Scope("HEAD", query_string=LONG, headers=headers))
    length = dict(head.headers)["content-length"]

    assert (head.status, head.body, length) == (200, b"", str(len(response.body)))
    assert {**dict(response.headers), "content-length": length} == dict(head.headers)


def test_queries_of_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only workers load a version; its answers are cached under its own URL and name it in their headers."""
    dataset = load(sources=history(tmp_path))
    engine = isolated_engine(dataset, Settings())
    monkeypatch.setattr("iqgraph.web.restore", pytest.fail)
    site = Front(create_app(dataset, engine=engine), engine)
    query_string = urlencode({"format": "csv", "query": "ASK { <https://w3id.org/iq-hessen/id/cleo> ?p ?o } #"})
    paths = {"/sparql": b"false", "/version/1.0.0/sparql": b"false", "/version/1.1.0/sparql": b"true"}

    async def all_of_them() -> dict[str, Channel]:
        engine.attach(asyncio.get_running_loop())
        channels = {path: Channel() for path in [*paths, "/version/2.0.0/sparql"]}
        for path, channel in [*channels.items(), *channels.items()]:
            await site.__rsgi__(Scope(path=path, query_string=query_string), channel)
        return channels

    responses = asyncio.run(all_of_them())
    stop(engine)

    assert {path: responses[path].body for path in paths} == paths
    assert responses["/version/2.0.0/sparql"].status == 404
    for path in paths:
        headers = dict(responses[path].headers)
        assert headers["dataset-version"].partition("+")[0] == (path.split("/")[2] if "version" in path else "1.1.0")
    assert len(site.cache.entries) == 3
    headers, body = dict(responses["/sparql"].headers), responses["/sparql"].body
    assert headers["etag"] == f'"{entity_tag(headers["content-type"], body, headers["dataset-hash"])}"'


@pytest.mark.parametrize(
    ("query", "size", "work"),
    [
        ("ASK {}", 9, []),
        ("ASK {}", MAX_HASHED_AT_ONCE_BYTES + 1, ["entity_tag"]),
        (f"ASK {{}} #{'x' * 20000}", 9, ["read"]),
    ],
    ids=["neither", "answer", "query"],
)
def test_large_messages_do_not_block_the_loop(
    sources: Sources, query: str, size: int, work: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread reads a large query, and computes the tag of a large answer."""
    dataset = load(sources=sources)
    app, engine, names = create_app(dataset), Home(dataset), list[str]()

    async def large(*_: object) -> bytes:
        return b"x" * size

    async def in_thread(function: Callable[..., object], *arguments: object) -> object:
        names.append(function.__name__)
        return function(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", in_thread)
    engine.ask = large  # type: ignore[assignment, method-assign]
    endpoint = Endpoint(app.extensions[EXTENSION], engine, Metrics())
    request = Request("POST", body_type="application/sparql-query", accept="text/csv", body=query.encode())
    answer = asyncio.run(endpoint.answer(request, "", "", Channel().client_disconnect))

    assert names == work
    assert isinstance(answer, HttpResponse)
    assert answer.tag == f'"{entity_tag("text/csv; charset=utf-8", b"x" * size, dict(answer.headers)["dataset-hash"])}"'


def test_the_body_is_part_of_the_key(site: Front) -> None:
    """Two POST requests with different bodies or media types are different requests."""
    headers = {"host": "a.example", "content-type": "text/plain"}
    first = ask(site, Scope("POST", headers=headers), b"a", b"b")
    again = ask(site, Scope("POST", headers=headers), b"ab")
    other = ask(site, Scope("POST", headers=headers), b"ac")
    csv = ask(site, Scope("POST", headers={**headers, "content-type": "text/csv"}), b"ab")

    assert first.body.endswith(b"ab")
    assert again.body == first.body
    assert len({first.body, other.body, csv.body}) == 3


def test_an_answer_without_a_tag_is_not_cached(site: Front) -> None:
    """Without a strong validator it may change at any time."""
    assert ask(site, Scope(query_string="plain=1")).body != ask(site, Scope(query_string="plain=1")).body


@pytest.mark.parametrize(
    ("scope", "tags", "status"),
    [
        ({"query_string": "plain=1"}, '"x"', 412),
        ({"query_string": "plain=1"}, '"x",', 412),
        ({"query_string": "plain=1"}, "*", 200),
        ({"query_string": "plain=1", "method": "POST"}, '"x"', 412),
        ({"method": "POST"}, '"/page?"', 200),
        ({"path": "/nothing"}, '"x"', 404),
        ({"method": "OPTIONS"}, '"x"', 200),
    ],
)
def test_if_match(site: Front, scope: dict[str, str], tags: str, status: int) -> None:
    """A response without a tag matches none; an error stays an error (RFC 9110, section 13.2.1)."""
    headers = {"host": "a.example", "if-match": tags}

    assert ask(site, Scope(**scope, headers=headers)).status == status


def test_errors_are_not_cached(site: Front) -> None:
    """A missing page may exist later."""
    ask(site, Scope(path="/nothing"))

    assert not site.cache.entries


@pytest.mark.parametrize("status", [303, 404])
@pytest.mark.parametrize("name", ["if-none-match", "if-match"])
def test_other_answers_have_no_preconditions(site: Front, name: str, status: int) -> None:
    """Although they have a tag (RFC 9110, section 13.2.1)."""
    tags = '"x"' if name == "if-match" else "*"

    assert ask(site, Scope(query_string=f"status={status}", headers={"host": "a.example", name: tags})).status == status


@pytest.mark.parametrize(
    ("scope", "size"), [({"headers": {"host": "a", "if-none-match": "*"}}, 0), ({"method": "HEAD"}, 0)]
)
def test_what_is_counted_is_what_was_sent(
    site: Front, monkeypatch: pytest.MonkeyPatch, scope: dict[str, Any], size: int
) -> None:
    """A body that stays here is in no log."""
    answers: list[HttpResponse] = []
    monkeypatch.setattr(site.accounting, "record", lambda _, answer, *__: answers.append(answer))
    ask(site, Scope(**scope))

    assert [len(answer.body) for answer in answers] == [size]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("accept", ("text/csv", "text/html")),
        ("accept-language", ("fr", "de")),
        ("content-type", ("text/csv", "text/html")),
        ("if-none-match", ('"x"', '"/page?"')),
    ],
)
def test_a_header_of_several_lines_is_one_list(site: Front, name: str, values: tuple[str, str]) -> None:
    """RFC 9110, section 5.3: the response equals that to the same values in one line."""
    host = ("host", "a.example")
    one = ask(site, Scope(headers=[host, (name, ", ".join(values))]))
    several = ask(site, Scope(headers=[host, *((name, value) for value in values)]))
    first = ask(site, Scope(headers=[host, (name, values[0])]))

    assert (several.status, several.body) == (one.status, one.body)
    assert (several.status, several.body) != (first.status, first.body)


def test_a_path_is_decoded_once() -> None:
    """The server has decoded it; percent signs that remain are literal."""
    app = Flask("site")
    app.add_url_rule("/<path:rest>", "rest", lambda rest: rest)

    assert ask(Front(app), Scope(path="/a%2e%2fä%20b")).body.decode() == "a%2e%2fä%20b"


@pytest.mark.parametrize("path", ["/sparql", "/page"])
def test_a_url_may_contain_any_character(letter: Dataset, path: str) -> None:
    """It is no server error; here the query is no SPARQL."""
    response = ask(Front(create_app(letter), Home(letter)), Scope(path=path, query_string="query=中"))

    assert response.status == (400 if path == "/sparql" else 404)
    assert b"query-syntax" in response.body or path != "/sparql"


@pytest.mark.parametrize(("text", "logged"), [("SELECT", ""), ("ASK { SERVICE <urn:s> {} }",) * 2])
def test_only_sparql_is_logged(letter: Dataset, monkeypatch: pytest.MonkeyPatch, text: str, logged: str) -> None:
    """A query that is refused for another reason has its text."""
    site, responses = Front(create_app(letter), Home(letter)), list[HttpResponse]()
    monkeypatch.setattr(site.accounting, "record", lambda context, response, *more: responses.append(response))  # noqa: ARG005

    ask(site, Scope(path="/sparql", query_string=urlencode({"query": text})))

    assert [response.query for response in responses] == [logged]


def head(*more: tuple[str, str]) -> Scope:
    """A request with these header fields and the usual one."""
    return Scope(headers=[("host", "a.example"), *more])


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        (head(("cookie", "x" * 16_000)), 200),
        (head(("cookie", "x" * MAX_HEAD_BYTES)), 431),
        (head(("accept", '\\"' * 100_000)), 431),
        (head(*[("x-many", "x" * 200)] * 90), 431),
        (Scope(query_string="&" * (MAX_FIELDS - 1)), 200),
        (Scope(query_string="&" * MAX_FIELDS), 400),
    ],
)
def test_the_header_section_is_bounded(site: Front, scope: Scope, status: int) -> None:
    """A larger one is not read and is refused with a message."""
    response = ask(site, scope)

    assert response.status == status
    assert status == 200 or json.loads(response.body)["status"] == status


def test_a_refusal_is_in_the_language_of_the_client(letter: Dataset) -> None:
    """A browser with too many cookies shows a page."""
    fields = [("cookie", "x" * MAX_HEAD_BYTES), ("accept", "text/html"), ("accept-language", "de")]
    response = ask(Front(create_app(letter)), head(*fields))

    assert (response.status, dict(response.headers)["connection"]) == (431, "close")
    assert "Löschen Sie die Cookies" in response.body.decode()


def test_equivalent_languages_share_an_answer(site: Front) -> None:
    """The key contains the chosen language, not the header."""
    bodies = {
        ask(site, head(("accept-language", languages))).body for languages in ("de", "de-AT, de;q=0.8", "fr, de-DE")
    }

    assert len(bodies) == 1


def test_the_memory_of_large_bodies_is_bounded(site: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client above the bound is asked to retry; small bodies pass, and each body frees its memory."""
    monkeypatch.setattr(memory, "MAX_BODIES_BYTES", 200_000)
    site.body_memory.bytes = 150_000
    large = ask(site, Scope("POST"), b"x" * 70_000)
    small = ask(site, Scope("POST"), b"x" * 60_000)
    site.body_memory.bytes = 0

    assert (large.status, dict(large.headers)["retry-after"]) == (503, "5")
    assert small.status == 200
    assert ask(site, Scope("POST"), b"x" * 70_000).status == 200
    assert site.body_memory.bytes == 0


def test_a_body_that_does_not_arrive_times_out(site: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow client blocks no thread; its response is counted like any other."""
    monkeypatch.setattr(memory, "MAX_BODY_SECONDS", 0.02)

    assert ask(site, Scope("POST"), b"a", hangs=True).status == 408
    assert counts(site) == {("POST", "408"): 1}


@pytest.mark.parametrize(
    ("scope", "parts", "status"),
    [
        (Scope("POST"), (b"a", b""), 200),
        (Scope("POST"), (b"a", b"", b""), 400),
        (Scope("POST"), (b"", b""), 400),
        (Scope("POST", headers={"host": "a.example", "trailer": "x"}), (b"a", b"", b""), 200),
        (Scope("POST", http_version="2"), (b"a", b"", b""), 200),
    ],
)
def test_an_incomplete_body_is_refused(site: Front, scope: Scope, parts: tuple[bytes, ...], status: int) -> None:
    """The server then passes an empty part; so it does for trailers, and HTTP/2 has empty frames."""
    response = ask(site, scope, *parts)

    assert response.status == status
    assert (("connection", "close") in response.headers) == (status == 400)
    assert counts(site) == {("POST", str(status)): 1}


def test_the_size_of_a_request_counts(site: Front) -> None:
    """The cached part of a long request counts towards the bound."""
    ask(site, Scope("POST"), b"x" * 100_000)

    assert site.cache.size > 200_000


@pytest.mark.parametrize(("size", "is_cached"), [(400_000, True), (700_000, False)])
def test_a_very_large_answer_is_not_cached(site: Front, size: int, is_cached: bool) -> None:
    """It may take one mebibyte together with its request."""
    first, second = (ask(site, Scope("POST"), b"x" * size).body for _ in range(2))

    assert (first == second) is is_cached


class Slow(Shared):
    """An engine that answers once a page was made."""

    def __init__(self) -> None:
        self.is_over = threading.Event()

    async def ask(self, query: Query, output: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:  # noqa: ARG002
        """Wait in a thread, since the page is made in one."""
        return str(await asyncio.to_thread(self.is_over.wait, PATIENCE)).encode()


@pytest.mark.parametrize(("path", "client"), [("/asks", 1), ("/version/1.0.0/asks", 1), ("/health", 1), ("/waits", 2)])
def test_a_page_does_not_wait_for_others(path: str, client: int) -> None:
    """Neither for those that ask an engine, nor for monitoring, nor for the many pages of another client."""
    app, engine, pages = Flask(__name__), Slow(), list[str]()

    def end() -> str:
        engine.is_over.set()
        return "True"

    def wait() -> str | bytes:
        pages.append(path)
        return engine.answer(Query(""), JSON) if "asks" in path else str(engine.is_over.wait(PATIENCE))

    app.add_url_rule(path, "wait", wait)
    app.add_url_rule("/page", "end", end)
    site = Front(app)

    async def crowd() -> list[Channel]:
        engine.attach(asyncio.get_running_loop())
        scopes = [*[Scope(path=path)] * MAX_PAGES, Scope(client=f"127.0.0.{client}:1")]
        channels = [Channel() for _ in scopes]
        await asyncio.gather(*(site.__rsgi__(scope, channel) for scope, channel in zip(scopes, channels, strict=True)))
        return channels

    assert {channel.body for channel in asyncio.run(crowd())} == {b"True"}
    assert len(pages) == MAX_PAGES  # none begins anew in order to wait


def test_faults_reach_the_log_of_the_server(site: Front, capfd: pytest.CaptureFixture[str]) -> None:
    """Output of the application on its error stream is not lost."""

    @site.app.before_request
    def fail() -> None:
        request.environ["wsgi.errors"].write("a fault")

    ask(site, Scope())

    assert "a fault" in capfd.readouterr().err
