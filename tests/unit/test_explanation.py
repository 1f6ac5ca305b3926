"""The explanation of a row beyond its witnesses: absent parts, the members of an aggregate, premises and sources."""

from typing import Any

import pytest
from pyoxigraph import RdfFormat, Store

from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query, QuerySyntaxError
from iqgraph.engine.errors import NotExplained, RowMissing
from iqgraph.engine.evidence import Explainer, is_explained
from iqgraph.engine.evidence.plan import Plan
from iqgraph.engine.query import RowSelection
from iqgraph.formats import JSON
from iqgraph.terms import BASE, DOCUMENT, PREFIXES, SKOS

PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
PROLOGUE += f"PREFIX : <http://example.org/>\nPREFIX letter: <{BASE}graph/letter/>\n"
DATA = """@prefix : <http://example.org/> .
:g1 { :a :p :b . :b :p :c . :n :of [] }
:g2 { :a :q 1 . :b :q 2 . :a :q 3 }
:g3 { :a :r :d . :a :p :c }
"""


@pytest.fixture(scope="module")
def store() -> Store:
    """Three graphs and their union."""
    triplestore = Store()
    triplestore.load(DATA, format=RdfFormat.TRIG)
    triplestore.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    return triplestore


def explain(store: Store, query: str, selection: RowSelection | None = None) -> list[dict[str, Any]]:
    """The rows of a query with their explanation."""
    rows: list[dict[str, Any]] = Explainer(store).explain(Query(PROLOGUE + query), selection or RowSelection())["rows"]
    return rows


def graphs(row: dict[str, Any]) -> list[list[str]]:
    """The short names of the graphs of each witness."""
    return [[name.rpartition("/")[2] for name in one["graphs"]] for one in row["witnesses"]]


def test_a_part_without_matches_is_absent(store: Store) -> None:
    """The row has its text, also if values after the query bind its variable."""
    query = "SELECT ?x ?d { ?x :q ?n . OPTIONAL { ?x :r ?d } } ORDER BY ?x ?n"
    one, other = (row for row in explain(store, query)[1:])
    (bound,) = explain(store, "SELECT ?d { OPTIONAL { ?x :z ?d } } VALUES ?d { 3 }")

    assert "absent" not in one
    assert other["absent"] == ["OPTIONAL { ?x :r ?d }"]
    assert (bound["absent"], bound["more"]) == (["OPTIONAL { ?x :z ?d }"], False)
    assert (graphs(one), graphs(other)) == ([["g2", "g3"]], [["g2"]])


def test_absence_in_an_unused_part_is_omitted(store: Store) -> None:
    """The other branch of a UNION does not concern a row."""
    rows = explain(store, "SELECT * { { :a :r ?d OPTIONAL { ?d :s ?e } } UNION { :b :q ?n } } ORDER BY ?n")

    assert [row.get("absent") for row in rows] == [["OPTIONAL { ?d :s ?e }"], None]


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("SELECT ?x { ?x :p ?y MINUS { ?x :r :d } }", "MINUS { ?x :r :d }"),
        ("SELECT ?x { ?x :p ?y FILTER NOT EXISTS { ?x :r ?z } }", "NOT EXISTS { ?x :r ?z }"),
        ("SELECT ?x { ?x :p ?y FILTER (NOT EXISTS { ?x :r ?z }) }", "NOT EXISTS { ?x :r ?z }"),
        ("SELECT ?x { ?x :p ?y FILTER (?x = :c || NOT EXISTS { ?x :r ?z }) }", "NOT EXISTS { ?x :r ?z }"),
        ("SELECT ?x { ?x :p ?y FILTER (EXISTS { ?x :p ?y } && NOT EXISTS { ?x :r ?z }) }", "NOT EXISTS { ?x :r ?z }"),
    ],
)
def test_a_negated_part_has_no_witness(store: Store, query: str, part: str) -> None:
    """No source can prove an absence; the rest of the row has witnesses."""
    (row,) = explain(store, query)

    assert row["partly"] == [part]
    assert graphs(row) == [["g1"]]


