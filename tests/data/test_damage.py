"""The damage test: one thing is broken at a time, and the product's own checks must say where.

A released file carries seals, so nearly all is seen. Source files before sealing are checked by shapes and rules
alone, which cannot know that a statement was left out or a word misspelt: there the share is lower.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, parse, serialize

from damages import KINDS, SOURCE_KINDS, Damage, Kind, Statement, damage
from iqgraph.dataset import UNION, Dataset, load
from iqgraph.dataset.derivation import is_computed
from iqgraph.errors import DatasetError
from iqgraph.release.release import build
from iqgraph.terms import GRAPH, META, ONTOLOGY, SPDX, VOID
from iqgraph.validation.evidence import examine
from iqgraph.validation.seals import compare
from iqgraph.validation.validation import validate

SEEN_RELEASED = 0.98
SEEN_SOURCES = 0.93
CHECKS = (compare, examine, validate)


def loaded(statements: Iterable[Statement], folder: Path) -> Dataset:
    """The statements as the file of a user, in place of the bundled data."""
    file = folder / "data.nq"
    quads = (Quad(*statement) for statement in statements)
    file.write_bytes(serialize(quads, format=RdfFormat.N_QUADS) or b"")
    return load([file])


def seen(done: Damage, folder: Path) -> str | None:
    """The first line that says where the damage is; quick checks first, SHACL only if they see nothing."""
    try:
        dataset = loaded(done.statements, folder)
    except DatasetError as error:
        return str(error)
    lines = (finding.line() for check in CHECKS for finding in check(dataset))
    return next((line for line in lines if done.is_named(line)), None)


def missed(sound: Sequence[Statement], kinds: Sequence[Kind], folder: Path) -> Iterator[str]:
    """The kinds of damage, each done once, that no line tells of."""
    for seed, kind in enumerate(kinds):
        line = seen(damage(kind, sound, seed), folder)
        if line is None or len(line.splitlines()) != 1:
            yield kind.__name__


@pytest.fixture(scope="module")
def released(dataset: Dataset) -> list[Statement]:
    """The release as a user gets it: sealed, with ontology and derived statements."""
    return ordered(parse(build(dataset)["iq-hessen.nq"], RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def sources(dataset: Dataset) -> list[Statement]:
    """What the files of the data say, without the seals."""
    named = (quad for quad in dataset.store if quad.graph_name not in (UNION, ONTOLOGY) and not is_computed(quad))
    return [statement for statement in ordered(named) if not is_seal(statement)]


def ordered(quads: Iterable[Quad]) -> list[Statement]:
    """The statements in an order that is the same at each run."""
    return [Statement(*quad) for quad in sorted(quads, key=str)]


def is_seal(statement: Statement) -> bool:
    """Whether the statement belongs to the seal of a graph."""
    part = statement.subject in GRAPH and statement.subject.value.endswith("#checksum")
    return statement.graph == META and (part or statement.predicate in (VOID.triples, SPDX.checksum))


def test_there_are_many_kinds() -> None:
    """Each kind of damage is one function with one sentence."""
    assert len(KINDS) >= 100
    assert len({kind.__name__ for kind in KINDS}) == len(KINDS)
    assert all(kind.__doc__ for kind in KINDS)


def test_sound_data_has_no_findings(released: list[Statement], sources: list[Statement], tmp_path: Path) -> None:
    """Before a damage there is nothing to say."""
    for sound in (released, sources):
        dataset = loaded(sound, tmp_path)

        assert [finding.line() for check in CHECKS for finding in check(dataset)] == []


def test_damage_to_a_release_is_seen(released: list[Statement], tmp_path: Path) -> None:
    """At least 98 of 100 damages to the released file are told in one line that names the place."""
    unseen = list(missed(released, KINDS, tmp_path))

    assert 1 - len(unseen) / len(KINDS) >= SEEN_RELEASED, unseen


def test_damage_to_the_sources_is_seen(sources: list[Statement], tmp_path: Path) -> None:
    """Shapes and rules alone see nearly as many; a wrong letter or digit they cannot know."""
    unseen = list(missed(sources, SOURCE_KINDS, tmp_path))

    assert 1 - len(unseen) / len(SOURCE_KINDS) >= SEEN_SOURCES, unseen
