"""Versions: releases never change, and the difference of two turns one into the other."""

import gzip
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

import iqgraph
from iqgraph.dataset import UNION, Dataset, load
from iqgraph.dataset.dataset import canonical_hash, canonicalize
from iqgraph.errors import DatasetError
from iqgraph.release.versions import (
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

RELEASES = releases(packaged())
ONTOLOGIES = Namespace(f"{VOCABULARY.value}/")
SAYS = "data/letter/01-all.trig"

each_release = pytest.mark.parametrize("release", RELEASES, ids=lambda release: str(release.version))


@pytest.fixture
def two(sources: Sources, tmp_path: Path) -> tuple[Dataset, Dataset]:
    """Two releases of the tiny dataset; in the second Ben has another name and Anna no longer leads."""
    history(tmp_path)
    first, second = releases(sources)
    return restore(first), restore(second)


@pytest.fixture(scope="module")
def datasets() -> dict[str, Dataset]:
    """The releases by version, read-only."""
    return {release.version: restore(release) for release in RELEASES}


@each_release
def test_each_release_has_the_hash_of_its_record(datasets: dict[str, Dataset], release: Release) -> None:
    """No statement of a release has changed."""
    content = canonicalize(datasets[release.version])

    assert sha256(content).hexdigest() == release.digest
    assert content == gzip.decompress(release.archive)


@each_release
def test_each_release_states_its_number(datasets: dict[str, Dataset], release: Release) -> None:
    """Record, file and ontology agree, and the version of the package is no lower."""
    dataset = datasets[release.version]

    assert version_of(dataset) == release.version
    assert dataset.values(VOCABULARY, OWL.versionIRI) == [ONTOLOGIES[release.version]]
    assert sort_key(release.version) <= sort_key(iqgraph.__version__)


def test_each_release_names_the_previous_one(datasets: dict[str, Dataset]) -> None:
    """In its record and in its ontology."""
    before = [None, *(one.version for one in RELEASES)]

    for release, previous in zip(RELEASES, before, strict=False):
        priors = datasets[release.version].values(VOCABULARY, OWL.priorVersion)
        assert release.previous == previous
        assert priors == ([ONTOLOGIES[previous]] if previous else [])
    assert [one.issued for one in RELEASES] == sorted(one.issued for one in RELEASES)


def test_the_current_ontology_names_the_version_before(dataset: Dataset) -> None:
    """That is the newest release other than this version."""
    earlier = [one.version for one in RELEASES if one.version != version_of(dataset)]

    assert version_of(dataset) == iqgraph.__version__
    assert dataset.values(VOCABULARY, OWL.versionIRI) == [ONTOLOGIES[iqgraph.__version__]]
    assert dataset.values(VOCABULARY, OWL.priorVersion) == [ONTOLOGIES[one] for one in earlier[-1:]]


def test_record(two: tuple[Dataset, Dataset], sources: Sources) -> None:
    """Number, day, hash and predecessor, in ascending order."""
    first, second = releases(sources)

    assert [first.version, second.version] == ["1.0.0", "1.1.0"]
    assert [first.issued, second.issued] == [date(2020, 1, 31), date(2020, 3, 1)]
    assert [first.digest, second.digest] == [canonical_hash(one) for one in two]
    assert [first.previous, second.previous] == [None, "1.0.0"]
    assert first.iri == NamedNode(f"{BASE}version/1.0.0")


def test_order_is_that_of_numbers() -> None:
    """Version 1.10 comes after version 1.9."""
    assert sorted(["1.10.0", "1.9.0", "0.20.3"], key=sort_key) == ["0.20.3", "1.9.0", "1.10.0"]


def test_restored_datasets(two: tuple[Dataset, Dataset]) -> None:
    """They have their named graphs and the union."""
    first, second = two

    assert Literal("Ben", language="en") in first.values(ID.ben, SKOS.prefLabel)
    assert Literal('Benny "B."', language="en") in second.values(ID.ben, SKOS.prefLabel)
    assert GRAPH["letter/S01"] in first.graphs()
    assert len(set(first.triples(UNION))) == len(list(first.triples(UNION)))


@pytest.mark.usefixtures("two")
def test_a_changed_file_is_refused(sources: Sources, tmp_path: Path) -> None:
    """A file whose hash is not that of its record is not served."""
    (tmp_path / "data/releases/1.1.0.nq.gz").rename(tmp_path / "data/releases/1.0.0.nq.gz")

    with pytest.raises(DatasetError, match=r"data/releases/1\.0\.0\.nq\.gz: this is not what was released"):
        restore(releases(sources)[0])


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("old", "new"),
    [('dcterms:issued "2020-01-31"^^xsd:date ;', ""), ("2020-01-31", "2020-13-31"), ('"1.0.0"', '"1.x"')],
)
def test_a_record_without_day_or_number_is_refused(sources: Sources, tmp_path: Path, old: str, new: str) -> None:
    """The message names the file."""
    change(tmp_path, "data/releases/releases.ttl", old, new)

    with pytest.raises(DatasetError, match=r"releases\.ttl: a version has no number, no day or no checksum"):
        releases(sources)


