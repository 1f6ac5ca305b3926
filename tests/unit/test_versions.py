"""Versions: what was released stays as it was, and the difference between two leads from one to the other."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

import iqgraph
from iqgraph.dataset import UNION, Dataset, load
from iqgraph.dataset.dataset import canonical_hash, canonicalize
from iqgraph.dataset.reading import content_of
from iqgraph.errors import DatasetError
from iqgraph.release.versions import (
    Difference,
    Release,
    difference,
    parse_lines,
    releases,
    restore,
    sort_key,
    version_label,
    version_of,
)
from iqgraph.resources import Sources, packaged
from iqgraph.terms import BASE, GRAPH, ID, IQ, OWL, SKOS, VOCABULARY, Namespace
from tiny import change, history, put

RELEASES_FOLDER = releases(packaged())
ONTOLOGIES = Namespace(f"{VOCABULARY.value}/")
SAYS = "data/letter/01-all.trig"

each_release = pytest.mark.parametrize("kept", RELEASES_FOLDER, ids=lambda kept: str(kept.version))


@pytest.fixture
def two(sources: Sources, tmp_path: Path) -> tuple[Dataset, Dataset]:
    """Two releases of the tiny dataset; in the second Ben has another name and Anna leads no more."""
    history(tmp_path)
    first, second = releases(sources)
    return restore(first), restore(second)


@pytest.fixture(scope="module")
def restored() -> dict[str, Dataset]:
    """The kept releases by version; nobody may change them."""
    return {kept.version: restore(kept) for kept in RELEASES_FOLDER}


@each_release
def test_each_kept_release_has_its_recorded_hash(restored: dict[str, Dataset], kept: Release) -> None:
    """What was released has not changed by one statement."""
    content = canonicalize(restored[kept.version])

    assert sha256(content).hexdigest() == kept.digest
    assert content == content_of(kept.file)


@each_release
def test_each_kept_release_knows_its_number(restored: dict[str, Dataset], kept: Release) -> None:
    """Record, file and ontology agree, and the number of the package has not fallen behind."""
    dataset = restored[kept.version]

    assert version_of(dataset) == kept.version
    assert dataset.values(VOCABULARY, OWL.versionIRI) == [ONTOLOGIES[kept.version]]
    assert sort_key(kept.version) <= sort_key(iqgraph.__version__)


def test_kept_releases_follow_one_another(restored: dict[str, Dataset]) -> None:
    """Each knows the one before it, in the record and in the ontology."""
    before = [None, *(one.version for one in RELEASES_FOLDER)]

    for kept, previous in zip(RELEASES_FOLDER, before, strict=False):
        told = restored[kept.version].values(VOCABULARY, OWL.priorVersion)
        assert kept.previous == previous
        assert told == ([ONTOLOGIES[previous]] if previous else [])
    assert [one.issued for one in RELEASES_FOLDER] == sorted(one.issued for one in RELEASES_FOLDER)


def test_the_current_ontology_names_the_version_before(dataset: Dataset) -> None:
    """The newest release that is not this very version."""
    earlier = [one.version for one in RELEASES_FOLDER if one.version != version_of(dataset)]

    assert version_of(dataset) == iqgraph.__version__
    assert dataset.values(VOCABULARY, OWL.versionIRI) == [ONTOLOGIES[iqgraph.__version__]]
    assert dataset.values(VOCABULARY, OWL.priorVersion) == [ONTOLOGIES[one] for one in earlier[-1:]]


def test_record(two: tuple[Dataset, Dataset], sources: Sources) -> None:
    """Number, day, hash and predecessor, the oldest first."""
    first, second = releases(sources)

    assert [first.version, second.version] == ["1.0.0", "1.1.0"]
    assert [first.issued, second.issued] == [date(2020, 1, 31), date(2020, 3, 1)]
    assert [first.digest, second.digest] == [canonical_hash(one) for one in two]
    assert [first.previous, second.previous] == [None, "1.0.0"]
    assert first.iri == NamedNode(f"{BASE}version/1.0.0")


def test_order_is_that_of_numbers() -> None:
    """Version 1.10 comes after version 1.9."""
    assert sorted(["1.10.0", "1.9.0", "0.20.3"], key=sort_key) == ["0.20.3", "1.9.0", "1.10.0"]


def test_restored(two: tuple[Dataset, Dataset]) -> None:
    """Named graphs and their union are there again."""
    first, second = two

    assert Literal("Ben", language="en") in first.values(ID.ben, SKOS.prefLabel)
    assert Literal('Benny "B."', language="en") in second.values(ID.ben, SKOS.prefLabel)
    assert GRAPH["letter/S01"] in first.graphs()
    assert len(set(first.triples(UNION))) == len(list(first.triples(UNION)))


@pytest.mark.usefixtures("two")
def test_a_changed_file_is_refused(sources: Sources, tmp_path: Path) -> None:
    """What says that it is version 1.0.0 is that, or is not served."""
    (tmp_path / "data/releases/1.1.0.nq.gz").rename(tmp_path / "data/releases/1.0.0.nq.gz")

    with pytest.raises(DatasetError, match=r"data/releases/1\.0\.0\.nq\.gz: this is not what was released"):
        restore(releases(sources)[0])


@pytest.mark.usefixtures("two")
def test_a_record_without_a_day_is_refused(sources: Sources, tmp_path: Path) -> None:
    """One sentence tells the place."""
    change(tmp_path, "data/releases/releases.ttl", 'dcterms:issued "2020-01-31"^^xsd:date ;', "")

    with pytest.raises(DatasetError, match=r"releases\.ttl: a version has no day"):
        releases(sources)


def test_a_state_is_called_by_its_number_only_if_it_was_released(
    two: tuple[Dataset, Dataset], sources: Sources
) -> None:
    """No two states have one name."""
    kept = releases(sources)
    digest = canonical_hash(two[0])

    assert version_label("1.0.0", digest, kept) == "1.0.0"
    assert version_label("1.1.0", digest, kept) == f"1.1.0+{digest[:8]}"
    assert version_label("1.2.0", digest, []) == f"1.2.0+{digest[:8]}"


def test_data_of_others_has_no_number(sources: Sources) -> None:
    """What does not say its version has none."""
    assert version_of(load(sources=sources)) is None


def test_difference(two: tuple[Dataset, Dataset]) -> None:
    """Exactly what was changed, what follows from it, and the number."""
    change = difference(*map(canonicalize, two))
    added = {(quad.predicate, quad.object) for quad in parse_lines(change.added)}
    removed = {(quad.subject, quad.predicate) for quad in parse_lines(change.removed)}

    assert (SKOS.prefLabel, Literal('Benny "B."', language="en")) in added
    assert (OWL.versionInfo, Literal("1.1.0")) in added
    assert {(ID.anna, IQ.leads), (ID.anna, IQ.above), (ID.ben, SKOS.prefLabel)} <= removed
    assert (ID.anna, SKOS.prefLabel) not in removed


def applied(old: bytes, change: Difference) -> bytes:
    """What becomes of a canonical form by a difference."""
    return b"".join(sorted({*old.splitlines(keepends=True)}.difference(change.removed).union(change.added)))


def test_difference_applied_gives_the_new(two: tuple[Dataset, Dataset]) -> None:
    """Forwards and backwards."""
    old, new = map(canonicalize, two)

    assert applied(old, difference(old, new)) == new
    assert applied(new, difference(new, old)) == old
    assert old != new


def test_a_statement_that_moves_to_another_graph_is_a_difference(sources: Sources, tmp_path: Path) -> None:
    """Who says it is part of what is said."""
    old = canonicalize(load(sources=sources))
    change(tmp_path, SAYS, " ; iq:leads id:choir", "")
    change(tmp_path, SAYS, "g:S02 {", "g:S02 { id:anna iq:leads id:choir .")
    in_graph = difference(old, canonicalize(load(sources=sources)))

    assert [quad.graph_name for quad in parse_lines(in_graph.added) if quad.predicate == IQ.leads] == [
        GRAPH["letter/S02"]
    ]
    assert [q.graph_name for q in parse_lines(in_graph.removed) if q.predicate == IQ.leads] == [GRAPH["letter/S01"]]


def test_a_folder_of_releases_may_hold_other_things(sources: Sources, tmp_path: Path) -> None:
    """Nothing in it is data."""
    before = canonicalize(load(sources=sources))
    put(tmp_path, "data/releases/note.trig", "this is no TriG")

    assert canonicalize(load(sources=sources)) == before
