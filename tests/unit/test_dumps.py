"""The dumps: the dataset in every format, as a whole, by document and by graph; nothing lost, nothing added."""

import re
from hashlib import sha256
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from iqgraph import __version__
from iqgraph.dataset import UNION, Dataset, load, load_plain
from iqgraph.dataset.dataset import canonical_hash
from iqgraph.errors import DatasetError
from iqgraph.formats import JSON_LD, RDF_FORMATS, RDF_XML, Format, of_file
from iqgraph.release.dumps import CANONICAL, document_of, ordered_graphs
from iqgraph.release.release import Files, build
from iqgraph.resources import Sources
from iqgraph.terms import BASE, DCTERMS, GRAPH, META, ONTOLOGY, OWL, RDF
from iqgraph.validation.seals import digest
from tiny import HEAD, put

RULEBOOK = NamedNode(f"{BASE}shapes")
RDFLIB = {"ttl": "turtle", "nt": "nt", "trig": "trig", "nq": "nquads", "jsonld": "json-ld", "rdf": "xml"}
by_format = pytest.mark.parametrize("format", RDF_FORMATS, ids=lambda format: format.name)


def dump(files: Files, format: Format) -> bytes:
    """The dump in a format, of the project or of the file `a`."""
    return next(files[name] for stem in ("iq-hessen", "a") if (name := f"{stem}.{format.extension}") in files)


@pytest.fixture(scope="module")
def statements(dataset: Dataset) -> dict[str, set[Quad]]:
    """The statements of the dataset by kind of format: in graphs, or as one graph."""
    return {
        "dataset": {quad for quad in dataset.store if quad.graph_name != UNION},
        "graph": {Quad(*triple) for triple in dataset.triples()},
    }


@by_format
def test_dump_is_the_dataset(files: Files, statements: dict[str, set[Quad]], format: Format) -> None:
    """Formats with graphs have each statement in its graphs, others each statement once; no blank nodes."""
    quads = list(parse(dump(files, format), format.rdf))
    expected = statements[format.content]

    assert len(quads) == len(expected)
    assert set(quads) == expected
    assert not [quad for quad in quads for term in quad if isinstance(term, BlankNode | Triple)]