@pytest.mark.parametrize(
    ("query", "members", "names"),
    [
        ("SELECT ?x (COUNT(?n) AS ?k) { ?x :q ?n } GROUP BY ?x ORDER BY DESC(?k)", [2, 1], ["g2"]),
        ("SELECT (SUM(?n) AS ?k) { ?x :q ?n }", [3], ["g2"]),
        ("SELECT (MAX(?n) AS ?k) { ?x :q ?n . ?x :p ?y } GROUP BY (STR(?x) AS ?s) ORDER BY ?k", [1, 4], ["g1", "g2"]),
        ("SELECT (COUNT(*) AS ?k) { ?x :q ?n } GROUP BY STR(?x) HAVING (COUNT(*) > 1)", [2], ["g2"]),
    ],
)
def test_members(store: Store, query: str, members: list[int], names: list[str]) -> None:
    """The row of an aggregate has the rows of its group, each with its witnesses."""
    rows = explain(store, query)

    assert [len(row["members"]) for row in rows] == members
    assert graphs(rows[-1]["members"][0]) == [names]
    assert {row["more"] for row in rows} == {False}


def test_members_are_bounded(store: Store) -> None:
    """There are at most `limit`, and `more` says whether there are others."""
    (row,) = explain(store, "SELECT (COUNT(*) AS ?k) { ?x :q ?n }", RowSelection(limit=2))

    assert (len(row["members"]), row["more"]) == (2, True)


def test_rows_are_numbered_in_the_whole_answer(store: Store) -> None:
    """The offset does not change a number; the order and limit of the query apply."""
    query = "SELECT ?x ?n { ?x :q ?n } ORDER BY DESC(?n) LIMIT 2"
    numbers = [
        [row["row"] for row in explain(store, query, one)]
        for one in (RowSelection(), RowSelection(offset=1), RowSelection((1,)))
    ]
    last = explain(store, query, RowSelection((1,)))

    assert numbers == [[0, 1], [1], [1]]
    assert [row["binding"]["n"]["value"] for row in last] == ["2"]
    with pytest.raises(RowMissing, match="There is no row=7: rows are counted from 0, and their number is 2"):
        explain(store, query, RowSelection((1, 7)))


def test_triples_are_rows(store: Store) -> None:
    """Each triple of a CONSTRUCT is one, whatever the template."""
    query = "CONSTRUCT { ?x :to ?y . ?y :from ?x } { ?x :p ?y . OPTIONAL { ?y :p ?x } }"
    rows = explain(store, query)
    first = rows[0]

    assert first["binding"]["subject"] == {"type": "uri", "value": "http://example.org/a"}
    assert [graphs(row) for row in rows if row["binding"]["object"]["value"].endswith("/d")] == []
    assert len(rows) == 6


def test_triple_terms_are_explained(store: Store) -> None:
    """Those of SPARQL 1.2, in a row too; a literal keeps its direction."""
    row, *_ = explain(store, "SELECT ?t ('x'@de--rtl AS ?l) { :a :p ?o BIND(<<( :a :p ?o )>> AS ?t) FILTER(?o = :b) }")

    assert graphs(row) == [["g1"]]
    assert row["binding"]["t"]["value"]["object"] == {"type": "uri", "value": "http://example.org/b"}
    assert row["binding"]["l"] == {"type": "literal", "value": "x", "xml:lang": "de", "its:dir": "rtl"}


def test_witnesses_are_in_the_dataset_of_the_query(store: Store) -> None:
    """A graph outside of it proves nothing."""
    rows = explain(store, "SELECT ?y FROM :g3 { :a :p ?y }")

    assert [graphs(row) for row in rows] == [[["g3"]]]


def test_the_premises_of_derived_statements(letter: Dataset) -> None:
    """The graphs that exactly this statement follows from, with their passages and sources."""
    (row,) = explain(letter.store, "SELECT ?x { id:anna iq:above ?x }")
    (witness,) = row["witnesses"]

    assert witness["graphs"] == [f"{BASE}graph/derived/letter"]
    assert witness["premises"] == [f"{BASE}graph/letter/S01", f"{BASE}graph/letter/S02"]
    assert witness["passages"] == [f"{BASE}passage/letter/S01", f"{BASE}passage/letter/S02"]


