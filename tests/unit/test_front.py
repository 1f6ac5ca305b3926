"""The front of the site: what is answered from the cache is what the application would have answered."""

import asyncio
import gzip
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, Response, request

from elsewhere import Home
from iqgraph.dataset import Dataset, load
from iqgraph.engine import Embedded, Isolated
from iqgraph.release.release import build
from iqgraph.resources import Sources
from iqgraph.service.requests import memory
from iqgraph.service.requests.context import MAX_HEAD_BYTES
from iqgraph.service.requests.front import Front
from iqgraph.settings import Settings
from iqgraph.web import create_app
from iqgraph.web.http import problems
from iqgraph.web.http.messages import Answer, Headers, Request, entity_tag
from iqgraph.web.monitoring import Metrics
from iqgraph.web.query.endpoint import MAX_HASHED_AT_ONCE_BYTES, Endpoint
from iqgraph.web.query.protocol import MAX_FIELDS
from iqgraph.web.site import EXTENSION, Site
from pools import stop
from rsgi import Fields
from tiny import history


@dataclass
class Scope:
    """A request as the server tells it."""

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
    """Keeps what is sent."""

    parts: tuple[bytes, ...] = ()
    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    id: str = ""
    stuck: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The body of the request."""
        for part in self.parts:
            yield part
        if self.stuck:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Keep an answer."""
        self.id = dict(headers)["x-request-id"]
        self.headers = [pair for pair in headers if pair[0] != "x-request-id"]
        self.status, self.body = status, body

    def response_empty(self, status: int, headers: Headers) -> None:
        """Keep an answer without a body."""
        self.response_bytes(status, headers, b"")

    async def client_disconnect(self) -> None:
        """Nobody goes away."""
        await asyncio.Event().wait()


@pytest.fixture
def site(letter: Dataset) -> Front:
    """A site that numbers its answers and tells all it was asked."""
    app = Flask("site")
    app.extensions[EXTENSION] = Site(lambda: letter, Embedded(letter.store), build)
    app.config["MAX_CONTENT_LENGTH"] = memory.MAX_BODY_BYTES
    problems.init_app(app)
    numbers = itertools.count(1)

    @app.route("/page", methods=["GET", "POST"])
    def page() -> Response:
        body = request.get_data().decode()
        response = Response(f"{next(numbers)} {request.url} {request.headers.get('Accept')} {body}")
        if "plain" not in request.args:
            response.set_etag(f"{request.full_path}")
        return response

    return Front(app)


def ask(site: Front, scope: Scope, *parts: bytes, stuck: bool = False) -> Channel:
    """The answer to one request."""
    channel = Channel(parts, stuck=stuck)
    asyncio.run(site.__rsgi__(scope, channel))
    return channel


def test_the_second_answer_is_the_first(site: Front) -> None:
    """The application is asked once."""
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
        Scope(headers={"host": "a.example:80", "range": "bytes=0-1"}),
    ],
    ids=["query", "scheme", "host", "accept", "language", "range"],
)
def test_nothing_else_finds_the_same_answer(site: Front, other: Scope) -> None:
    """Whatever can decide an answer is part of its key."""
    first = ask(site, Scope())

    assert ask(site, other).body != first.body


PACKED = {"host": "a.example", "accept-encoding": "br, gzip"}
LONG = "x=" + "y" * 2000


def test_compressed_variants(site: Front) -> None:
    """Both variants come from one answer of the application, and both are kept."""
    packed = ask(site, Scope(query_string=LONG, headers=PACKED))

    assert ("content-encoding", "gzip") in packed.headers
    assert gzip.decompress(packed.body).startswith(b"1 http://a.example/page")
    assert ask(site, Scope(query_string=LONG, headers=PACKED)).body == packed.body
    assert ask(site, Scope(query_string=LONG, headers={"host": "a.example"})).body == gzip.decompress(packed.body)


