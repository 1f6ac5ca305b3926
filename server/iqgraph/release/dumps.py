"""The dumps: the dataset as files, as a whole, by document, by graph and as tables, with a header in each."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode

from ..bilingual import Text
from ..dataset import UNION, Dataset, Node
from ..dataset.profile import BUNDLED
from ..errors import DatasetError
from ..formats import CSV, N_QUADS, RDF_FORMATS, TRIG, TURTLE, Format
from ..resources import Sources, rules
from ..serialisation import limitation, serialise, serialise_graphs
from ..terms import DATASET, DC, DCAT, DCTERMS, GRAPH, ID, META, ONTOLOGY, ORIGINS, OWL, SCHEMA, SKOS, VOCABULARY
from ..validation.seals import digest as canonical_digest
from ..validation.seals import document_or_kind

Group = OneOf["dataset", "document", "passage", "source", "links", "graph", "table", "vocabulary", "check"]

QUADS = f"{BUNDLED.stem}.{N_QUADS.extension}"
CANONICAL = f"{BUNDLED.stem}.rdfc10.sha256"
TABLES = "tables"
# The file name under which CSV on the Web looks for the metadata of a table: https://www.w3.org/TR/tabular-metadata/
TABLE_ENDING = f".{CSV.extension}-metadata.json"
# The beginnings of the names of graphs that belong to no passage, in reading order.
KINDS = ("names/", "passages/", "notes/", "source/", "links/", "derived/", "derived", "ontology", "meta", "void")
GROUPS: dict[str, Group] = {"": "passage", "source/": "source", "links/": "links"}  # of any other kind: graph
# A path that Windows, macOS and Linux allow and no shell has to quote.
SAFE_PATH = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)*", re.ASCII)
AUTHORS = BUNDLED.text(DC.creator).en
ADDRESSES = (DCTERMS.source, SCHEMA.url)
VERSIONS = (DCAT.version, OWL.versionInfo)


@dataclass(frozen=True)
class Artifact:
    """A file of the release: its name, the group in which it is listed, its subject, and a function that makes it.

    If it has variants, it also comes compressed.
    """

    name: str
    group: Group
    make: Callable[[], bytes]
    about: NamedNode | None = None
    has_variants: bool = False


def full_dumps(dataset: Dataset, quads: Callable[[], bytes], fingerprint: Callable[[], str]) -> Iterator[Artifact]:
    """The dataset in every RDF format, with its named graphs if the format has them, else as one graph.

    Formats that cannot express the data of others are left out. `quads` returns the N-Quads, `fingerprint` the hash of
    the canonical form.
    """
    is_ours = dataset.sources is not None

    def dump(format: Format) -> bytes:
        if format is N_QUADS:
            return quads()
        has_graphs = format.content == "dataset"
        content = as_graphs(dataset, format) if has_graphs else serialise(dataset.triples(), format, dataset.prefixes)
        return _with_header(content, format, header(dataset, digest=fingerprint())) if is_ours else content

    for format in RDF_FORMATS:
        if is_ours or not limitation((quad.triple for quad in dataset.store), format):
            name = f"{dataset.profile.stem}.{format.extension}"
            yield Artifact(name, "dataset", partial(dump, format), has_variants=True)


def documents(dataset: Dataset) -> Iterator[Artifact]:
    """Each document with all its graphs, and with the descriptions of these from `graph/meta`."""
    for document in sorted({name for graph in dataset.graphs() if (name := document_of(graph))}):
        name = f"document/{_checked_path(document)}.{TRIG.extension}"
        yield Artifact(name, "document", partial(_document, dataset, document), ID[document], has_variants=True)


def graphs(dataset: Dataset) -> Iterator[Artifact]:
    """Each named graph by itself, at the path of its IRI."""
    for graph in ordered_graphs(dataset):
        if isinstance(graph, NamedNode) and graph in GRAPH:
            name = _checked_path(graph.value.removeprefix(GRAPH.iri))
            group = GROUPS.get(graph_kind(graph), "graph")
            yield Artifact(f"graph/{name}.{TURTLE.extension}", group, partial(_graph, dataset, graph), graph)


def tables(dataset: Dataset, sources: Sources) -> Iterator[Artifact]:
    """Each table, and the metadata of its columns, which refer to the question that it answers."""
    folder = sources.ontology / TABLES
    for rule in rules(folder, f"ontology/{TABLES}"):
        content = (folder / f"{rule.slug}{TABLE_ENDING}").read_bytes()
        question = NamedNode(json.loads(content)["rdfs:seeAlso"]["@id"])
        make = partial(_rows, dataset, rule.query)
        yield Artifact(f"{rule.slug}.{CSV.extension}", "table", make, question)
        yield Artifact(f"{rule.slug}{TABLE_ENDING}", "table", partial(bytes, content), question)


def ordered_graphs(dataset: Dataset) -> list[Node]:
    """The graphs in reading order: those of passages, then others of documents, then all others."""
    return sorted(dataset.graphs(), key=lambda graph: (["", *KINDS].index(graph_kind(graph)), graph.value))


def document_of(graph: Node) -> str:
    """The name of the document that a graph belongs to; empty if it belongs to none."""
    has_document = graph in GRAPH and graph_kind(graph) in ("", *KINDS[:3])
    return document_or_kind(graph) if isinstance(graph, NamedNode) and has_document else ""


def as_graphs(dataset: Dataset, format: Format) -> bytes:
    """The dataset in a format with named graphs; if it has no blank nodes, its N-Quads are the canonical form."""
    named_graphs = [(graph, list(dataset.triples(graph))) for graph in ordered_graphs(dataset)]
    default_graph = set(dataset.triples(UNION)).difference(*(triples for _, triples in named_graphs))
    return serialise_graphs(named_graphs, format, dataset.prefixes, default_graph)


def _document(dataset: Dataset, document: str) -> bytes:
    names = [graph for graph in ordered_graphs(dataset) if document_of(graph) == document]
    iris = {name.value for name in names}
    descriptions = [triple for triple in dataset.triples(META) if str(triple.subject)[1:-1].partition("#")[0] in iris]
    graphs = [*((name, list(dataset.triples(name))) for name in names), (META, descriptions)]
    digest = sha256(serialise_graphs(graphs, N_QUADS)).hexdigest()
    content = serialise_graphs(graphs, TRIG, dataset.prefixes)
    return _with_header(content, TRIG, header(dataset, part=("Document", ID[document]), digest=digest))


def _graph(dataset: Dataset, graph: NamedNode) -> bytes:
    triples = list(dataset.triples(graph))
    work = VOCABULARY if graph == ONTOLOGY else DATASET
    lines = header(dataset, work, ("Graph", graph), digest=canonical_digest(triples))
    return _with_header(serialise(triples, TURTLE, dataset.prefixes), TURTLE, lines)


def _rows(dataset: Dataset, query: str) -> bytes:
    return dataset.rows(query).serialize(format=CSV.results) or b""


def _with_header(content: bytes, format: Format, lines: list[str]) -> bytes:
    return as_comments(lines) + content if format in (TURTLE, TRIG) else content


def graph_kind(graph: Node) -> str:
    """The kind of a graph, one of KINDS; empty for that of a passage, and for graphs that are not ours."""
    name = graph.value.removeprefix(GRAPH.iri)
    return next((kind for kind in KINDS if name == kind or (kind.endswith("/") and name.startswith(kind))), "")


def _checked_path(name: str) -> str:
    """The name of a graph, if it can be the relative path of a file on every system; else a DatasetError."""
    if not SAFE_PATH.fullmatch(name):
        raise DatasetError(
            de=f"{name}: So heißt ein Graph, aber keine Datei; verwenden Sie Buchstaben, Ziffern, -, _ und /.",
            en=f"The name {name} of a graph cannot be the name of a file; use letters, digits, -, _ and /.",
        )
    return name


def header(
    dataset: Dataset,
    work: NamedNode = DATASET,
    part: tuple[str, NamedNode] | None = None,
    *,
    titles: Text | None = None,
    digest: str = "",
) -> list[str]:
    """The metadata of a work as lines: titles, address, version and so on; or of a part of it, given with its kind.

    They are what the dataset states; a part that is no part of the dataset brings its `titles` and is cited by itself.
    `digest` is the hash of the canonical form of the file's content.
    """
    own = [Literal(titles.en, language="en"), Literal(titles.de, language="de")] if titles else []
    all_titles = own or dataset.literals(work, DCTERMS.title)
    cited_node = part[1] if part and titles else work
    version = next((literal.value for literal in dataset.literals(work, *VERSIONS)), "")
    english = next((title.value for title in all_titles if title.language == "en"), "")
    entries = [
        *([(part[0], part[1].value)] if part else []),
        *((f"Title ({title.language})", title.value) for title in all_titles),
        ("Part of" if part else "Address", work.value),
        ("Version", version),
        *(("Source", source) for source in _sources(dataset, part[1] if part else work)),
        *(("Licence", _text(licence)) for licence in dataset.values(work, DCTERMS.license)),
        ("SHA-256 of the canonical form (RDFC-1.0)", digest),
        ("Cite as", f"{AUTHORS}: {english}. Version {version}. {cited_node.value}" if english and version else ""),
    ]
    return [" ".join(f"{name}: {value}".split()) for name, value in entries if value]


def as_comments(lines: Iterable[str]) -> bytes:
    """The lines as comments of Turtle and TriG, followed by an empty line; empty if there are none."""
    text = "".join(f"# {line}\n" for line in lines)
    return f"{text}\n".encode() if text else b""


def _sources(dataset: Dataset, node: NamedNode) -> Iterator[str]:
    """The sources of a node, with their titles and addresses as far as they have any."""
    for source in dataset.nodes(node, *ORIGINS, DCTERMS.source):
        addresses = [_text(value) for name in ADDRESSES for value in dataset.values(source, name)]
        labels = dataset.literals(source, SKOS.prefLabel)
        titles = [f"“{label.value}”" for label in labels if label.language == "de"]
        yield " ".join([*titles[:1], *addresses[:1], source.value])


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
