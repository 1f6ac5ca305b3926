"""The inflections of names in sentences: each name that a sentence may use has them or takes no article."""

import csv

from pyoxigraph import NamedNode

from iqgraph.dataset import Dataset
from iqgraph.model.model import Model, capitalise, plain
from iqgraph.terms import ID, IQ, SKOS
from repository import ROOT

ROWS = list(csv.DictReader((ROOT / "data/names.csv").read_text(encoding="utf-8").splitlines()))
# Proper names, which German and English use without an article.
BARE = {
    "arbeit-und-bildung",
    "exis",
    "federal-funds",
    "fresko",
    "gim",
    "involas",
    "land-funds",
    "massarbeit",
    "migra",
    "rkw-nord",
    "tuer-an-tuer",
    "zukunft-im-zentrum",
}
CASES = ("nominative", "accusative", "genitive")
ARTICLES = {"der": ("den", "des"), "die": ("die", "der"), "das": ("das", "des")}


def test_each_name_in_a_sentence_is_inflected(dataset: Dataset) -> None:
    """Holders of roles, the things of the roles, and their instruments are in the list or need no article."""
    things = {
        triple.object
        for triple in dataset.triples()
        if triple.predicate in (IQ.roleHolder, IQ.roleIn, IQ.throughInstrument)
    }

    slugs = {node.value.removeprefix(ID.iri) for node in things if isinstance(node, NamedNode)}

    assert slugs - BARE == {row["thing"] for row in ROWS}
    assert len(ROWS) == len({row["thing"] for row in ROWS})


def test_the_inflections_are_those_of_the_name(dataset: Dataset) -> None:
    """The article is in the right case, and each word of a label is there, whatever its ending."""
    for row in ROWS:
        thing = row["thing"]
        first, accusative, genitive = (row[case].partition(" ")[0] for case in CASES)

        assert (accusative, genitive) == ARTICLES.get(first, (first, genitive)), thing
        own = [row[case].partition(" ")[2] for case in CASES]
        assert first not in ("das", "die") or own[0] == own[1], thing
        assert first not in ("das", "der") or own[0] != own[2], thing  # a noun has its -s, or an adjective its -n
        for case in CASES:
            assert any(has_words(row[case], label) for label in labels(dataset, ID[thing], "de")), (thing, case)
        english = [label.removeprefix("own ") for label in labels(dataset, ID[thing], "en")]
        assert any(label in row["english"].casefold() for label in english), thing


def labels(dataset: Dataset, thing: NamedNode, language: str) -> list[str]:
    """The labels of a thing: a sentence may use an alternative one that was valid all the time."""
    literals = (label for predicate in (SKOS.prefLabel, SKOS.altLabel) for label in dataset.literals(thing, predicate))
    return [label.value.casefold() for label in literals if label.language == language]


def has_words(inflection: str, label: str) -> bool:
    """Whether each word of a label is in an inflection, whatever its ending."""
    return all(word[:5].rstrip("er") in inflection.casefold() for word in label.split())


def test_a_name_without_inflections(dataset: Dataset) -> None:
    """It stays as it is, even at the beginning of a sentence."""
    assert plain("involas")["genitive"] == "von involas"
    assert capitalise("involas", "involas") == "involas"
    assert capitalise("das Land", "Land") == "Das Land"
    assert f"{ID.iri}involas" not in Model(dataset).inflections
