"""The competency questions: in two engines each has the rows that the document leads to expect."""

import csv
import io
import re
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from iqgraph.dataset import Dataset
from iqgraph.dataset.derivation import derive
from iqgraph.dataset.passages import read_tables
from iqgraph.dataset.questions import questions as published
from iqgraph.engine import Embedded, Query
from iqgraph.engine.evidence import Explainer, is_explained
from iqgraph.engine.neighbourhood import name
from iqgraph.engine.query import RowSelection
from iqgraph.formats import CSV
from iqgraph.model.questions import SAMPLE, TOPICS, Questions
from iqgraph.resources import data_files, derivation_rules, packaged, questions
from iqgraph.terms import BASE, DOCUMENT, ID, PROV, RDF, RDFS, SCHEMA, SH, graph_iri
from repository import ROOT

ANSWERS = Path(__file__).parent / "answers"
QUESTIONS = {question.slug: question.query for question in questions(packaged())}
CAPTIONS = {"S46", "S47", "S48", "S50"}
OVERVIEW = 12  # a question about more passages than this is about the document, not about what they say
Rows = list[list[str]]


def short(passage: NamedNode) -> str:
    """The name of a passage at the head of a question."""
    return passage.value.removeprefix(f"{BASE}passage/").removeprefix(f"{DOCUMENT}/")


def content() -> list[str]:
    """The passages of all documents that have a graph."""
    tables = read_tables(packaged())
    return sorted(short(table.iri(one)) for table in tables for one in table.passages if one.kind != "Caption")


CONTENT = content()
SOURCES = {file.name.rpartition("/")[2].removesuffix(".trig") for file in data_files(packaged())}


def rows(text: str) -> Rows:
    """The rows of a CSV text, the header first."""
    return list(csv.reader(io.StringIO(text, newline="")))


@cache
def expected(slug: str) -> Rows:
    """The rows that a reader of the document expects."""
    return rows((ANSWERS / f"{slug}.csv").read_text(encoding="utf-8"))


@cache
def header(slug: str) -> dict[str, str]:
    """The fields in the comments at the head of a question."""
    return dict(re.findall(r"^# ([\w-]+): (.+)$", QUESTIONS[slug], re.MULTILINE))


def passages(slug: str) -> list[str]:
    """The passages in the head of a question."""
    return header(slug).get("passages", "").split()


def others(slug: str) -> list[str]:
    """The other sources in the head of a question."""
    return header(slug).get("sources", "").split()


def ask(slug: str, store: Store) -> Rows:
    """The rows of a question in a store."""
    return rows(Embedded(store).answer(Query(QUESTIONS[slug]), CSV).decode())


def witnesses(slug: str, dataset: Dataset) -> tuple[set[str], set[str]]:
    """The passages and the other sources that yield the rows of a question."""
    query = Query(QUESTIONS[slug])
    rows = Explainer(dataset.store).explain(query, RowSelection(limit=100))["rows"] if is_explained(query) else []
    sets = [one for row in rows for member in (row, *row.get("members", ())) for one in member["witnesses"]]
    passages = {short(NamedNode(passage)) for one in sets for passage in one["passages"] if "/passage/" in passage}
    others = f"{ID.iri}source-"  # a document is named by its passages
    return passages, {name.removeprefix(others) for one in sets for name in one["sources"] if name.startswith(others)}


def without(dataset: Dataset, graph: NamedNode) -> Store:
    """The dataset without a graph and without all that follows from it."""
    quads = [quad for quad in dataset.origins if quad.graph_name != graph]
    store = Store()
    store.extend(quads)
    store.extend({Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads})
    derive(store, derivation_rules(packaged()))
    return store


@pytest.fixture(scope="session")
def peer(dataset: Dataset) -> rdflib.Dataset:
    """The same named graphs in rdflib, which computes their union itself."""
    peer_data = rdflib.Dataset(default_union=True)
    for graph in dataset.graphs():
        triples = serialize(dataset.triples(graph), format=RdfFormat.N_TRIPLES)
        peer_data.graph(rdflib.URIRef(graph.value)).parse(data=triples, format="nt")
    return peer_data


@pytest.mark.parametrize("slug", QUESTIONS)
def test_times_of_a_source_are_its_own(slug: str) -> None:
    """A question with sources in its rows asks for times in the graph of the source."""
    block = r"GRAPH \?\w+ \{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
    elsewhere = re.sub(block, "", QUESTIONS[slug].partition("WHERE")[2])

    names_a_source = re.search(r"SELECT.*\?(source|origin)", QUESTIONS[slug])
    assert not names_a_source or not re.search(r"(iq:during\S*|dcat:(start|end)Date) \?", elsewhere)


