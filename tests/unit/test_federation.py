"""SERVICE: allowed endpoints are asked as SPARQL says, all others never."""

import json

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from iqgraph.client import Server
from iqgraph.engine import Embedded, Federated, Query, QueryError
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
    """Another endpoint, which remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(Near(Store()), [Server(THERE)])
        self.asked: list[tuple[str, str]] = []
        self.content: bytes | None = None

    def fetch(self, target: str, query: Query, seconds: float) -> bytes:
        """Its answer, or the one prepared."""
        self.asked.append((target, query.text))
        assert seconds > 0
        return OTHER.answer(query, JSON) if self.content is None else self.content


@pytest.fixture
def remote() -> Remote:
    """An endpoint that was asked nothing yet."""
    return Remote()


def rows(remote: Remote, text: str) -> list[str]:
    """The rows of a federated query."""
    resolved = remote.evaluate_calls(Query(HEAD + text), 1.0)
    return HERE.answer(resolved, CSV).decode().split()[1:]


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
def test_answers(remote: Remote, text: str, expected: list[str]) -> None:
    """A service's rows are joined with ours, wherever the block stands."""
    assert rows(remote, text) == expected


def test_what_is_asked(remote: Remote) -> None:
    """The block goes there with the prefixes of the query and nothing else."""
    rows(remote, f"SELECT * {{ ?s :name ?secret . SERVICE <{THERE}> {{ ?s :age ?v }} }}")

    assert remote.asked == [(THERE, f"{HEAD} SELECT * WHERE {{  ?s :age ?v  }}")]


@pytest.mark.parametrize(
    "target",
    [f"<{THERE}/>", f"<{THERE}?x>", f"<{THERE.replace('http', 'https', 1)}>", "<http://127.0.0.1/>", "?s", "there:"],
)
def test_all_others_are_refused(remote: Remote, target: str) -> None:
    """Only the very IRI is allowed, and nobody is asked before it is known that all are."""
    text = f"SELECT * {{ SERVICE <{THERE}> {{ ?s ?p ?o }} SERVICE SILENT {target} {{ ?s ?p ?o }} }}"

    with pytest.raises(ServiceRefused, match="calls only these services, each by its full IRI: http://there"):
        rows(remote, text)
    assert remote.asked == []


@pytest.mark.parametrize(
    "hidden",
    [
        f"SELECT * {{ ?s ?p ?o FILTER(?s<?p#>'''\n) SERVICE <{EX}> {{}} #'''\n}}",
        f"SELECT * {{ ?s ?p trueSERVICE<{EX}>{{}} }}",
    ],
)
def test_calls_that_are_not_found_are_refused(remote: Remote, hidden: str) -> None:
    """What a parser might still read as a call does not reach the engine."""
    with pytest.raises(ServiceRefused):
        rows(remote, hidden)
    assert remote.asked == []


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
    """What the other sends wrongly is said, unless the query wants silence."""
    remote.content = content
    text = f"SELECT (COUNT(*) AS ?n) {{ SERVICE %s <{THERE}> {{ ?s ?p ?o }} }}"

    with pytest.raises(QueryEvaluationError, match=message):
        rows(remote, text % "")
    assert rows(remote, text % "SILENT") == rows(remote, text.replace("SERVICE", "service") % "silent") == ["1"]


def test_what_nobody_sees_may_come_from_a_service(remote: Remote) -> None:
    """A sign in an IRI that the client did not write is no slip of the client."""
    bindings = [{"s": {"type": "uri", "value": "http://a/\u200b"}}]
    remote.content = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": bindings}}).encode()

    assert rows(remote, f"SELECT ?s {{ SERVICE <{THERE}> {{ ?s ?p ?o }} }}") == ["http://a/\u200b"]


def test_too_many_rows(remote: Remote) -> None:
    """They are refused, not cut."""
    bindings = [{"s": {"type": "literal", "value": str(n)}} for n in range(MAX_ROWS + 1)]
    remote.content = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": bindings}}).encode()

    with pytest.raises(QueryEvaluationError, match=f"more than {MAX_ROWS} rows"):
        rows(remote, f"SELECT * {{ SERVICE <{THERE}> {{ ?s ?p ?o }} }}")


def test_too_many_calls(remote: Remote) -> None:
    """A query is no way to send many requests."""
    with pytest.raises(QueryError, match="calls 6 services"):
        rows(remote, f"SELECT * {{ {f'SERVICE <{THERE}> {{ ?s ?p ?o }} ' * 6} }}")


def test_values_of_all_kinds(remote: Remote) -> None:
    """Languages, datatypes, quotes and line breaks arrive as they were sent."""
    terms = [
        {"type": "literal", "value": 'a "b"\n\\c', "xml:lang": "de"},
        {"type": "literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"},
        {"type": "uri", "value": "http://example.org/ä"},
    ]
    remote.content = json.dumps(
        {"head": {"vars": ["o"]}, "results": {"bindings": [{"o": one} for one in terms]}}
    ).encode()
    resolved = remote.evaluate_calls(Query(f"SELECT ?o {{ SERVICE <{THERE}> {{ ?s ?p ?o }} }}"), 1.0)

    answer = json.loads(HERE.answer(resolved, JSON))
    assert [row["o"] for row in answer["results"]["bindings"]] == terms