def test_tags_of_variants(site: Front) -> None:
    """Who has one variant is not told that it is the other."""
    packed = ask(site, Scope(query_string=LONG, headers=PACKED))
    tag = dict(packed.headers)["etag"]
    again = ask(site, Scope(query_string=LONG, headers={**PACKED, "if-none-match": tag}))
    plain = ask(site, Scope(query_string=LONG, headers={"host": "a.example", "if-none-match": tag}))

    assert again.status == 304
    assert ("vary", "Accept-Encoding") in again.headers
    assert "content-encoding" not in dict(again.headers)
    assert plain.status == 200


@pytest.mark.parametrize("headers", [PACKED, {"host": "a.example"}])
def test_head_is_get_without_its_body(site: Front, headers: dict[str, str]) -> None:
    """The same status and headers, with the length that the body would have."""
    got = ask(site, Scope(query_string=LONG, headers=headers))
    head = ask(site, Scope("HEAD", query_string=LONG, headers=headers))
    length = dict(head.headers)["content-length"]

    assert (head.status, head.body, length) == (200, b"", str(len(got.body)))
    assert {**dict(got.headers), "content-length": length} == dict(head.headers)


def test_queries_of_versions(tmp_path: Path) -> None:
    """Each is asked in the workers, which alone load it, kept under its own address, and named in its headers."""
    dataset = load(sources=history(tmp_path))
    app = create_app(dataset)
    held = app.extensions[EXTENSION]
    older = {version: one.load for version, one in held.versions.items()}
    engine = Isolated(Embedded(dataset.store, dataset.prefixes, older=older), Settings())
    app.extensions[EXTENSION] = held.with_engine(engine)
    site = Front(app, engine)
    asked = urlencode({"format": "csv", "query": "ASK { <https://w3id.org/iq-hessen/id/cleo> ?p ?o } #"})
    paths = {"/sparql": b"false", "/version/1.0.0/sparql": b"false", "/version/1.1.0/sparql": b"true"}

    async def all_of_them() -> dict[str, Channel]:
        engine.attach(asyncio.get_running_loop())
        channels = {path: Channel() for path in [*paths, "/version/2.0.0/sparql"]}
        for path, channel in [*channels.items(), *channels.items()]:
            await site.__rsgi__(Scope(path=path, query_string=asked), channel)
        return channels

    found = asyncio.run(all_of_them())
    stop(engine)

    assert {path: found[path].body for path in paths} == paths
    assert found["/version/2.0.0/sparql"].status == 404
    for path in paths:
        headers = dict(found[path].headers)
        assert headers["dataset-version"].partition("+")[0] == (path.split("/")[2] if "version" in path else "1.1.0")
    assert [one.cache_info().currsize for one in older.values()] == [0, 0]
    assert len(site.cache.entries) == 3
    headers, body = dict(found["/sparql"].headers), found["/sparql"].body
    assert headers["etag"] == f'"{entity_tag(headers["content-type"], body, headers["dataset-hash"])}"'