@pytest.mark.parametrize("slug", QUESTIONS)
def test_rows_are_those_expected(slug: str, dataset: Dataset, request: pytest.FixtureRequest) -> None:
    """The rows are those that a reader of the document expects; a column without values needs a note.

    `--renew` writes them to the file, for review.
    """
    answer, file = ask(slug, dataset.store), ANSWERS / f"{slug}.csv"
    if request.config.getoption("--renew") and not (file.exists() and answer == rows(file.read_text(encoding="utf-8"))):
        with file.open("w", encoding="utf-8", newline="") as output:
            csv.writer(output, lineterminator="\n").writerows(answer)

    assert answer == expected(slug)
    assert all(map(any, zip(*answer[1:], strict=True))) or "note-en" in header(slug)


@pytest.mark.sample(4)
@pytest.mark.repeats(60)  # Fuseki and Virtuoso are asked all of them, where they are installed
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # rdflib 7 warns of its own calls
@pytest.mark.parametrize("slug", QUESTIONS)
def test_another_engine_gives_the_same_rows(slug: str, peer: rdflib.Dataset) -> None:
    """The queries are SPARQL 1.1 and depend on no engine, not even in the order of their rows."""
    result = peer.query(QUESTIONS[slug])
    answer = str(result.askAnswer).lower() if result.type == "ASK" else (result.serialize(format="csv") or b"").decode()

    assert rows(answer) == expected(slug)


def is_complete(slug: str) -> bool:
    """Whether the head of a question has all its fields, in order, with possible values."""
    lines = [line.split(":")[0] for line in QUESTIONS[slug].splitlines() if line.startswith("#")]
    lines = lines[:-1] if lines[-1] == "# start" else lines  # a place on the start page
    lines = lines[:-2] if lines[-2:] == ["# also-de", "# also-en"] else lines  # in other words
    names = [line for line in lines[3:] if line in ("# passages", "# sources")]
    relations = lines[3 + len(names) :]

    return (
        lines[: 3 + len(names)] == ["# en", "# de", "# topic", *names]
        and names in (["# passages"], ["# sources"], ["# passages", "# sources"])
        and relations in ([], ["# note-de", "# note-en"], ["# note-de", "# note-en", "# see"])
        and all(header(slug)[tag].endswith("?") for tag in ("en", "de"))
        and header(slug)["topic"] in TOPICS
        and passages(slug) == sorted(CAPTIONS.union(CONTENT).intersection(passages(slug)))
        and others(slug) == sorted(SOURCES.intersection(others(slug)))
    )


def test_headers_are_complete() -> None:
    """Each question has a wording in both languages, a topic, and the passages and other sources that it touches."""
    assert [slug for slug in QUESTIONS if not is_complete(slug)] == []


def test_answers_are_ordered_tables_or_booleans() -> None:
    """Several rows need an order, or the answer varies between runs."""
    forms = {slug: Query(query).form for slug, query in QUESTIONS.items()}
    tables = [slug for slug, form in forms.items() if form != "ASK"]

    assert set(forms.values()) == {"SELECT", "ASK"}
    assert [slug for slug in tables if len(expected(slug)) < 2] == []
    assert [slug for slug in tables if len(expected(slug)) > 2 and "ORDER BY" not in QUESTIONS[slug]] == []


@pytest.mark.sample(2)
@pytest.mark.parametrize("passage", CONTENT)
def test_each_passage_has_a_question(passage: str, dataset: Dataset) -> None:
    """Without the graph of a passage, a question that names the passage has another answer."""
    slugs = [slug for slug in QUESTIONS if passage in passages(slug) and len(passages(slug)) <= OVERVIEW]
    document, _, number = passage.rpartition("/")
    store = without(dataset, graph_iri(document or DOCUMENT, number))

    assert any(ask(slug, store) != expected(slug) for slug in slugs), f"no question with # passages: {passage}"


@pytest.mark.sample(5)
@pytest.mark.parametrize("slug", QUESTIONS)
def test_further_documents_and_sources_are_named(slug: str, dataset: Dataset, request: pytest.FixtureRequest) -> None:
    """A question names all other documents and sources behind its answer; `--renew` adds the documents."""
    passages_of_rows, sources = witnesses(slug, dataset)
    names = {*passages(slug), *(one for one in passages_of_rows if "/" in one)}
    if request.config.getoption("--renew") and names != {*passages(slug)}:
        file, line = ROOT / f"ontology/questions/{slug}.rq", f"# passages: {' '.join(sorted(names))}\n"
        head = r"(# topic: .*\n)(?:# passages: .*\n)?"
        file.write_text(re.sub(head, rf"\1{line}", file.read_text(encoding="utf-8"), count=1), encoding="utf-8")

    assert names == {*passages(slug)}
    assert sources <= {*others(slug)}


@pytest.mark.sample(2)
@pytest.mark.parametrize(("slug", "source"), [(slug, source) for slug in QUESTIONS for source in others(slug)])
def test_each_source_of_a_question_is_needed(slug: str, source: str, dataset: Dataset) -> None:
    """Without the graph of a source, a question that names the source has another answer or one witness less."""
    leads = (PROV.hadPrimarySource, PROV.wasDerivedFrom)
    graphs = [node for lead in leads for node in dataset.subjects(lead, ID[f"source-{source}"])]

    assert len(graphs) == 1
    assert isinstance(graphs[0], NamedNode)
    is_witness = source in witnesses(slug, dataset)[1]
    assert is_witness or ask(slug, without(dataset, graphs[0])) != expected(slug)


