"""The forms of names in sentences: each name that a sentence may use has them, or is a name that takes no article."""

import csv

from pyoxigraph import NamedNode

from iqgraph.dataset import Dataset
from iqgraph.engine.neighbourhood import name
from iqgraph.model.model import capitalised, forms, plain
from iqgraph.resources import packaged
from iqgraph.terms import ID, IQ
from repository import ROOT

ROWS = list(csv.DictReader((ROOT / "data/names.csv").read_text(encoding="utf-8").splitlines()))
# Names of their own, which German and English use without an article.
BARE = {
    "arbeit-und-bildung",
    "exis",
    "federal-funds",
    "fresko",
    "gim",
    "involas",
    "land-funds",
    "migra",
    "tuer-an-tuer",
    "zukunft-im-zentrum",
}
CASES = ("nominative", "accusative", "genitive")
ARTICLES = {"der": ("den", "des"), "die": ("die", "der"), "das": ("das", "des")}


def test_each_name_in_a_sentence_has_forms(dataset: Dataset) -> None:
    """Who has a role, in what, and through what: each is in the list, or needs no article."""
    used = {
        triple.object
        for triple in dataset.triples()
        if triple.predicate in (IQ.roleHolder, IQ.roleIn, IQ.throughInstrument)
    }

    named = {node.value.removeprefix(ID.iri) for node in used if isinstance(node, NamedNode)}

    assert named - BARE == {row["thing"] for row in ROWS}
    assert len(ROWS) == len({row["thing"] for row in ROWS})


def test_the_forms_are_those_of_the_name(dataset: Dataset) -> None:
    """The article is in the right case, and each word of the label is there, but for its ending."""
    for row in ROWS:
        thing, english = row["thing"], name(dataset, ID[row["thing"]], "en").casefold().removeprefix("own ")
        label = name(dataset, ID[thing], "de")
        first, accusative, genitive = (row[case].partition(" ")[0] for case in CASES)

        assert (accusative, genitive) == ARTICLES.get(first, (first, genitive)), thing
        for case in CASES:
            lost = [word for word in label.split() if word[:5].rstrip("er").casefold() not in row[case].casefold()]
            assert lost == [], (thing, case)
        assert english in row["english"].casefold() or thing == "own-offers", thing


def test_a_name_without_forms() -> None:
    """It stays as it is, also at the beginning of a sentence."""
    assert plain("involas").genitive == "von involas"
    assert capitalised("involas", "involas") == "involas"
    assert capitalised("das Land", "Land") == "Das Land"
    assert f"{ID.iri}involas" not in forms(packaged())