@pytest.mark.parametrize("source", ["ams-2009", "rkw-nord"], ids=["secondary", "primary"])
def test_documents_are_sources(dataset: Dataset, source: str) -> None:
    """By whichever property; a whole document is no passage."""
    query = f"ASK {{ GRAPH <{BASE}graph/source/{source}> {{ ?s ?p ?o }} }}"
    (row,) = explain(dataset.store, query)
    witness = row["witnesses"][0]

    assert (witness["passages"], witness["sources"]) == ([], [f"{BASE}id/source-{source}"])


@pytest.mark.parametrize(
    ("query", "premises"),
    [
        ("ASK { id:bmas a org:Organization }", [f"{DOCUMENT}/S44"]),
        ("ASK { id:information-offices a schema:Service }", ["ontology"]),
        ("ASK { id:involas rdfs:label 'involas'@de }", []),
        ("ASK { id:hessian-offers iq:coordinatedBy id:involas }", []),
    ],
)
def test_premises_without_a_record(dataset: Dataset, query: str, premises: list[str]) -> None:
    """The rule finds them; none of them is derived itself."""
    (row,) = explain(dataset.store, query)
    (witness,) = row["witnesses"]
    names = [name.removeprefix(f"{BASE}graph/") for name in witness["premises"]]

    assert witness["graphs"] == [f"{BASE}graph/derived/11-jahre-iq"]
    assert names
    assert witness["passages"]
    assert not [name for name in names if name.startswith("derived")]
    assert set(premises) <= set(names)


@pytest.mark.parametrize(
    ("pattern", "records"),
    [
        ("?x iq:roleIn id:network-hessen", ["#c1"]),
        ("?x iq:roleIn/^iq:roleIn/iq:roleKind ?y", ["#c1"]),
        ("?x iq:roleHolder id:hmsi", []),
    ],
)
def test_contextual_statements(dataset: Dataset, pattern: str, records: list[str]) -> None:
    """A row has the reifiers of its own contextual statements, also along a path, and no others of the graph."""
    graph = f"{BASE}graph/{DOCUMENT}/S49"
    (row,) = explain(dataset.store, f"ASK FROM <{graph}> {{ {pattern} }}")
    (witness,) = row["witnesses"]

    assert witness["graphs"] == [graph]
    assert [name.removeprefix(graph) for name in witness.get("contextual", [])] == records


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT ?n { ?x :p ?y . ?y skos:prefLabel ?n }", ["g2"]),
        ("SELECT ?n { ?x :p/:r* ?y . ?y skos:prefLabel ?n }", ["g2"]),  # where an empty path is does not matter
        ("SELECT ?n { ?x :p ?y ; :q ?z . ?y skos:prefLabel ?n }", None),  # g2 says more than a name
        ("SELECT ?n { ?y skos:prefLabel ?n }", None),  # the name is all that the row says
        ("SELECT ?z { ?x :p ?y . ?y a :C . ?x :p ?z }", ["g2"]),  # a class says only what a thing is
        ("SELECT ?y { ?y a :C }", None),  # the class is all that the row says
        ("SELECT ?n { ?y a :C . ?y skos:prefLabel ?n }", None),
    ],
)
def test_graphs_of_labels_are_listed_apart(query: str, names: list[str] | None) -> None:
    """A graph that only labels a thing in the row is no evidence for it."""
    store = Store()
    data = "@prefix : <http://example.org/> . :g1 { :a :p :b }"
    data += f' :g2 {{ :b a :C ; <{SKOS.prefLabel.value}> "B" . :a :q 1 }}'
    store.load(data, format=RdfFormat.TRIG)
    store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    ((witness,),) = (row["witnesses"] for row in explain(store, query))

    assert witness.get("names") == (names and [f"http://example.org/{name}" for name in names])


def test_contextual_statements_are_cached(dataset: Dataset) -> None:
    """The data never changes."""
    explainer = Explainer(dataset.store)
    explainer.prepare()
    records = explainer.records
    explainer.explain(Query("ASK {}"), RowSelection())

    assert records
    assert explainer.records is records


