"""Input of clients is parsed in linear time, and quickly where the event loop parses it."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from pyoxigraph import Store
from werkzeug.http import parse_range_header

from iqgraph.client import Server
from iqgraph.engine import Federated, Query
from iqgraph.engine.diagnosis import syntax_error
from iqgraph.engine.errors import QueryError
from iqgraph.engine.nearest import Names
from iqgraph.engine.tokens import prefix_declarations, tokens
from iqgraph.engine.workers.isolated import FastPath
from iqgraph.formats import URLENCODED
from iqgraph.model.facets import fold
from iqgraph.model.wording import split
from iqgraph.service.requests.context import MAX_HEAD_BYTES, Proxies
from iqgraph.service.requests.front import _matches
from iqgraph.service.requests.querylog import skeleton
from iqgraph.web.http.language import negotiate_language
from iqgraph.web.http.messages import Request
from iqgraph.web.http.negotiation import media_ranges, negotiate_coding
from iqgraph.web.http.problems import Problem
from iqgraph.web.query.protocol import QUERY, read_request
from iqgraph.web.site import split_version
from iqgraph.web.urls import PLAIN
from near import Near
from shapes import SHAPES, repeated
from test_proxies import CHANNEL, TRUSTED, scope

Read = Callable[[str], object]
read = partial(read_request, is_bundled=True)
TRIES = 4
AT_ONCE = 0.05  # seconds; ten times what it may be, since others use the machine too
KIB = 1 << 10
FEDERATED = Federated(Near(Store()), [Server("http://a.example/")])


def forwarded_reader(name: str) -> Read:
    """A parser of this header of a trusted proxy."""
    return lambda text: Proxies(networks=TRUSTED).read(scope((name, text)), CHANNEL)


def services(text: str) -> Query:
    """Parse a query that may call a service."""
    return FEDERATED.evaluate_calls(Query(text), 1.0)


IN_THE_LOOP: dict[str, Read] = {
    "Accept": media_ranges,
    "Accept-Language": negotiate_language.__wrapped__,
    "Accept-Encoding": negotiate_coding.__wrapped__,
    "If-None-Match": lambda text: _matches(text, '"a"'),
    "Forwarded": forwarded_reader("forwarded"),
    "X-Forwarded-For": forwarded_reader("x-forwarded-for"),
    "X-Forwarded-Host": forwarded_reader("x-forwarded-host"),
    "X-Forwarded-Prefix": forwarded_reader("x-forwarded-prefix"),
    "X-Request-ID": forwarded_reader("x-request-id"),
    "Content-Type": lambda text: read(Request("POST", body_type=text)),
    "path": lambda text: split_version(f"/version/{text}", ()),
    "parameters": lambda text: read(Request(query=f"query={text}")),
    "form": lambda text: read(Request("POST", body_type=URLENCODED, body=b"query=" + text.encode())),
    "keyword": lambda text: Query(text).keyword,
    "lookup": lambda text: FastPath(Store()).match(Query(f"SELECT * {{ <x:a> {text}")),
    "lookup with prefixes": lambda text: FastPath(Store()).match(Query(f"PREFIX a: <x:y> {text}")),
    "chance": lambda text: Query(text).is_repeatable,
    "chance that does not come": lambda text: Query(f"NOW {text}").is_repeatable,
}
ELSEWHERE: dict[str, Read] = {
    "Range": lambda text: parse_range_header(f"bytes={text}"),
    "form": lambda text: read(Request("POST", body_type=URLENCODED, body=b"query=" + text.encode())),
    "body": lambda text: read(Request("POST", body_type=QUERY, body=text.encode())),
    "tokens": lambda text: list(tokens(f"SELECT * {{ FILTER({text}")),
    "long string": lambda text: list(tokens(f"SELECT * {{ FILTER(1<'a'&&'b>\"\"\"{text}")),
    "prefixes": lambda text: prefix_declarations(Query(f"PREFIX a: <x:{text}> PREFIX {text}").prologue),
    "FROM": lambda text: Query(f"SELECT * FROM {text} FROM <x:{text}> {{").from_clauses,  # noqa: S608 - SPARQL, and never run
    "SERVICE that is allowed": services,
    "skeleton": skeleton,
    "diagnosis": lambda text: syntax_error(f"SELECT * {{ {text}", "", {}),
    "search": lambda text: (fold(text), split(text)),
    "near name": lambda text: Names({"a" * 20: ("x:a",)}).nearest(text, 3),
    "IRI": PLAIN.fullmatch,
}


def seconds(reader: Read, text: str) -> float:
    """The processor time of parsing a text, whether or not it is refused."""
    start = time.process_time()
    with suppress(Problem, QueryError):
        reader(text)
    return time.process_time() - start


def grows_evenly(reader: Read, shape: str, size: int) -> bool:
    """Whether four times the text takes about four times as long; quadratic time would be sixteen times."""
    long = seconds(reader, repeated(shape, size))
    return long < max(8 * seconds(reader, repeated(shape, size // 4)), 0.005)


@pytest.mark.sample(30)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("reader", IN_THE_LOOP.values(), ids=IN_THE_LOOP)
def test_parsers_in_the_event_loop(reader: Read, shape: str) -> None:
    """They are linear and take milliseconds at the bound of their input."""
    assert any(grows_evenly(reader, shape, MAX_HEAD_BYTES) for _ in range(TRIES))
    assert any(seconds(reader, repeated(shape, MAX_HEAD_BYTES)) < AT_ONCE for _ in range(TRIES))


@pytest.mark.sample(20)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("reader", ELSEWHERE.values(), ids=ELSEWHERE)
def test_parsers_in_threads_and_workers(reader: Read, shape: str) -> None:
    """They are linear, but may take longer."""
    assert any(grows_evenly(reader, shape, 32 * KIB) for _ in range(TRIES))


@pytest.mark.sample(6)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_form_at_its_size_limit(shape: str) -> None:
    """Only as many fields are parsed as a query may have."""
    assert any(grows_evenly(ELSEWHERE["form"], shape, 1024 * KIB) for _ in range(TRIES))