@pytest.mark.parametrize("data", ["letter", pytest.param("dataset", marks=pytest.mark.sample(0))])
@by_format
@pytest.mark.filterwarnings(
    "ignore:(Dataset|ConjunctiveGraph):DeprecationWarning"
)  # rdflib's own parsers use what it deprecates
def test_rdflib_reads_the_same(
    request: pytest.FixtureRequest, format: Format, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another library parses every file to the same statements."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    dataset: Dataset = request.getfixturevalue(data)
    graph = rdflib.Dataset(default_union=True)
    graph.parse(data=dump(build(dataset), format), format=RDFLIB[format.extension])
    graph_of_all = rdflib.Graph()
    graph_of_all += graph.triples((None, None, None))

    read = {quad.triple for quad in parse(graph_of_all.serialize(format="nt"), RdfFormat.N_TRIPLES)}
    assert read == set(dataset.triples())


def test_graphs_are_in_reading_order(files: Files) -> None:
    """Passages by number, then the other graphs of documents, then all others."""
    text = dump(files, of_file("x.trig") or RDF_FORMATS[0]).decode()
    heads = [line.removesuffix(" {") for line in text.splitlines() if line.endswith(" {")]
    passages = [head for head in heads if re.search(r"[:/]S\d+>?$", head)]
    others = [head.partition("/graph/")[2].partition("/")[0] for head in heads[len(passages) :] if head.startswith("<")]

    for prefix in {head.rpartition("S")[0] for head in passages}:
        own = [head for head in passages if head.startswith(prefix)]
        assert own == sorted(own)
    assert heads[: len(passages)] == passages
    assert others == sorted(others, key=["names", "passages", "notes", "source", "links", "derived"].index)
    assert heads[-4:] == ["graph:derived", "graph:ontology", "graph:meta", "graph:void"]


def test_graphs_of_other_data_are_sorted_by_name(tmp_path: Path) -> None:
    """Such as those of a file of a user."""
    file = put(tmp_path, "a.nq", "".join(f"<x:a> <x:b> <x:c> <x:{name}> .\n" for name in "ba"))

    assert [graph.value for graph in ordered_graphs(load_plain([file]))] == ["x:a", "x:b"]


def test_ontology_has_a_file(files: Files, dataset: Dataset) -> None:
    """It contains graph/ontology, and declarations of foreign terms."""
    graph = set(dataset.triples(ONTOLOGY))
    file = {quad.triple for quad in parse(files["ontology.ttl"], RdfFormat.TURTLE)}

    assert graph <= file
    assert {triple.predicate for triple in file - graph} == {RDF.type}
    assert not [triple for triple in file - graph if triple.subject.value.startswith(BASE)]


def test_shapes_have_one_file(sources: Sources, tmp_path: Path) -> None:
    """It merges all files below one set of prefixes; a prefix of one file only is expanded."""
    before = build(load(sources=sources))["shapes.ttl"]
    put(tmp_path, "shapes/z.ttl", "@prefix x: <http://x/> .\n\nx:a x:b [ x:c 1 ] .\n")
    text = build(load(sources=sources))["shapes.ttl"]

    assert b"\n<http://x/a> <http://x/b> [ <http://x/c> 1 ] .\n" in text
    assert len(list(parse(text, RdfFormat.TURTLE))) == len(list(parse(before, RdfFormat.TURTLE))) + 2


def test_bundled_shapes_lose_nothing(files: Files, dataset: Dataset) -> None:
    """The file has the statements of its sources, and those about itself."""
    assert dataset.sources is not None
    root = dataset.sources.shapes
    texts = [file.read_text(encoding="utf-8") for file in root.iterdir() if file.name.endswith(".ttl")]
    count = sum(len(list(parse(text, RdfFormat.TURTLE))) for text in texts)
    subjects = [quad.subject for quad in parse(files["shapes.ttl"], RdfFormat.TURTLE)]

    assert len([one for one in subjects if one != RULEBOOK]) == count > 0


def test_shapes_have_metadata(files: Files) -> None:
    """As statements, since a store drops comments: title, licence, version, and the whole."""
    about = [quad for quad in parse(files["shapes.ttl"], RdfFormat.TURTLE) if quad.subject == RULEBOOK]
    metadata = {(quad.predicate, quad.object) for quad in about}

    assert {
        (RDF.type, OWL.Ontology),
        (DCTERMS.title, Literal("Wissensgraph IQ Hessen: Prüfregeln", language="de")),
        (DCTERMS.title, Literal("IQ Hessen Knowledge Graph: shapes", language="en")),
        (DCTERMS.license, NamedNode("https://creativecommons.org/licenses/by/4.0/")),
        (DCTERMS.isPartOf, NamedNode(f"{BASE}ontology")),
        (OWL.versionInfo, Literal(__version__)),
    } < metadata
    assert files["shapes.ttl"].count(b"@prefix dcterms:") == 1


def test_statements_in_no_named_graph_are_released(sources: Sources, tmp_path: Path) -> None:
    """They are in the default graph of the dumps."""
    file = put(tmp_path, "mine.ttl", HEAD + "id:dora a iq:Person .")
    text = build(load([file], sources))["iq-hessen.nq"].decode()

    assert (
        "id/dora> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/iq-hessen/ontology#Person> .\n"
        in text
    )


@by_format
def test_plain_rdf_is_released(tmp_path: Path, format: Format) -> None:
    """Any RDF, with graphs and blank nodes, is written as it was read."""
    file = put(tmp_path, "a.trig", '@prefix x: <http://x/> . x:g { x:a x:b [ x:c "d"@en ] } x:e x:f 1 .')
    dataset = load_plain([file])
    files = build(dataset)
    quads = list(parse(dump(files, format), format.rdf))

    assert "ontology.ttl" not in files
    assert len(quads) == 3
    assert GRAPH.meta not in {quad.graph_name for quad in quads}


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("<x:a> <x:b> <x:c> {| <x:d> <x:e> |} .", {"a.jsonld"}),
        ("<x:a> <x:1> <x:c> .", {"a.rdf"}),
        ('<x:a> <x:b> "a\\u0001b" .', {"a.rdf"}),
        ('<x:a> <x:b> "c"@ar--rtl .', set()),
    ],
)
def test_a_format_that_cannot_express_the_data_is_left_out(tmp_path: Path, content: str, missing: set[str]) -> None:
    """All other formats are complete."""
    dataset = load_plain([put(tmp_path, "a.ttl", content)])
    files = build(dataset)

    assert {f"a.{format.extension}" for format in RDF_FORMATS} - files.keys() == missing
    for format in (JSON_LD, RDF_XML):
        if f"a.{format.extension}" not in missing:
            assert {quad.triple for quad in parse(dump(files, format), format.rdf)} == set(dataset.triples())


@pytest.fixture(scope="module")
def fingerprint(dataset: Dataset) -> str:
    """The canonical hash of the dataset."""
    return canonical_hash(dataset)


def test_canonical_hash_has_a_file(files: Files, fingerprint: str) -> None:
    """It is the checksum of the N-Quads file, which is the canonical form."""
    assert files[CANONICAL].decode() == f"{fingerprint}  iq-hessen.nq\n"
    assert sha256(files["iq-hessen.nq"]).hexdigest() == fingerprint


