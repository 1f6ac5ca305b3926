"""What is stated of sources, notes and old names agrees with what else tells of them, and with the last release."""

import re

from pyoxigraph import NamedNode

from iqgraph.dataset import Dataset
from iqgraph.terms import DCTERMS, FOAF, ID, IQ, OA, PREFIXES, SCHEMA, SKOS, VOCABULARY

ACCESS = NamedNode(f"{PREFIXES['fabio']}hasAccessDate")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# Reports on an earlier year.
OF_OTHER_YEARS = {
    "source-destatis-2024",
    *("source-welt-198954695", "source-welt-211710991", "source-welt-241574699", "source-welt-247189394"),
}
# What a note names together with its neighbours.
IN_RANGES = {"note-a08": {29, 30}, "note-a14": {38, 39}, "note-a17": {42}, "note-c01": {10}}


def text(dataset: Dataset, node: NamedNode, *predicates: NamedNode) -> str:
    """The values of some properties, one after the other."""
    return " ".join(str(value) for predicate in predicates for value in dataset.values(node, predicate))


def test_a_source_appeared_in_a_year_that_is_told(dataset: Dataset) -> None:
    """If its IRI, label, description or address names years."""
    told = (SKOS.prefLabel, DCTERMS.description, SCHEMA.url)
    days = {source: text(dataset, source, DCTERMS.issued)[1:5] for source in dataset.instances(FOAF.Document)}
    years = {source: YEAR.findall(source.value + text(dataset, source, *told)) for source in days if source in ID}

    assert sum(bool(days[source] and named) for source, named in years.items()) > 40
    assert {
        source.value.removeprefix(ID.iri)
        for source, named in years.items()
        if days[source] and named and days[source] not in named
    } == OF_OTHER_YEARS


def test_a_source_was_read_while_the_data_was_made(dataset: Dataset) -> None:
    """Not before the first day of the ontology, and not after its last."""
    first, last = (text(dataset, VOCABULARY, one)[1:11] for one in (DCTERMS.created, DCTERMS.modified))
    days = {source: text(dataset, source, ACCESS)[1:11] for source in dataset.instances(FOAF.Document)}

    assert [source for source, day in days.items() if day and not first <= day <= last] == []


def test_a_note_names_the_passages_that_it_is_about(dataset: Dataset) -> None:
    """By their numbers, except where it has a range."""
    unnamed: dict[str, set[int]] = {}
    notes = dataset.instances(IQ.EditorialNote)
    for note in notes:
        numbers = set(map(int, re.findall(r"\d+", text(dataset, note, DCTERMS.description))))
        targets = {int(target.value[-2:]) for target in dataset.nodes(note, OA.hasTarget) if "/S" in target.value}
        unnamed |= {note.value.removeprefix(ID.iri): rest for rest in [targets - numbers] if rest}

    assert unnamed == {name: numbers for name, numbers in IN_RANGES.items() if ID[name] in notes}
