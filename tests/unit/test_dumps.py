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
from iqgraph.terms import BASE, DCTERMS, DERIVED, GRAPH, META, ONTOLOGY, OWL, RDF
from iqgraph.validation.seals import digest
from tiny import HEAD, put

RULEBOOK = NamedNode(f"{BASE}shapes")
RDFLIB = {"ttl": "turtle", "nt": "nt", "trig": "trig", "nq": "nquads", "jsonld": "json-ld", "rdf": "xml"}
by_format = pytest.mark.parametrize("form", RDF_FORMATS, ids=lambda form: form.name)


def dump(files: Files, form: Format) -> bytes:
    """The dump in a format; somebody's file is called as it was."""
    return next(files[name] for stem in ("iq-hessen", "a") if (name := f"{stem}.{form.extension}") in files)


@pytest.fixture(scope="module")
def statements(dataset: Dataset) -> dict[str, set[Quad]]:
    """What the dataset says, by kind of format: in its graphs, or as one graph."""
    return {
        "dataset": {quad for quad in dataset.store if quad.graph_name != UNION},
        "graph": {Quad(*triple) for triple in dataset.triples()},
    }


@by_format
def test_dump_is_the_dataset(files: Files, statements: dict[str, set[Quad]], form: Format) -> None:
    """A format with graphs holds every statement in its graphs, one without each statement of the union once.

    Everything has an IRI.
    """
    quads = list(parse(dump(files, form), form.rdf))
    wanted = statements[form.kind]

    assert len(quads) == len(wanted)
    assert set(quads) == wanted
    assert not [quad for quad in quads for term in quad if isinstance(term, BlankNode | Triple)]


