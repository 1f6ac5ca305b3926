"""SERVICE: allowed endpoints are called as SPARQL defines it, others never."""

import json
from traceback import walk_tb

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from iqgraph.client import Server
from iqgraph.engine import Embedded, Federated, Query
from iqgraph.engine.elsewhere.federation import MAX_ROWS
from iqgraph.engine.errors import QueryEvaluationError, ServiceRefused
from iqgraph.formats import CSV, JSON
from near import Near

EX = "http://example.org/"
THERE = "http://there.example/sparql"
HEAD = f"PREFIX : <{EX}> PREFIX there: <http://there.example/> "


def engine(*triples: tuple[str, str, str]) -> Embedded:
    """An engine with a few statements."""
    store = Store()
    store.extend(Quad(NamedNode(EX + s), NamedNode(EX + p), Literal(o)) for s, p, o in triples)
    return Embedded(store)


HERE = engine(("a", "name", "Anna"), ("b", "name", "Ben"), ("c", "name", "Chris"))
OTHER = engine(("a", "age", "40"), ("b", "age", "30"), ("d", "age", "20"))


class Remote(Federated):
    """Another endpoint, which records its requests."""

    def __init__(self) -> None:
        super().__init__(Near(Store()), [Server(THERE)])
        self.requests: list[tuple[str, str]] = []
        self.content: bytes | None = None

    def fetch(self, target: str, query: Query, seconds: float) -> bytes:
        """Its answer, or the one that a test sets."""
        self.requests.append((target, query.text))
        assert seconds > 0
        return OTHER.answer(query, JSON) if self.content is None else self.content


@pytest.fixture
def remote() -> Remote:
    """An endpoint without requests."""
    return Remote()


def rows(remote: Remote, text: str) -> list[str]:
    """The rows of a federated query."""
    query = remote.evaluate_calls(Query(HEAD + text), 1.0)
    return HERE.answer(query, CSV).decode().split()[1:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"SELECT ?n ?v {{ ?s :name ?n . SERVICE <{THERE}> {{ ?s :age ?v }} }} ORDER BY ?n", ["Anna,40", "Ben,30"]),
        ("SELECT ?n ?v { SERVICE there:sparql { ?s :age ?v } ?s :name ?n } ORDER BY ?n", ["Anna,40", "Ben,30"]),
        (
            f"SELECT ?n ?v {{ ?s :name ?n OPTIONAL {{ service <{THERE}> {{ ?s :age ?v }} }} }} ORDER BY ?n",
            ["Anna,40", "Ben,30", "Chris,"],
        ),
        (f"SELECT ?v {{ SERVICE <{THERE}> {{ ?s :age ?v . {{ ?s ?p '40' }} # }}\n }} }}", ["40"]),
        (f"SELECT ?v {{ SERVICE <{THERE}> {{ SELECT (MAX(?a) AS ?v) {{ ?s :age ?a }} }} }}", ["40"]),
        (f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{THERE}> {{ :a :age '40' }} }}", ["1"]),
        (f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{THERE}> {{ :a :age '41' }} }}", ["0"]),
        (f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{THERE}> {{ ?s :age ?v OPTIONAL {{ ?s :no ?w }} }} ?s ?q ?w }}", ["2"]),
        (f"SELECT ?n {{ ?s :name ?n FILTER NOT EXISTS {{ SERVICE <{THERE}> {{ ?s :age ?v }} }} }}", ["Chris"]),
        (f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{THERE}> {{ ?s ?p ?o }} SERVICE <{THERE}> {{ ?t ?p ?o }} }}", ["3"]),
        ("SELECT ?n { ?s :name ?n FILTER(?n = 'Anna') } # SERVICE <x> {", ["Anna"]),
    ],
)
def test_rows_are_joined(remote: Remote, text: str, expected: list[str]) -> None:
    """Those of the service with ours, wherever the block is."""
    assert rows(remote, text) == expected


def test_the_request_to_a_service(remote: Remote) -> None:
    """It contains the block with the prefixes of the query, and nothing else."""
    rows(remote, f"SELECT * {{ ?s :name ?secret . SERVICE <{THERE}> {{ ?s :age ?v }} }}")

    assert remote.requests == [(THERE, f"{HEAD} SELECT * WHERE {{  ?s :age ?v  }}")]


