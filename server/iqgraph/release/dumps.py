"""The dumps: the dataset as files, as a whole, by document, by graph and as tables, and what each says of itself."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode, QuerySolutions

from ..bilingual import Text
from ..dataset import UNION, Dataset, Node
from ..dataset.profile import BUNDLED
from ..errors import DatasetError
from ..formats import CSV, N_QUADS, RDF_FORMATS, TRIG, TURTLE, Format
from ..resources import Sources, rules
from ..serialisation import lack, serialise, serialise_graphs
from ..terms import (
    DATASET,
    DC,
    DCAT,
    DCTERMS,
    GRAPH,
    ID,
    META,
    ONTOLOGY,
    ORIGINS,
    OWL,
    SCHEMA,
    SKOS,
    VOCABULARY,
)
from ..validation.seals import digest

Group = OneOf["dataset", "document", "passage", "source", "links", "graph", "table", "vocabulary", "check"]

QUADS = f"{BUNDLED.stem}.{N_QUADS.extension}"
CANONICAL = f"{BUNDLED.stem}.rdfc10.sha256"
TABLES = "tables"
# Where CSV on the Web looks for the description of a table: https://www.w3.org/TR/tabular-metadata/
TABLE_ENDING = f".{CSV.extension}-metadata.json"
# How the names of graphs begin that no passage has, in reading order.
KINDS = ("names/", "passages/", "notes/", "source/", "links/", "derived/", "derived", "ontology", "meta", "void")
# What Windows, macOS and Linux all allow, and what no shell has to quote.
SAFE = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)*", re.ASCII)
AUTHORS = BUNDLED.text(DC.creator).en
ADDRESSES = (DCTERMS.source, SCHEMA.url)
VERSIONS = (DCAT.version, OWL.versionInfo)


@dataclass(frozen=True)
class File:
    """A file to be made: its name, the group in which it is listed, what it holds, and how it is made."""

    name: str
    group: Group
    make: Callable[[], bytes]
    about: NamedNode | None = None
    packed: bool = False


def full_dumps(dataset: Dataset, quads: Callable[[], bytes], fingerprint: Callable[[], str]) -> Iterator[File]:
    """The dataset in every RDF format: with its named graphs where the format has them, else as one graph.

    RDF of anybody may hold what JSON-LD or RDF/XML cannot say: then there is none of that format.
    `quads` gives the N-Quads, `fingerprint` the hash of the canonical form.
    """
    ours = dataset.sources is not None

    def dump(form: Format) -> bytes:
        if form is N_QUADS:
            return quads()
        has_graphs = form.kind == "dataset"
        content = as_graphs(dataset, form) if has_graphs else serialise(dataset.triples(), form, dataset.prefixes)
        return _headed(content, form, header(dataset, digest=fingerprint())) if ours else content

    for form in RDF_FORMATS:
        if ours or not lack((quad.triple for quad in dataset.store), form):
            yield File(f"{dataset.profile.stem}.{form.extension}", "dataset", partial(dump, form), packed=True)


def documents(dataset: Dataset) -> Iterator[File]:
    """Each document with all of its graphs and what `graph/meta` says of these."""
    for document in sorted({name for graph in dataset.graphs() if (name := document_of(graph))}):
        make = partial(_document, dataset, document)
        yield File(f"document/{_safe(document)}.{TRIG.extension}", "document", make, ID[document], packed=True)


def graphs(dataset: Dataset) -> Iterator[File]:
    """Each named graph by itself, at the path that its IRI has."""
    for graph in ordered_graphs(dataset):
        if isinstance(graph, NamedNode) and graph in GRAPH:
            name = _safe(graph.value.removeprefix(GRAPH.iri))
            yield File(f"graph/{name}.{TURTLE.extension}", _group(graph), partial(_graph, dataset, graph), graph)


def tables(dataset: Dataset, sources: Sources) -> Iterator[File]:
    """Each table with the description of its columns, which names the question that it answers."""
    folder = sources.ontology / TABLES
    for rule in rules(folder, f"ontology/{TABLES}"):
        content = (folder / f"{rule.slug}{TABLE_ENDING}").read_bytes()
        described: dict[str, Any] = json.loads(content)
        columns = [column["name"] for column in described["tableSchema"]["columns"]]
        question = NamedNode(described["rdfs:seeAlso"]["@id"])
        make = partial(_rows, dataset, rule.query, rule.file, columns)
        yield File(f"{rule.slug}.{CSV.extension}", "table", make, question)
        yield File(f"{rule.slug}{TABLE_ENDING}", "table", partial(bytes, content), question)


def ordered_graphs(dataset: Dataset) -> list[Node]:
    """The graphs in reading order: what passages say, then what belongs to documents, then all else."""
    return sorted(dataset.graphs(), key=lambda graph: (["", *KINDS].index(_kind(graph)), graph.value))


def document_of(graph: Node) -> str:
    """The name of the document that a graph belongs to; empty if it belongs to none."""
    first, _, rest = graph.value.removeprefix(GRAPH.iri).partition("/")
    kind = _kind(graph)
    return "" if graph not in GRAPH else rest if kind in KINDS[:3] else "" if kind else first


def as_graphs(dataset: Dataset, form: Format) -> bytes:
    """The dataset in a format that has named graphs; without blank nodes its N-Quads are the canonical form."""
    named = [(graph, list(dataset.triples(graph))) for graph in ordered_graphs(dataset)]
    ungraphed = set(dataset.triples(UNION)).difference(*(triples for _, triples in named))
    return serialise_graphs(named, form, dataset.prefixes, ungraphed)


def _document(dataset: Dataset, document: str) -> bytes:
    own = [graph for graph in ordered_graphs(dataset) if document_of(graph) == document]
    iris = {graph.value for graph in own}
    about = [one for one in dataset.triples(META) if str(one.subject)[1:-1].partition("#")[0] in iris]
    held = [*((graph, list(dataset.triples(graph))) for graph in own), (META, about)]
    told = sha256(serialise_graphs(held, N_QUADS)).hexdigest()
    content = serialise_graphs(held, TRIG, dataset.prefixes)
    return _headed(content, TRIG, header(dataset, part=("Document", ID[document]), digest=told))


def _graph(dataset: Dataset, graph: NamedNode) -> bytes:
    triples = list(dataset.triples(graph))
    work = VOCABULARY if graph == ONTOLOGY else DATASET
    head = header(dataset, work, ("Graph", graph), digest=digest(triples))
    return _headed(serialise(triples, TURTLE, dataset.prefixes), TURTLE, head)


def _rows(dataset: Dataset, query: str, file: str, columns: list[str]) -> bytes:
    """The rows with their codes; the columns are those that are described."""
    answers = dataset.store.query(query)
    if not isinstance(answers, QuerySolutions) or [one.value for one in answers.variables] != columns:
        raise DatasetError(
            de=f"{file}: Die Beschreibung der Tabelle hat andere Spalten: {', '.join(columns)}.",
            en=f"{file}: the description of the table has other columns: {', '.join(columns)}.",
        )
    return answers.serialize(format=CSV.results) or b""


def _headed(content: bytes, form: Format, head: list[str]) -> bytes:
    return in_turtle(head) + content if form in (TURTLE, TRIG) else content


def _kind(graph: Node) -> str:
    """The one of the kinds that a graph is of; empty for that of a passage, and for those of others."""
    name = graph.value.removeprefix(GRAPH.iri)
    return next((kind for kind in KINDS if name == kind or (kind.endswith("/") and name.startswith(kind))), "")


def _group(graph: NamedNode) -> Group:
    groups: dict[str, Group] = {"": "passage", "source/": "source", "links/": "links"}
    return groups.get(_kind(graph), "graph")


def _safe(name: str) -> str:
    """The name, if it can be the path of a file below a folder on every system."""
    if not SAFE.fullmatch(name):
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
    """Titles, address, version, sources, licence, hash and citation of a work, or of a part of it with its name.

    Only what the dataset itself says stands there; a part of which it says nothing is called and cited by its `titles`.
    `digest` is the hash of the canonical form of what the file holds.
    """
    own = [Literal(titles.en, language="en"), Literal(titles.de, language="de")] if titles else []
    named = own or dataset.literals(work, DCTERMS.title)
    cited = part[1] if part and titles else work
    version = next((one.value for one in dataset.literals(work, *VERSIONS)), "")
    english = next((title.value for title in named if title.language == "en"), "")
    entries = [
        *([(part[0], part[1].value)] if part else []),
        *((f"Title ({title.language})", title.value) for title in named),
        ("Part of" if part else "Address", work.value),
        ("Version", version),
        *(("Source", source) for source in _sources(dataset, part[1] if part else work)),
        *(("Licence", _text(licence)) for licence in dataset.values(work, DCTERMS.license)),
        ("SHA-256 of the canonical form (RDFC-1.0)", digest),
        ("Cite as", f"{AUTHORS}: {english}. Version {version}. {cited.value}" if english and version else ""),
    ]
    return [" ".join(f"{name}: {value}".split()) for name, value in entries if value]


def in_turtle(entries: Iterable[str]) -> bytes:
    """The lines as comments of Turtle and TriG, with an empty line after them; nothing if there are none."""
    text = "".join(f"# {line}\n" for line in entries)
    return f"{text}\n".encode() if text else b""


def _sources(dataset: Dataset, node: NamedNode) -> Iterator[str]:
    """What the node leads to as its sources; a document by its name and its address as well."""
    for source in dataset.nodes(node, *ORIGINS, DCTERMS.source):
        addresses = [_text(value) for name in ADDRESSES for value in dataset.values(source, name)]
        titles = [f"“{one.value}”" for one in dataset.literals(source, SKOS.prefLabel) if one.language == "de"]
        yield " ".join([*titles[:1], *addresses[:1], source.value])


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
