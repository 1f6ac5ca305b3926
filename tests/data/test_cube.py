"""The figures as a cube: the integrity constraints of the RDF Data Cube Vocabulary hold, and each sees its breach.

https://www.w3.org/TR/vocab-data-cube/#wf has their definitions; the queries here are our own.
"""

from pathlib import Path

import pytest
from pyoxigraph import Quad

from iqgraph.dataset import UNION, Dataset
from iqgraph.resources import Rule, rules
from iqgraph.terms import META, QB
from rulebook import breach, faults, planted, rows, says_what_it_is, slugs

FOLDER = Path(__file__).parent / "cube"
CONSTRAINTS = rules(FOLDER, "tests/data/cube")

each_constraint = pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda constraint: constraint.slug)


@pytest.fixture(scope="module")
def quads(dataset: Dataset) -> list[Quad]:
    """All statements of the graphs that tell of figures, which are few."""
    graphs = {quad.graph_name for quad in dataset.store if quad.predicate in QB} - {UNION, META}
    return [quad for quad in dataset.store if quad.graph_name in graphs]


def test_all_constraints_are_there() -> None:
    """IC-1 to IC-21, each with its breach."""
    assert [constraint.slug[:5] for constraint in CONSTRAINTS] == [f"ic-{number:02}" for number in range(1, 22)]
    assert slugs(FOLDER) == {constraint.slug for constraint in CONSTRAINTS}


@each_constraint
def test_constraint_holds(dataset: Dataset, constraint: Rule) -> None:
    """The figures keep it."""
    assert rows(dataset.store, constraint) == []


@each_constraint
def test_constraint_sees_its_breach(quads: list[Quad], constraint: Rule) -> None:
    """The planted breach is found."""
    assert rows(planted(quads, breach(FOLDER, constraint)), constraint)


@each_constraint
def test_constraint_has_the_common_form(constraint: Rule) -> None:
    """Two sentences and sorted prefixes."""
    assert says_what_it_is(constraint)
    assert faults(constraint.query) + faults(breach(FOLDER, constraint)) == []
