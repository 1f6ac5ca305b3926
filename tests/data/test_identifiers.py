"""The identifiers of other datasets: exactly the verified ones, each with the right property."""

import csv
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from iqgraph.dataset import Dataset, Term
from iqgraph.terms import BASE, CONCEPT, GRAPH, ID, SKOS, Namespace, short_name

TABLE = Path(__file__).parent / "identifiers.csv"
LINKS = f"{GRAPH.iri}links/"
OWL = Namespace("http://www.w3.org/2002/07/owl#")
AUTHORITIES = (
    "http://data.europa.eu/nuts/code/",
    "http://dcat-ap.de/def/politicalGeocoding/",
    "http://publications.europa.eu/resource/authority/",
)
MATCHES = {SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch}

# Identifiers that were considered and left out, with the reason.
LEFT_OUT = {
    "http://www.wikidata.org/entity/Q3042": "Offenbach in Wikidata: known from memory only",
    "http://www.wikidata.org/entity/Q7912": "the district around Offenbach, not the city",
    "http://www.wikidata.org/entity/Q28738295": "the ministry's library, not the ministry",
    "http://www.wikidata.org/entity/Q28737740": "the ministry's library, not the ministry",
    "http://www.wikidata.org/entity/Q124312682": "the other successor of the Hessian ministry",
    "http://www.wikidata.org/entity/Q829149": "preparation for work, not integration",
    "http://www.wikidata.org/entity/Q1391083": "a narrower kind of worker",
    "https://ror.org/04ep19q60": "the other successor of the Hessian ministry",
    "https://ror.org/02qcqwf93": "an institute of the Federal Employment Agency",
    "https://d-nb.info/gnd/4024731-4": "Hesse in another sense",
    "https://d-nb.info/gnd/4005961-3": "preparation for work, not integration",
    "https://d-nb.info/gnd/4113499-0": "a narrower kind of worker",
    "https://d-nb.info/gnd/4235028-1": "counselling in another sense",
    "https://d-nb.info/gnd/4032813-2": "a heading with two namesakes",
    "https://sws.geonames.org/2950159/": "the city of Berlin, which GeoNames keeps apart from the Land",
    "http://publications.europa.eu/resource/authority/atu/DEU_LKR_OFF": "the district around Offenbach",
    "http://publications.europa.eu/resource/authority/eu-programme/ESF": "the fund before the ESF Plus",
    "http://data.europa.eu/nuts/code/DE713": "built from a pattern",
    "http://dcat-ap.de/def/politicalGeocoding/municipalityKey/06413000": "built from a pattern",
    "http://data.europa.eu/eli/dir/2021/1883/oj": "built from a pattern",
    "https://www.recht.bund.de/eli/bund/bgbl-1/2023/217": "known from memory only",
    "https://linkedopendata.eu/entity/Q3521987": "built from a pattern; the page of the project was read",
}  # fmt: skip


def links(dataset: Dataset) -> set[tuple[str, str, str, str]]:
    """The statements of the graphs of links: thing, property, identifier, source."""
    return {
        (short_name(triple.subject), short_name(triple.predicate), text(triple.object), name.removeprefix(LINKS))
        for graph in dataset.graphs()
        if (name := graph.value).startswith(LINKS)
        for triple in dataset.triples(graph)
        if not text(triple.object).startswith(BASE)
    }


def text(term: Term) -> str:
    """An identifier in the notation of the table."""
    if isinstance(term, Literal):
        return f"{term.value}^^{short_name(term.datatype)}"
    return term.value if isinstance(term, NamedNode) else str(term)


def test_identifiers_are_those_of_the_table(dataset: Dataset) -> None:
    """None is missing, none is extra, and each has its property and its source."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        expected = {(row["thing"], row["property"], row["identifier"], row["source"]) for row in csv.DictReader(file)}

    assert links(dataset) == expected


@pytest.mark.parametrize("identifier", LEFT_OUT)
def test_unverified_identifiers_are_left_out(dataset: Dataset, identifier: str) -> None:
    """Likely ones too, and those of similar things."""
    assert list(dataset.store.quads_for_pattern(None, None, NamedNode(identifier), None)) == []


def test_things_are_the_same_and_concepts_match(dataset: Dataset) -> None:
    """owl:sameAs links things; a mapping links concepts, or a thing and the concept of it in an authority table."""
    same = {triple.subject for triple in dataset.triples() if triple.predicate == OWL.sameAs}
    nodes = {quad.subject for match in MATCHES for quad in dataset.store.quads_for_pattern(None, match, None)}

    assert [node for node in same if node not in ID] == []
    exact = {triple for triple in dataset.triples() if triple.predicate == SKOS.exactMatch and triple.subject in ID}

    assert {node for node in nodes if node in ID} == {triple.subject for triple in exact}
    assert [triple for triple in exact if not text(triple.object).startswith(AUTHORITIES)] == []
    assert [node for node in nodes if node not in CONCEPT and short_name(node).split(":")[0] not in ("id", "iq")] == []


def test_no_two_things_are_the_same(dataset: Dataset) -> None:
    """No two of our things share an identifier."""
    pairs = {(t.object, t.subject) for t in dataset.triples() if t.predicate == OWL.sameAs}

    assert len({other for other, _ in pairs}) == len(pairs)


def test_codes_are_typed(dataset: Dataset) -> None:
    """The datatype of a code names its classification, so that a join can be restricted to one."""
    codes = [triple.object for triple in dataset.triples() if triple.predicate == SKOS.notation]

    assert codes
    assert [
        code for code in codes if not (isinstance(code, Literal) and short_name(code.datatype).endswith("Code"))
    ] == []