@pytest.mark.parametrize("data", ["letter", pytest.param("dataset", marks=pytest.mark.sample(0))])
@by_format
@pytest.mark.filterwarnings(
    "ignore:(Dataset|ConjunctiveGraph):DeprecationWarning"
)  # rdflib's own parsers use what it deprecates
def test_rdflib_reads_the_same(
    request: pytest.FixtureRequest, form: Format, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another library agrees on every file."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    dataset: Dataset = request.getfixturevalue(data)
    graph = rdflib.Dataset(default_union=True)
    graph.parse(data=dump(build(dataset), form), format=RDFLIB[form.extension])
    merged = rdflib.Graph()
    merged += graph.triples((None, None, None))

    read = {quad.triple for quad in parse(merged.serialize(format="nt"), RdfFormat.N_TRIPLES)}
    assert read == set(dataset.triples())


def test_graphs_are_in_reading_order(files: Files) -> None:
    """Passages by number, then what belongs to documents, then all else."""
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


def test_other_graphs_follow_the_known_ones(tmp_path: Path) -> None:
    """Graphs of anybody are sorted by name."""
    file = put(tmp_path, "a.nq", "".join(f"<x:a> <x:b> <x:c> <x:{name}> .\n" for name in "ba"))

    assert [graph.value for graph in ordered_graphs(load_plain([file]))] == ["x:a", "x:b"]


def test_ontology_is_a_file(files: Files, dataset: Dataset) -> None:
    """It holds what graph/ontology holds, and beside that only declarations of the terms of others."""
    stated = set(dataset.triples(ONTOLOGY))
    held = {quad.triple for quad in parse(files["ontology.ttl"], RdfFormat.TURTLE)}

    assert stated <= held
    assert {triple.predicate for triple in held - stated} == {RDF.type}
    assert not [triple for triple in held - stated if triple.subject.value.startswith(BASE)]


def test_shapes_are_a_file(sources: Sources, tmp_path: Path) -> None:
    """What all files say, below one set of prefixes; a prefix of one file is written out."""
    before = build(load(sources=sources))["shapes.ttl"]
    put(tmp_path, "shapes/z.ttl", "@prefix x: <http://x/> .\n\nx:a x:b [ x:c 1 ] .\n")
    text = build(load(sources=sources))["shapes.ttl"]

    assert b"\n<http://x/a> <http://x/b> [ <http://x/c> 1 ] .\n" in text
    assert len(list(parse(text, RdfFormat.TURTLE))) == len(list(parse(before, RdfFormat.TURTLE))) + 2


def test_bundled_shapes_lose_nothing(files: Files, dataset: Dataset) -> None:
    """The one file has as many statements as its sources, and those about itself."""
    assert dataset.sources is not None
    root = dataset.sources.shapes
    texts = [file.read_text(encoding="utf-8") for file in root.iterdir() if file.name.endswith(".ttl")]
    count = sum(len(list(parse(text, RdfFormat.TURTLE))) for text in texts)
    found = [quad.subject for quad in parse(files["shapes.ttl"], RdfFormat.TURTLE)]

    assert len([subject for subject in found if subject != RULEBOOK]) == count > 0


def test_shapes_say_what_they_are(files: Files) -> None:
    """In statements, since comments are lost when the file is loaded: the name, the licence, the version, the whole."""
    about = [quad for quad in parse(files["shapes.ttl"], RdfFormat.TURTLE) if quad.subject == RULEBOOK]
    said = {(quad.predicate, quad.object) for quad in about}

    assert {
        (RDF.type, OWL.Ontology),
        (DCTERMS.title, Literal("Wissensgraph IQ Hessen: Prüfregeln", language="de")),
        (DCTERMS.title, Literal("IQ Hessen Knowledge Graph: shapes", language="en")),
        (DCTERMS.license, NamedNode("https://creativecommons.org/licenses/by/4.0/")),
        (DCTERMS.isPartOf, NamedNode(f"{BASE}ontology")),
        (OWL.versionInfo, Literal(__version__)),
    } < said
    assert files["shapes.ttl"].count(b"@prefix dcterms:") == 1


def test_shapes_are_called_by_their_own_name(files: Files) -> None:
    """The comments do not give them the title of the ontology, which is the whole."""
    head = files["shapes.ttl"].decode().partition("@prefix")[0]

    assert "# Title (en): IQ Hessen Knowledge Graph: shapes\n" in head
    assert f"IQ Hessen Knowledge Graph: shapes. Version {__version__}. https://w3id.org/iq-hessen/shapes\n" in head


def test_homeless_statements_are_released(sources: Sources, tmp_path: Path) -> None:
    """What is in no named graph stands in the default graph of the dumps."""
    file = put(tmp_path, "mine.ttl", HEAD + "id:dora a iq:Person .")
    text = build(load([file], sources))["iq-hessen.nq"].decode()

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


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("<x:a> <x:b> <x:c> {| <x:d> <x:e> |} .", {"a.jsonld"}),
        ("<x:a> <x:1> <x:c> .", {"a.rdf"}),
        ('<x:a> <x:b> "a\\u0001b" .', {"a.rdf"}),
        ('<x:a> <x:b> "c"@ar--rtl .', set()),
    ],
)
def test_a_format_that_cannot_say_it_is_left_out(tmp_path: Path, content: str, missing: set[str]) -> None:
    """All others hold it."""
    dataset = load_plain([put(tmp_path, "a.ttl", content)])
    files = build(dataset)

    assert {f"a.{form.extension}" for form in RDF_FORMATS} - files.keys() == missing
    for form in (JSON_LD, RDF_XML):
        if f"a.{form.extension}" not in missing:
            assert {quad.triple for quad in parse(dump(files, form), form.rdf)} == set(dataset.triples())


@pytest.fixture(scope="module")
def fingerprint(dataset: Dataset) -> str:
    """The canonical hash of the dataset."""
    return canonical_hash(dataset)


def test_canonical_hash_is_a_file(files: Files, fingerprint: str) -> None:
    """It is the checksum of the N-Quads, which are the canonical form."""
    assert files[CANONICAL].decode() == f"{fingerprint}  iq-hessen.nq\n"
    assert sha256(files["iq-hessen.nq"]).hexdigest() == fingerprint