def test_premises_behind_a_path(letter: Dataset) -> None:
    """A path may contain a derived statement."""
    (row,) = explain(
        letter.store, "SELECT ?x { id:anna (iq:above|iq:below)+/skos:prefLabel ?x FILTER (LANG(?x) = 'de') }"
    )[:1]

    assert [one["premises"] != [] for one in row["witnesses"]] == [True] * len(row["witnesses"])


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("DESCRIBE :a", "DESCRIBE"),
        ("SELECT * { ?x :p ?y SERVICE <http://example.org/> { ?x :q ?z } }", "SERVICE"),
        ("SELECT * { { SELECT ?x { ?x :p ?y } LIMIT 1 } }", "LIMIT"),
        ("SELECT * { { SELECT ?x { ?x :p ?y } OFFSET 1 } }", "OFFSET"),
        ("SELECT * { { SELECT (COUNT(*) AS ?n) { ?x :p ?y } } }", "COUNT(*)"),
        ("SELECT * { ?x :p ?y MINUS { { SELECT ?x (MAX(?z) AS ?m) { ?x :q ?z } GROUP BY ?x } } }", "GROUP"),
        ("SELECT (NOW() AS ?t) {}", "NOW"),
        ("SELECT * { ?x :p ?y FILTER (RAND() < 2) }", "RAND"),
        ("SELECT (UUID() AS ?t) {}", "UUID"),
        ("SELECT (STRUUID() AS ?t) {}", "STRUUID"),
        ("SELECT (BNODE() AS ?t) {}", "BNODE"),
        ("SELECT ?x { :n :of ?x }", "blank"),
        ("CONSTRUCT { [] :p ?y } { ?x :p ?y }", "blank"),
    ],
)
def test_unsupported_queries_are_refused(store: Store, query: str, part: str) -> None:
    """The error names the unsupported part."""
    with pytest.raises(NotExplained) as error:
        explain(store, query)

    assert part.casefold() in error.value.text.de.casefold()
    assert part.casefold() in error.value.text.en.casefold()


def test_data_without_named_graphs_is_refused() -> None:
    """Only a named graph can be a witness."""
    with pytest.raises(NotExplained, match="no named graphs"):
        explain(Store(), "ASK { ?x ?y ?z }")


def test_keywords_in_strings_and_names_are_ignored(store: Store) -> None:
    """They are no unsupported part."""
    (row,) = explain(store, 'SELECT ?x { ?x :r ?now . FILTER (STR(?x) != "SERVICE NOW()") } # RAND()')

    assert graphs(row) == [["g3"]]


def test_an_invalid_query_is_a_syntax_error(store: Store) -> None:
    """The engine raises it."""
    with pytest.raises(QuerySyntaxError):
        Embedded(store).answer(Query("SELECT * {", selection=RowSelection()), JSON)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?x :p ?y }", True),
        ("ASK { { SELECT ?x { ?x :p ?y } ORDER BY ?y } }", True),
        ("DESCRIBE :a", False),
        ("SELECT * { { SELECT ?x { ?x :p ?y } LIMIT 1 } }", False),
        ("SELECT (NOW() AS ?now) {}", False),
        (f"SELECT * {{ {{ SELECT * {{ {'{' * 5000} ?x :p ?y {'}' * 5000} }} }} }}", False),
    ],
)
def test_support_is_known_before_evaluation(query: str, expected: bool) -> None:
    """From the text of a query alone."""
    assert is_explained(Query(PROLOGUE + query)) is expected


@pytest.mark.parametrize(
    ("group", "is_nested"),
    [
        ("OPTIONAL { ?x :q ?y } OPTIONAL { ?x :r ?z } FILTER NOT EXISTS { ?x :s ?x } MINUS { ?x :t ?x }", False),
        ("OPTIONAL { ?x :q ?y OPTIONAL { ?x :r ?z } }", True),
        ("FILTER NOT EXISTS { ?x :q ?y FILTER NOT EXISTS { ?y :r ?z } }", True),
        ("OPTIONAL { ?x :q ?y } MINUS { ?x :q ?y OPTIONAL { ?y :r ?z } }", True),
    ],
)
def test_sibling_parts_are_not_nested(group: str, is_nested: bool) -> None:
    """Only nested optional parts need more graphs than the rows show."""
    assert Plan(Query(f"{PROLOGUE}ASK {{ ?x :p ?x {group} }}")).is_nested is is_nested


def test_a_deeply_nested_query_is_refused(store: Store) -> None:
    """The engine evaluates it, but the explanation does not parse it."""
    with pytest.raises(NotExplained, match="nested too deeply"):
        explain(store, f"SELECT * {'{' * 400} ?x :p ?y {'}' * 400}")
