"""The release: every file from the dataset, equal for equal data."""

import gzip
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import BlankNode, RdfFormat, Store, Triple, parse

from iqgraph.dataset import UNION, Dataset, load, load_plain
from iqgraph.errors import DatasetError
from iqgraph.formats import RDF_FORMATS, Format, of_file, of_kind
from iqgraph.release import SUMS, build, dumps, ordered_graphs, shapes
from iqgraph.resources import Sources
from iqgraph.terms import GRAPH, ONTOLOGY
from tiny import HEAD, put

NAMES = {f"iq-hessen.{extension}" for extension in ("ttl", "nt", "trig", "nq", "jsonld", "rdf")}
RDFLIB = {"ttl": "turtle", "nt": "nt", "trig": "trig", "nq": "nquads", "jsonld": "json-ld", "rdf": "xml"}
PRINT_SUM = "from iqgraph import dataset, release; print(release.build(dataset.load())['SHA256SUMS'].decode())"

by_format = pytest.mark.parametrize("form", RDF_FORMATS, ids=lambda form: form.name)


@pytest.fixture(scope="module")
def files(dataset: Dataset) -> dict[str, bytes]:
    """The release of the bundled dataset."""
    return build(dataset)


def dump(files: dict[str, bytes], form: Format) -> bytes:
    """The dump in a format."""
    return files[f"iq-hessen.{form.extension}"]


def named(store: Store) -> set[str]:
    """The statements of the named graphs."""
    return {str(quad) for quad in store if quad.graph_name != UNION}


def test_files_of_the_release(files: dict[str, bytes]) -> None:
    """The names that others link to."""
    assert files.keys() == NAMES | {f"{name}.gz" for name in NAMES} | {"ontology.ttl", "shapes.ttl", SUMS}


def test_checksums_fit(files: dict[str, bytes]) -> None:
    """Every file but the list itself is in the list, sorted."""
    lines = [line.split("  ") for line in files[SUMS].decode().splitlines()]

    assert [name for _, name in lines] == sorted(files.keys() - {SUMS})
    assert all(sha256(files[name]).hexdigest() == digest for digest, name in lines)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_packed_file_is_the_file(files: dict[str, bytes], name: str) -> None:
    """The same bytes, and no time of packing in the header."""
    packed = files[f"{name}.gz"]

    assert gzip.decompress(packed) == files[name]
    assert packed[4:8] == b"\0\0\0\0"


def test_every_build_is_equal(files: dict[str, bytes]) -> None:
    """Another process with another hash seed writes the same bytes."""
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    run = subprocess.run([sys.executable, "-c", PRINT_SUM], env=environment, capture_output=True, text=True, check=True)

    assert run.stdout.strip() == files[SUMS].decode().strip()


@pytest.mark.parametrize("form", of_kind("graph"), ids=lambda form: form.name)
def test_graph_is_the_union(files: dict[str, bytes], dataset: Dataset, form: Format) -> None:
    """A format without graphs holds each statement of the union once."""
    triples = [quad.triple for quad in parse(dump(files, form), form.rdf)]

    assert len(triples) == len(set(triples))
    assert set(triples) == set(dataset.triples())


@pytest.mark.parametrize("form", of_kind("dataset"), ids=lambda form: form.name)
def test_dataset_is_the_named_graphs(files: dict[str, bytes], dataset: Dataset, form: Format) -> None:
    """A format with graphs holds every statement in its graphs, and nothing outside."""
    store = Store()
    store.extend(parse(dump(files, form), form.rdf))

    assert {str(quad) for quad in store} == named(dataset.store)