def test_published_questions_are_those_of_the_files() -> None:
    """The statements about a question hold the head of its file and its query."""
    for question in published(packaged()):
        slug = question.slug
        head, triples = header(slug), set(question.triples())
        is_ask = Query(question.query).form == "ASK"

        assert {Triple(question.node, RDFS.label, Literal(head[tag], language=tag)) for tag in ("de", "en")} <= triples
        assert Triple(question.node, SCHEMA.keywords, Literal(head["topic"])) in triples, slug
        assert [short(passage) for passage in question.passages] == passages(slug), slug
        assert [source.value.removeprefix(f"{ID.iri}source-") for source in question.sources] == others(slug), slug
        assert not question.query.startswith("#"), slug
        assert (Triple(question.node, SH.ask, Literal(question.query)) in triples) == is_ask, slug
        assert (Triple(question.node, RDF.type, SH.SPARQLSelectExecutable) in triples) != is_ask, slug


def test_each_question_has_expected_rows() -> None:
    """And no file of rows is without a question."""
    assert {file.stem for file in ANSWERS.glob("*.csv")} == QUESTIONS.keys()


def test_each_question_has_one_topic(dataset: Dataset) -> None:
    """And each topic has a question."""
    groups = Questions(dataset).by_topic()

    assert sorted(one.slug for _, group in groups for one in group) == sorted(QUESTIONS)
    assert [topic for topic, _ in groups] == list(TOPICS.values())


def test_a_thing_leads_to_the_questions_that_name_it(dataset: Dataset) -> None:
    """In their query, as a passage or as a source."""
    about = Questions(dataset).about
    slug = "who-funds-the-network"

    naming = {one for one in QUESTIONS if re.search(r"\bid:period-2026-2028\b", QUESTIONS[one])}
    assert naming < {one.slug for one in about[ID["period-2026-2028"]]}  # a period also by its years in a title
    assert slug in [one.slug for one in about[NamedNode(f"{BASE}passage/{DOCUMENT}/S44")]]
    assert ID["nothing"] not in about


def test_things_that_questions_name_exist(dataset: Dataset) -> None:
    """None of them leads to a missing page."""
    things = Questions(dataset).about

    assert [thing for thing in things if not name(dataset, thing, "de")] == []


def test_other_data_has_no_questions() -> None:
    """The bundled questions are about the bundled data."""
    model = Questions(Dataset(Store()))

    assert (model.by_slug, model.by_topic(), model.about) == ({}, [], {})


def test_a_question_that_has_a_source_in_its_query_alone_is_last() -> None:
    """It is less about the source than one that has it at its head."""
    model, source = Questions(Dataset(Store())), ID["source"]
    query, head = SAMPLE, replace(SAMPLE, slug="then", sources=(source,))
    model.about = {source: [query, head]}

    assert model.related([source.value]) == [head, query]


def test_questions_can_be_queried(dataset: Dataset) -> None:
    """Each is in the graph of the ontology as an executable, with both wordings, its topic and its query."""
    query = """
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        PREFIX schema: <https://schema.org/>
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT DISTINCT ?question {
            GRAPH <https://w3id.org/iq-hessen/graph/ontology> {
                ?question a sh:SPARQLExecutable ;
                    rdfs:comment ?de, ?en ;
                    schema:keywords ?topic ;
                    schema:target <https://w3id.org/iq-hessen/sparql> ;
                    sh:select|sh:ask ?query .
                FILTER (LANG(?de) = "de" && LANG(?en) = "en")
            }
        }
        ORDER BY ?question
    """
    iris = Embedded(dataset.store).answer(Query(query), CSV).decode().split()[1:]

    assert dataset.sources
    assert iris == sorted(one.node.value for one in published(dataset.sources))


def test_related_questions_name_each_other() -> None:
    """Each names all others of its group, and has a note in both languages on how it differs."""
    by_slug = {one.slug: one for one in published(packaged())}
    groups = {slug: {slug, *one.related} for slug, one in by_slug.items() if one.related}

    assert groups
    assert [slug for slug, group in groups.items() if any(groups.get(other) != group for other in group)] == []
    assert [slug for slug in groups if not by_slug[slug].note] == []
    assert len({by_slug[slug].note for slug in groups}) == len(groups)


def test_readers_see_labels(dataset: Dataset) -> None:
    """No cell of an answer holds the local name of a thing in place of its label."""
    triples = list(dataset.triples())
    labels = {one.object.value for one in triples if isinstance(one.object, Literal)}
    things = {one.subject.value for one in triples if isinstance(one.subject, NamedNode)}
    codes = {re.split("[/#]", iri)[-1] for iri in things if iri.startswith(BASE)} - labels

    assert {slug: cells for slug in QUESTIONS if (cells := {*chain(*expected(slug)[1:])} & codes)} == {}