@pytest.mark.parametrize("name", ["iq-hessen.ttl", "iq-hessen.trig"])
def test_dump_says_what_it_is(files: Files, fingerprint: str, name: str) -> None:
    """Before the first statement: titles, version, source, licence, hash, citation."""
    head = files[name].decode()[:1200]

    for told in (
        "Title (de): Wissensgraph IQ Hessen",
        "Title (en): IQ Hessen Knowledge Graph",
        f"Address: {BASE}dataset",
        f"Version: {__version__}",
        "https://www.involas.com/news/details/11-jahre-iq-bei-involas-775.html",
        "Licence: https://creativecommons.org/publicdomain/zero/1.0/",
        fingerprint,
        f"IQ Hessen Knowledge Graph. Version {__version__}. {BASE}dataset",
    ):
        assert told in head


@pytest.mark.parametrize("name", ["iq-hessen.nt", "iq-hessen.nq"])
def test_lines_are_statements_alone(files: Files, name: str) -> None:
    """A comment would change the hash of the canonical form."""
    lines = files[name].splitlines()

    assert lines
    assert not [line for line in lines if not line.endswith(b" .") or line.startswith(b"#")]


def test_vocabularies_have_a_licence_of_their_own(files: Files) -> None:
    """The ontology and the shapes are CC BY."""
    for name in ("ontology.ttl", "graph/ontology.ttl", "shapes.ttl"):
        head = files[name].decode().partition("@prefix")[0]
        assert "# Licence: https://creativecommons.org/licenses/by/4.0/" in head
        assert f"# Version: {__version__}" in head


def test_each_graph_is_a_file(files: Files, dataset: Dataset) -> None:
    """It holds what the graph holds, and begins with the hash of just that."""
    for graph in dataset.graphs():
        content = files[f"graph/{graph.value.removeprefix(GRAPH.iri)}.ttl"]
        assert {quad.triple for quad in parse(content, RdfFormat.TURTLE)} == set(dataset.triples(graph))
        assert f"# Graph: {graph.value}\n" in content.decode()
        assert digest(dataset.triples(graph)) in content.decode().partition("@prefix")[0]


def test_file_of_a_passage_names_the_passage(files: Files) -> None:
    """Who finds the file alone finds the way back."""
    head = files["graph/11-jahre-iq/S24.ttl"].decode().partition("@prefix")[0]

    assert f"{BASE}passage/11-jahre-iq/S24" in head


def test_document_is_a_file(files: Files, dataset: Dataset) -> None:
    """All of its graphs, and of the description of graphs the part that is about them."""
    held = set(parse(files["document/11-jahre-iq.trig"], RdfFormat.TRIG))
    own = {graph for graph in dataset.graphs() if document_of(graph) == "11-jahre-iq"}
    about = {quad for quad in held if quad.graph_name == META}

    assert len(own) == 49
    assert {quad for quad in held if quad.graph_name != META} == {q for q in dataset.store if q.graph_name in own}
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
    """Its name says to which document a graph belongs."""
    assert document_of(GRAPH[graph]) == document
    assert document_of(NamedNode(f"http://example.org/{graph}")) == ""


def test_every_document_is_a_file(sources: Sources) -> None:
    """No name of a document stands in the code."""
    files = build(load(sources=sources))

    assert {"document/letter.trig", "graph/letter/S01.ttl", "graph/derived/letter.ttl"} <= files.keys()
    assert DERIVED.value not in files["document/letter.trig"].decode()


@pytest.mark.parametrize("name", ["letter/../../x", "letter//x", "letter/x:y", "letter/ä", "/x", ".x", "letter/"])
def test_names_that_are_no_file_names_are_refused(sources: Sources, tmp_path: Path, name: str) -> None:
    """A name in the data never leads out of the folder that is written."""
    put(tmp_path, "data/letter/02.nq", f"<{BASE}id/a> <{BASE}ontology#leads> <{BASE}id/b> <{GRAPH.iri}{name}> .\n")
    dataset = load(sources=sources)
    assert any(graph.value.startswith(GRAPH.iri) and name[:3] in graph.value for graph in dataset.graphs())

    with pytest.raises(DatasetError, match="cannot be the name of a file"):
        build(dataset)