@by_format
@pytest.mark.filterwarnings(
    "ignore:(Dataset|ConjunctiveGraph):DeprecationWarning"
)  # rdflib's own parsers use what it deprecates
def test_rdflib_reads_the_same(
    files: dict[str, bytes], dataset: Dataset, form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another library agrees on every file."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    graph = rdflib.Dataset(default_union=True)
    graph.parse(data=dump(files, form), format=RDFLIB[form.extension])
    merged = rdflib.Graph()
    merged += graph.triples((None, None, None))

    read = {quad.triple for quad in parse(merged.serialize(format="nt"), RdfFormat.N_TRIPLES)}
    assert read == set(dataset.triples())


@by_format
def test_no_blank_nodes(files: dict[str, bytes], form: Format) -> None:
    """Everything has an IRI."""
    quads = list(parse(dump(files, form), form.rdf))

    assert not [quad for quad in quads for term in quad if isinstance(term, BlankNode | Triple)]


def test_graphs_are_in_reading_order(files: dict[str, bytes]) -> None:
    """Passages by number, then what belongs to documents, then all else."""
    text = dump(files, of_file("x.trig") or RDF_FORMATS[0]).decode()
    heads = [line.removesuffix(" {") for line in text.splitlines() if line.endswith(" {")]
    passages = [head for head in heads if head.startswith("g:S")]
    others = [head.partition("/graph/")[2].partition("/")[0] for head in heads if head.startswith("<")]

    assert passages == sorted(passages)
    assert heads[: len(passages)] == passages
    assert others == sorted(others, key=["names", "passages", "notes", "official", "links"].index)
    assert heads[-3:] == ["graph:derived", "graph:ontology", "graph:meta"]


def test_other_graphs_follow_the_known_ones(tmp_path: Path) -> None:
    """Graphs of anybody are sorted by name."""
    file = put(tmp_path, "a.nq", "".join(f"<x:a> <x:b> <x:c> <x:{name}> .\n" for name in "ba"))

    assert [graph.value for graph in ordered_graphs(load_plain([file]))] == ["x:a", "x:b"]


def test_context_of_json_ld_is_readable(files: dict[str, bytes]) -> None:
    """Names are short, as in Turtle."""
    text = files["iq-hessen.jsonld"].decode()

    assert '"@id": "id:involas"' in text
    assert '"iq": "https://w3id.org/iq-hessen/ontology#"' in text


def test_ontology_is_a_file(files: dict[str, bytes], dataset: Dataset) -> None:
    """It holds what graph/ontology holds."""
    assert {quad.triple for quad in parse(files["ontology.ttl"], RdfFormat.TURTLE)} == set(dataset.triples(ONTOLOGY))


def test_shapes_are_a_file(sources: Sources, tmp_path: Path) -> None:
    """The bodies of all files below one set of prefixes."""
    put(tmp_path, "shapes/z.ttl", "@prefix x: <http://x/> .\n\nx:a x:b [ x:c 1 ] .\n")
    text = shapes(sources)

    assert text.startswith("@prefix adms:")
    assert text.count("@prefix x:") == 1
    assert len(list(parse(text, RdfFormat.TURTLE))) == 10


def test_bundled_shapes_lose_nothing(files: dict[str, bytes], dataset: Dataset) -> None:
    """The one file has as many statements as its sources."""
    assert dataset.sources is not None
    root = dataset.sources.shapes
    texts = [file.read_text(encoding="utf-8") for file in root.iterdir() if file.name.endswith(".ttl")]
    count = sum(len(list(parse(text, RdfFormat.TURTLE))) for text in texts)

    assert len(list(parse(files["shapes.ttl"], RdfFormat.TURTLE))) == count > 0


def test_prefix_with_two_meanings_is_refused(sources: Sources, tmp_path: Path) -> None:
    """Shapes whose prefixes differ cannot be one file."""
    put(tmp_path, "shapes/z.ttl", "@prefix iq: <http://x/> .\n\niq:a iq:b 1 .\n")

    with pytest.raises(DatasetError, match=r"z\.ttl: the prefix iq:"):
        shapes(sources)


def test_homeless_statements_are_released(sources: Sources, tmp_path: Path) -> None:
    """What is in no named graph stands in the default graph of the dumps."""
    file = put(tmp_path, "mine.ttl", HEAD + "id:dora a iq:Person .")
    text = dumps(load([file], sources))["iq-hessen.nq"].decode()

    assert (
        "id/dora> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/iq-hessen/ontology#Person> .\n"
        in text
    )


@by_format
def test_plain_rdf_is_released(tmp_path: Path, form: Format) -> None:
    """RDF of anybody, with graphs and blank nodes, comes out as it came in."""
    file = put(tmp_path, "a.trig", '@prefix x: <http://x/> . x:g { x:a x:b [ x:c "d"@en ] } x:e x:f 1 .')
    dataset = load_plain([file])
    files = build(dataset)
    quads = list(parse(dump(files, form), form.rdf))

    assert "ontology.ttl" not in files
    assert len(quads) == 3
    assert GRAPH.meta not in {quad.graph_name for quad in quads}


def test_plain_statements_about_statements_are_released(tmp_path: Path) -> None:
    """Every format holds them but JSON-LD, which is left out."""
    file = put(tmp_path, "a.ttl", "<x:a> <x:b> <x:c> {| <x:d> <x:e> |} .")
    files = build(load_plain([file]))

    assert NAMES - files.keys() == {"iq-hessen.jsonld"}
    assert len(list(parse(files["iq-hessen.rdf"], RdfFormat.RDF_XML))) == 3