class Notes(ThreadPoolExecutor):
    """Threads that know what they were given to do."""

    def __init__(self) -> None:
        super().__init__(1)
        self.work: list[str] = []

    def submit(self, function: Any, /, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as it is declared
        """Note what is to be done."""
        self.work.append(function.__name__)
        return super().submit(function, *given, **named)


@pytest.mark.parametrize(
    ("query", "size", "work"),
    [
        ("ASK {}", 9, []),
        ("ASK {}", MAX_HASHED_AT_ONCE_BYTES + 1, ["entity_tag"]),
        (f"ASK {{}} #{'x' * 20000}", 9, ["read"]),
    ],
    ids=["neither", "answer", "query"],
)
def test_what_is_large_does_not_hold_the_loop(sources: Sources, query: str, size: int, work: list[str]) -> None:
    """A large query is read in a thread, and the tag of a large answer is made there."""
    dataset = load(sources=sources)
    app, engine, threads = create_app(dataset), Home(dataset), Notes()

    async def large(*_: object) -> bytes:
        return b"x" * size

    engine.ask = large  # type: ignore[assignment, method-assign]
    endpoint = Endpoint(app.extensions[EXTENSION], engine, Metrics(), threads)
    asked = Request("POST", body_type="application/sparql-query", accept="text/csv", body=query.encode())
    found = asyncio.run(endpoint.answer(asked, "", "", Channel().client_disconnect))

    assert threads.work == work
    assert isinstance(found, Answer)
    assert found.tag == f'"{entity_tag("text/csv; charset=utf-8", b"x" * size, dict(found.headers)["dataset-hash"])}"'


def test_bodies_decide_too(site: Front) -> None:
    """Two posts with other bodies or types are two requests."""
    headers = {"host": "a.example", "content-type": "text/plain"}
    first = ask(site, Scope("POST", headers=headers), b"a", b"b")
    again = ask(site, Scope("POST", headers=headers), b"ab")
    other = ask(site, Scope("POST", headers=headers), b"ac")
    typed = ask(site, Scope("POST", headers={**headers, "content-type": "text/csv"}), b"ab")

    assert first.body.endswith(b"ab")
    assert again.body == first.body
    assert len({first.body, other.body, typed.body}) == 3


def test_what_has_no_tag_is_not_kept(site: Front) -> None:
    """Without a strong validator an answer may change from one moment to the next."""
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
def test_a_state_that_is_wanted(site: Front, scope: dict[str, str], tags: str, status: int) -> None:
    """What has no tag is in none of those; an error is one whatever is wanted (RFC 9110, section 13.2.1)."""
    headers = {"host": "a.example", "if-match": tags}

    assert ask(site, Scope(**scope, headers=headers)).status == status


def test_errors_are_not_kept(site: Front) -> None:
    """What is not there now may be there later."""
    ask(site, Scope(path="/nothing"))

    assert not site.cache.entries


@pytest.mark.parametrize("tags", ['"/page?"', 'W/"/page?"', '"x", "/page?"', "*"])
def test_not_modified(site: Front, tags: str) -> None:
    """Who has the answer is told so, and gets nothing again."""
    answer = ask(site, Scope(headers={"host": "a.example", "if-none-match": tags}))

    assert (answer.status, answer.body) == (304, b"")
    assert ("etag", '"/page?"') in answer.headers
    assert ask(site, Scope(headers={"host": "a.example", "if-none-match": '"x"'})).status == 200


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
    """RFC 9110, section 5.3: the answer is that to the same values in one line."""
    host = ("host", "a.example")
    one = ask(site, Scope(headers=[host, (name, ", ".join(values))]))
    several = ask(site, Scope(headers=[host, *((name, value) for value in values)]))
    first = ask(site, Scope(headers=[host, (name, values[0])]))

    assert (several.status, several.body) == (one.status, one.body)
    assert (several.status, several.body) != (first.status, first.body)


def test_a_path_is_decoded_once() -> None:
    """The server has decoded it, so what looks encoded now is meant as it stands."""
    app = Flask("site")
    app.add_url_rule("/<path:rest>", "rest", lambda rest: rest)

    assert ask(Front(app), Scope(path="/a%2e%2fä%20b")).body.decode() == "a%2e%2fä%20b"


@pytest.mark.parametrize("path", ["/sparql", "/page"])
def test_an_address_may_hold_any_character(letter: Dataset, path: str) -> None:
    """What is not percent-encoded is refused in words where it matters, and is no fault of ours."""
    found = ask(Front(create_app(letter), Home(letter)), Scope(path=path, query_string="query=中"))

    assert found.status == (400 if path == "/sparql" else 404)
    assert b"percent-encoded" in found.body or path != "/sparql"


def head(*more: tuple[str, str]) -> Scope:
    """A request with these fields beside the usual one."""
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
def test_a_head_has_a_bound(site: Front, scope: Scope, status: int) -> None:
    """What is beyond it is not read, and refused in words."""
    found = ask(site, scope)

    assert found.status == status
    assert status == 200 or json.loads(found.body)["status"] == status


def test_a_refusal_is_in_the_language_that_was_asked_for(letter: Dataset) -> None:
    """A browser with too many cookies shows a page."""
    fields = [("cookie", "x" * MAX_HEAD_BYTES), ("accept", "text/html"), ("accept-language", "de")]
    found = ask(Front(create_app(letter)), head(*fields))

    assert (found.status, dict(found.headers)["connection"]) == (431, "close")
    assert "Löschen Sie die Cookies" in found.body.decode()


def test_languages_that_mean_the_same_find_the_same_answer(site: Front) -> None:
    """What a browser says at length is one of two."""
    bodies = {ask(site, head(("accept-language", said))).body for said in ("de", "de-AT, de;q=0.8", "fr, de-DE")}

    assert len(bodies) == 1


def test_large_bodies_under_way_have_a_bound(site: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """When there are too many, one more is asked to come again; a small one comes in, and each leaves its room."""
    monkeypatch.setattr(memory, "MAX_BODIES_BYTES", 200_000)
    site.body_memory.bytes = 150_000
    large = ask(site, Scope("POST"), b"x" * 70_000)
    small = ask(site, Scope("POST"), b"x" * 60_000)
    site.body_memory.bytes = 0

    assert (large.status, dict(large.headers)["retry-after"]) == (503, "5")
    assert small.status == 200
    assert ask(site, Scope("POST"), b"x" * 70_000).status == 200
    assert site.body_memory.bytes == 0


def test_a_body_that_is_too_large_is_refused(site: Front) -> None:
    """The rest of it is not read."""
    assert ask(site, Scope("POST"), *[b"x" * 100_000] * 50).status == 413


@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_a_query_that_is_too_large_is_refused(tmp_path: Path, method: str) -> None:
    """It is not read to its end, so what was read of it is not answered."""

    class Eager:
        services = ()
        limits = Settings()

        async def ask(self, *_: object) -> bytes:
            return b"an answer to the beginning of the query"

    site = Front(create_app(load(sources=history(tmp_path))), Eager())  # type: ignore[arg-type]
    headers = {"host": "a.example", "content-type": "application/sparql-query"}
    parts = [b"ASK {} #", *[b"x" * 65_536] * 17]

    assert ask(site, Scope(method, path="/sparql", headers=headers), *parts).status == 413


def test_a_body_that_does_not_come_is_given_up(site: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow client holds no thread, and not for ever; its answer is counted like each other."""
    monkeypatch.setattr(memory, "MAX_BODY_SECONDS", 0.02)

    assert ask(site, Scope("POST"), b"a", stuck=True).status == 408
    assert site.accounting.answers == {("POST", 408): 1}


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
def test_a_body_that_breaks_off_is_refused(site: Front, scope: Scope, parts: tuple[bytes, ...], status: int) -> None:
    """The server gives one empty part more then; so it does for trailers, and HTTP/2 has empty parts of its own."""
    found = ask(site, scope, *parts)

    assert found.status == status
    assert (("connection", "close") in found.headers) == (status == 400)
    assert site.accounting.answers == {("POST", status): 1}


def test_the_size_of_a_request_counts(site: Front) -> None:
    """What is kept of a long request is part of the bound."""
    ask(site, Scope("POST"), b"x" * 100_000)

    assert site.cache.size > 200_000


@pytest.mark.parametrize(("size", "is_kept"), [(400_000, True), (700_000, False)])
def test_a_very_large_answer_is_not_kept(site: Front, size: int, is_kept: bool) -> None:  # noqa: FBT001 - a table
    """With what was asked it may take a mebibyte."""
    first, second = (ask(site, Scope("POST"), b"x" * size).body for _ in range(2))

    assert (first == second) is is_kept


def test_faults_reach_the_log_of_the_server(site: Front, capfd: pytest.CaptureFixture[str]) -> None:
    """What the application writes to its error stream is not lost."""

    @site.app.before_request
    def fail() -> None:
        request.environ["wsgi.errors"].write("a fault")

    ask(site, Scope())

    assert "a fault" in capfd.readouterr().err