@pytest.mark.parametrize(
    "target",
    [f"<{THERE}/>", f"<{THERE}?x>", f"<{THERE.replace('http', 'https', 1)}>", "<http://127.0.0.1/>", "?s", "there:"],
)
def test_other_services_are_refused(remote: Remote, target: str) -> None:
    """Only an exact IRI is allowed, and all calls are checked before the first."""
    text = f"SELECT * {{ SERVICE <{THERE}> {{ ?s ?p ?o }} SERVICE SILENT {target} {{ ?s ?p ?o }} }}"

    with pytest.raises(ServiceRefused, match="calls only these services, each by its full IRI: http://there"):
        rows(remote, text)
    assert remote.requests == []


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {{ ?s ?p ?o FILTER(?s<?p#>'''\n) SERVICE <{EX}> {{}} #'''\n}}",
        f"SELECT * {{ ?s ?p trueSERVICE<{EX}>{{}} }}",
    ],
)
def test_undetected_calls_are_refused(remote: Remote, query: str) -> None:
    """A call that only a parser would find does not reach the engine."""
    with pytest.raises(ServiceRefused):
        rows(remote, query)
    assert remote.requests == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>", "cannot be read"),
        (b'{"head":{},"boolean":true}', "no rows"),
        (b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"bnode","value":"b"}}]}}', "blank node"),
        (
            b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"not an iri"}}]}}',
            "cannot be read",
        ),
        (b'{"head":{"vars":["s"]},"results":{"bindings":[', "cannot be read"),
    ],
)
def test_bad_answers(remote: Remote, content: bytes, message: str) -> None:
    """They are an error, or empty with SILENT."""
    remote.content = content
    text = f"SELECT (COUNT(*) AS ?n) {{ SERVICE %s <{THERE}> {{ ?s ?p ?o }} }}"

    with pytest.raises(QueryEvaluationError, match=message):
        rows(remote, text % "")
    assert rows(remote, text % "SILENT") == rows(remote, text.replace("SERVICE", "service") % "silent") == ["1"]


def test_a_service_may_send_invisible_characters(remote: Remote) -> None:
    """They are no mistake of the client."""
    bindings = [{"s": {"type": "uri", "value": "http://a/\u200b"}}]
    remote.content = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": bindings}}).encode()

    assert rows(remote, f"SELECT ?s {{ SERVICE <{THERE}> {{ ?s ?p ?o }} }}") == ["http://a/\u200b"]


def test_too_many_rows(remote: Remote) -> None:
    """They are refused, not cut; the error holds no rows, since only their own thread may free them."""
    bindings = [{"s": {"type": "literal", "value": str(n)}} for n in range(MAX_ROWS + 1)]
    remote.content = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": bindings}}).encode()

    with pytest.raises(QueryEvaluationError, match=f"more than {MAX_ROWS} rows") as error:
        rows(remote, f"SELECT * {{ SERVICE <{THERE}> {{ ?s ?p ?o }} }}")
    values = [value for frame, _ in walk_tb(error.value.__traceback__) for value in frame.f_locals.values()]
    assert not any(isinstance(value, QuerySolutions) for value in values)


def test_values_of_all_kinds(remote: Remote) -> None:
    """Languages, datatypes, quotes and line breaks are preserved."""
    terms = [
        {"type": "literal", "value": 'a "b"\n\\c', "xml:lang": "de"},
        {"type": "literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"},
        {"type": "uri", "value": "http://example.org/ä"},
    ]
    remote.content = json.dumps(
        {"head": {"vars": ["o"]}, "results": {"bindings": [{"o": one} for one in terms]}}
    ).encode()
    query = remote.evaluate_calls(Query(f"SELECT ?o {{ SERVICE <{THERE}> {{ ?s ?p ?o }} }}"), 1.0)

    answer = json.loads(HERE.answer(query, JSON))
    assert [row["o"] for row in answer["results"]["bindings"]] == terms