def test_a_state_is_called_by_its_number_only_if_it_was_released(
    two: tuple[Dataset, Dataset], sources: Sources
) -> None:
    """Any other state has a part of its hash, so no two states share a name."""
    published = releases(sources)
    digest = canonical_hash(two[0])

    assert version_label("1.0.0", digest, published) == "1.0.0"
    assert version_label("1.1.0", digest, published) == f"1.1.0+{digest[:8]}"
    assert version_label("1.2.0", digest, []) == f"1.2.0+{digest[:8]}"


def test_data_without_a_version_has_no_number(sources: Sources) -> None:
    """None is made up."""
    assert version_of(load(sources=sources)) is None


def test_difference(two: tuple[Dataset, Dataset]) -> None:
    """The changed statements, those derived from them, and the version."""
    removed, added = difference(*map(canonicalize, two))
    additions = {(quad.predicate, quad.object) for quad in parse_lines(added)}
    removals = {(quad.subject, quad.predicate) for quad in parse_lines(removed)}

    assert (SKOS.prefLabel, Literal('Benny "B."', language="en")) in additions
    assert (OWL.versionInfo, Literal("1.1.0")) in additions
    assert {(ID.anna, IQ.leads), (ID.anna, IQ.above), (ID.ben, SKOS.prefLabel)} <= removals
    assert (ID.anna, SKOS.prefLabel) not in removals


def patch(old: bytes, removed: list[bytes], added: list[bytes]) -> bytes:
    """A canonical form after a difference."""
    return b"".join(sorted({*old.splitlines(keepends=True)}.difference(removed).union(added)))


def test_difference_applied_gives_the_new(two: tuple[Dataset, Dataset]) -> None:
    """Forwards and backwards."""
    old, new = map(canonicalize, two)

    assert patch(old, *difference(old, new)) == new
    assert patch(new, *difference(new, old)) == old
    assert old != new


def test_a_statement_that_moves_to_another_graph_is_a_difference(sources: Sources, tmp_path: Path) -> None:
    """A statement is a quad here."""
    old = canonicalize(load(sources=sources))
    change(tmp_path, SAYS, " ; iq:leads id:choir", "")
    change(tmp_path, SAYS, "g:S02 {", "g:S02 { id:anna iq:leads id:choir .")
    removed, added = difference(old, canonicalize(load(sources=sources)))

    assert [quad.graph_name for quad in parse_lines(added) if quad.predicate == IQ.leads] == [GRAPH["letter/S02"]]
    assert [q.graph_name for q in parse_lines(removed) if q.predicate == IQ.leads] == [GRAPH["letter/S01"]]


def test_a_folder_of_releases_may_hold_other_things(sources: Sources, tmp_path: Path) -> None:
    """They are not read as data."""
    before = canonicalize(load(sources=sources))
    put(tmp_path, "data/releases/note.trig", "this is no TriG")

    assert canonicalize(load(sources=sources)) == before
