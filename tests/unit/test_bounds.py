"""Bounds: what has exactly the largest size is accepted, and what is one larger is not."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import fields
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from iqgraph.bilingual import Text
from iqgraph.dataset import Dataset, faults, profile
from iqgraph.dataset.dataset import MAX_LISTED_STATEMENTS
from iqgraph.engine import Embedded, Query
from iqgraph.engine.elsewhere import federation
from iqgraph.errors import MAX_REPEATED_CHARS, LocalizedError, shorten
from iqgraph.formats import URLENCODED, XLSX
from iqgraph.serialisation import tables
from iqgraph.serialisation.jsonld import jsonld
from iqgraph.service.requests import context, memory, querylog
from iqgraph.service.requests.front import Front
from iqgraph.settings import Settings
from iqgraph.terms import DCAT, DCTERMS, IQ, RDF, XSD
from iqgraph.validation import findings
from iqgraph.web.http import messages
from iqgraph.web.http.problems import Problem
from iqgraph.web.query import protocol
from test_federation import THERE, Remote
from test_front import Channel, Scope
from test_proxies import CHANNEL, CLIENT, OUTER, TRUSTED, scope


def is_refused(call: Callable[[], object]) -> bool:
    """Whether a call raises an error of ours."""
    try:
        call()
    except (LocalizedError, Problem):
        return True
    return False


def calls(query: str, rows: int = 0) -> int:
    """The number of requests to another endpoint, which has so many rows; 0 if the query is refused."""
    remote, row = Remote(), {"s": {"type": "literal", "value": "a"}}
    remote.content = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": [row] * rows}}).encode()
    return 0 if is_refused(lambda: remote.evaluate_calls(Query(query), 1.0)) else len(remote.requests)


def sheet(term: str) -> bytes:
    """The sheet of a workbook with this term."""
    answer = Embedded(Store()).answer(Query(f"SELECT ({term} AS ?x) {{}}"), XLSX)
    return ZipFile(BytesIO(answer)).read(tables.SHEET)


def titled(length: int) -> profile.Profile:
    """The profile of a file whose title has this length."""
    node, store = NamedNode("urn:a"), Store()
    store.extend([Quad(node, RDF.type, DCAT.Dataset), Quad(node, DCTERMS.title, Literal("a" * length))])
    return profile.describe_files(store, [Path("b.ttl")])


def request(*headers: tuple[str, str]) -> context.RequestContext:
    """A request by a trusted proxy."""
    return context.Proxies(networks=TRUSTED).read(scope(*headers), CHANNEL)


def form(fields: int) -> None:
    """Read the form of a query with so many fields."""
    content = b"query=x" + b"&a" * (fields - 1)
    protocol.read_request(messages.Request("POST", body_type=URLENCODED, body=content), is_bundled=True)


def body(size: int) -> None:
    """Read a body of this size, which is all there afterwards."""
    read = memory.read_body(Scope(method="POST"), Channel((b"a" * size,)), memory.BodyMemory())
    assert len(asyncio.run(read)) == size


def body_memory(size: int) -> memory.BodyMemory:
    """The memory of bodies in which so many bytes are."""
    bodies = memory.BodyMemory()
    bodies.bytes = size
    return bodies


SMALL, BODIES = memory.MAX_SMALL_BODY_BYTES, memory.MAX_BODIES_BYTES
FOCUS, EMPTY = NamedNode("urn:a"), Text("", "")
# By name the largest size, and whether a size is accepted.
BOUNDS: dict[str, tuple[int, Callable[[int], bool]]] = {
    "repeated input": (MAX_REPEATED_CHARS, lambda n: "…" not in shorten("a" * n)),
    "value of a finding": (
        findings.MAX_VALUE_CHARS,
        lambda n: "…" not in findings.Finding(IQ.a, FOCUS, EMPTY, IQ.b, Literal("a" * (n - 2))).line(),
    ),
    "depth of JSON-LD": (
        faults.MAX_DEPTH,
        lambda n: (
            not is_refused(
                lambda: faults.undefined_keys("a", b'{"urn:p":' + b"[" * (n - 1) + b"]" * (n - 1) + b"}", "urn:b")
            )
        ),
    ),
    "depth of XML": (
        faults.MAX_XML_DEPTH,
        lambda n: not is_refused(lambda: faults.refuse_xml_faults("a", BytesIO(b"<a>" * n + b"</a>" * n))),
    ),
    "services": (federation.MAX_CALLS, lambda n: calls(f"SELECT * {{ {f'SERVICE <{THERE}> {{}} ' * n} }}") == n),
    "rows of a service": (federation.MAX_ROWS, lambda n: calls(f"SELECT * {{ SERVICE <{THERE}> {{}} }}", n) == 1),
    "federated query": (
        federation.MAX_QUERY_CHARS,
        lambda n: calls(f"SELECT * {{ SERVICE <{THERE}> {{}} }}".ljust(n)) == 1,
    ),
    "digits in a workbook": (tables.MAX_DIGITS, lambda n: sheet("9" * n).count(b"inlineStr") == 1),
    "decimal digits in a workbook": (tables.MAX_DIGITS, lambda n: sheet("1." + "1" * (n - 1)).count(b"inlineStr") == 1),
    # More could lose some in a reader with floating-point numbers.
    "digits in JSON-LD": (
        15,
        lambda n: "@value" not in jsonld([Triple(IQ.a, IQ.b, Literal("9" * n, datatype=XSD.integer))]),
    ),
    "statements to list": (MAX_LISTED_STATEMENTS, lambda n: not Dataset(Store(), size_hint=n).is_large),
    "files in a title": (
        profile.MAX_TITLE_FILES,
        lambda n: "files" not in profile.describe_files(Store(), [Path("a.ttl")] * n).title.en,
    ),
    "title": (profile.MAX_TITLE_CHARS, lambda n: len(titled(n).title.de) == n),
    "short title": (profile.MAX_SHORT_CHARS, lambda n: titled(n).short == "a" * n),
    "logged query": (querylog.MAX_TEXT_CHARS, lambda n: bool(querylog.skeleton("a" * n))),
    "request id": (context.MAX_ID_CHARS, lambda n: request(("x-request-id", "a" * n)).id == "a" * n),
    "proxies": (
        context.MAX_HOPS,
        lambda n: request(("x-forwarded-for", ", ".join([CLIENT, *[OUTER] * (n - 1)]))).client == CLIENT,
    ),
    "header fields": (
        context.MAX_HEAD_BYTES,
        lambda n: request(("a", "b" * (n - len("host") - len("inner:8000") - 1))).problem is None,
    ),
    "fields": (protocol.MAX_FIELDS, lambda n: not is_refused(lambda: form(n))),
    "body": (memory.MAX_BODY_BYTES, lambda n: not is_refused(lambda: body(n))),
    "small body": (SMALL, lambda n: not is_refused(lambda: body_memory(BODIES).add(b"a" * n, 0))),
    "bodies": (BODIES, lambda n: not is_refused(lambda: body_memory(n - SMALL - 1).add(b"a" * (SMALL + 1), 0))),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_the_largest_size_is_accepted_and_no_larger_one(name: str) -> None:
    """Each bound is tried on both sides."""
    bound, is_accepted = BOUNDS[name]

    assert (is_accepted(bound), is_accepted(bound + 1)) == (True, False)


@pytest.mark.parametrize("end", ["min", "max"])
def test_a_service_can_have_the_extreme_values_of_its_settings(end: str) -> None:
    """All at once; its parts are made, and a client pays."""
    types = {row.name: row.metadata["type"] for row in fields(Settings) if "type" in row.metadata}
    settings = Settings(**{name: getattr(type_, end) for name, type_ in types.items() if hasattr(type_, end)})
    front = Front(Flask("site"), None, settings)
    front.accounting.budget.spend("a", 1.0)

    assert front.accounting.budget.wait("b") == 0