@pytest.mark.parametrize("name", ["iq-hessen.ttl", "iq-hessen.trig"])
def test_dump_begins_with_metadata(files: Files, fingerprint: str, name: str) -> None:
    """Titles, version, source, licence, hash and citation precede the first statement."""
    head = files[name].decode()[:1200]

    for line in (
        "Title (de): Wissensgraph IQ Hessen",
        "Title (en): IQ Hessen Knowledge Graph",
        f"Address: {BASE}dataset",
        f"Version: {__version__}",
        "https://www.involas.com/news/details/11-jahre-iq-bei-involas-775.html",
        "Licence: https://creativecommons.org/publicdomain/zero/1.0/",
        fingerprint,
        f"IQ Hessen Knowledge Graph. Version {__version__}. {BASE}dataset",
    ):
        assert line in head


@pytest.mark.parametrize("name", ["iq-hessen.nt", "iq-hessen.nq"])
def test_formats_of_lines_have_no_comments(files: Files, name: str) -> None:
    """A comment would change the hash of the canonical form."""
    lines = files[name].splitlines()

    assert lines
    assert not [line for line in lines if not line.endswith(b" .") or line.startswith(b"#")]


@pytest.mark.parametrize("name", ["ontology.ttl", "graph/ontology.ttl", "shapes.ttl"])
def test_vocabularies_have_their_own_head(files: Files, name: str) -> None:
    """The ontology and the shapes are under CC BY; the shapes have not the title of the ontology."""
    head = files[name].decode().partition("@prefix")[0]

    assert "# Licence: https://creativecommons.org/licenses/by/4.0/" in head
    assert f"# Version: {__version__}" in head
    assert ("# Title (en): IQ Hessen Knowledge Graph: shapes\n" in head) == (name == "shapes.ttl")
    assert ("Graph: shapes. Version " in head) == (name == "shapes.ttl")


def test_each_graph_has_a_file(files: Files, dataset: Dataset) -> None:
    """Its header has the hash of the graph."""
    for graph in dataset.graphs():
        content = files[f"graph/{graph.value.removeprefix(GRAPH.iri)}.ttl"]
        assert {quad.triple for quad in parse(content, RdfFormat.TURTLE)} == set(dataset.triples(graph))
        assert f"# Graph: {graph.value}\n" in content.decode()
        assert digest(dataset.triples(graph)) in content.decode().partition("@prefix")[0]


def test_document_has_a_file(files: Files, dataset: Dataset) -> None:
    """It contains all graphs of the document, and the part of graph/meta about them."""
    quads = set(parse(files["document/11-jahre-iq.trig"], RdfFormat.TRIG))
    own = {graph for graph in dataset.graphs() if document_of(graph) == "11-jahre-iq"}
    about = {quad for quad in quads if quad.graph_name == META}

    assert len(own) == 49
    assert {quad for quad in quads if quad.graph_name != META} == {q for q in dataset.store if q.graph_name in own}
    assert about == {
        quad
        for quad in dataset.store
        if quad.graph_name == META and any(str(quad.subject)[1:-1].partition("#")[0] == graph.value for graph in own)
    }
    assert len({quad.subject for quad in about} & own) == len(own)


def test_hash_of_a_document_is_that_of_its_statements(files: Files) -> None:
    """Sorted N-Quads without blank nodes are the canonical form."""
    content = files["document/11-jahre-iq.trig"]
    lines = (serialize(set(parse(content, RdfFormat.TRIG)), format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)

    assert sha256(b"".join(sorted(lines))).hexdigest() in content.decode().partition("@prefix")[0]


@pytest.mark.parametrize(
    ("graph", "document"),
    [
        ("letter/S01", "letter"),
        ("names/letter", "letter"),
        ("passages/letter", "letter"),
        ("notes/letter", "letter"),
        ("source/law", ""),
        ("links/ror", ""),
        ("derived", ""),
        ("derived/letter", ""),
        ("ontology", ""),
        ("meta", ""),
    ],
)
def test_document_of_a_graph(graph: str, document: str) -> None:
    """The name of a graph contains that of its document."""
    assert document_of(GRAPH[graph]) == document
    assert document_of(NamedNode(f"http://example.org/{graph}")) == ""


@pytest.mark.parametrize("name", ["letter/../../x", "letter//x", "letter/x:y", "letter/ä", "/x", ".x", "letter/"])
def test_graph_names_that_are_no_file_names_are_refused(sources: Sources, tmp_path: Path, name: str) -> None:
    """No name in the data leads out of the output folder."""
    put(tmp_path, "data/letter/02.nq", f"<{BASE}id/a> <{BASE}ontology#leads> <{BASE}id/b> <{GRAPH.iri}{name}> .\n")
    dataset = load(sources=sources)
    assert any(graph.value.startswith(GRAPH.iri) and name[:3] in graph.value for graph in dataset.graphs())

    with pytest.raises(DatasetError, match="cannot be the name of a file"):
        build(dataset)
