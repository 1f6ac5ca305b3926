"""Numbers in answers: what limits a number stays with it, or readers take the number for more than it is."""

import re

import pytest
from pyoxigraph import NamedNode

from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.resources import packaged, questions
from iqgraph.terms import CONCEPT, IQ

NUMBER = re.compile(r"(\?\w+)\s(?:[^.{}]*?\s)?iq:(?:amount|count|share) \?")  # the subject of a number
SHOWING = {one.slug: one.query for one in questions(packaged()) if NUMBER.search(one.query)}


@pytest.mark.parametrize("slug", SHOWING)
def test_a_question_drops_nothing_that_limits_a_number(slug: str, dataset: Dataset) -> None:
    """It shows how exact a number is, that its reference is open, and the theme that it is limited to."""
    query, match = SHOWING[slug], NUMBER.search(SHOWING[slug])
    assert match
    asked = re.sub(r"SELECT.*", f"SELECT DISTINCT ({match[1]} AS ?shown)", query).partition("ORDER BY")[0]
    answer = Embedded(dataset.store).answer(Query(asked), CSV).decode()
    shown = [NamedNode(iri) for iri in re.findall(r"http\S+", answer)]
    said = {
        path: {quad.object for one in shown for quad in dataset.store.quads_for_pattern(one, IQ[path], None)}
        for path in ("precision", "theme", "vagueness")
    }
    themes = {str(theme).strip("<>").replace(CONCEPT.iri, "concept:") for theme in said["theme"]}

    assert shown
    assert "iq:precision" in query or said["precision"] <= {CONCEPT.exact}
    assert "iq:vagueness" in query or CONCEPT["ambiguous-attachment"] not in said["vagueness"]
    assert re.search(rf"iq:theme \?|{re.escape(match[1])} skos:prefLabel", query) or all(one in query for one in themes)
