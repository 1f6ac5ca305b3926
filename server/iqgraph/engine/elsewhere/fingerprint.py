"""What tells the data of two engines apart: the version it names, its counts, and a hash of each graph.

The three cost more and more, and each sees what the one before does not. The version is one lookup, and changes with
every release. The counts of all graphs and of their union cost a scan, and see half-loaded, foreign and doubled data.
The hashes need all data to be fetched, and see everything else; they are made for up to `HASHED` statements.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from hashlib import sha256

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Literal, NamedNode, Quad, RdfFormat, Triple, serialize
from pyoxigraph import Dataset as Quads

from ...dataset import UNION, Dataset
from ...terms import BASE, DCAT, META, PREFIXES, XSD

HASHED = 100_000
ITSELF = NamedNode(f"{BASE}dataset")
EXACT = {XSD.integer, XSD.decimal}
PUSH = "load the data with iqgraph push"


@dataclass(frozen=True, slots=True)
class Mark:
    """The versions that data names, the number of statements in its default graph, and that in each named graph."""

    version: tuple[str, ...]
    union: int
    graphs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The mark of data and, if it is not too large, how each graph is hashed; the union has the empty name.

    `prefixes` are those of the data, for what is written from it.
    """

    mark: Mark
    hashes: Mapping[str, Callable[[Iterable[Triple]], str]] = field(default_factory=dict)
    contents: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)


def fingerprint(dataset: Dataset) -> Fingerprint:
    """The fingerprint of the data here."""
    versions = dataset.store.quads_for_pattern(ITSELF, DCAT.version, None, META)
    named = [graph for graph in dataset.graphs() if isinstance(graph, NamedNode)]
    mark = Mark(
        tuple(sorted(quad.object.value for quad in versions if isinstance(quad.object, Literal))),
        dataset.statements,
        {graph.value: dataset.size(graph) for graph in named},
    )
    if sum(mark.graphs.values(), mark.union) > HASHED:
        return Fingerprint(mark, prefixes=dataset.prefixes)
    graphs = {"": UNION} | {graph.value: graph for graph in named}
    hashes = {name: _hash_of(dataset.triples(graph)) for name, graph in graphs.items()}
    contents = {name: hashes[name](dataset.triples(graph)) for name, graph in graphs.items()}
    return Fingerprint(mark, hashes, contents, dataset.prefixes)


def difference(here: Mark, there: Mark) -> str:
    """Why an engine with this mark does not hold the data that is served here, and what to do; empty if it does."""
    if there == here:
        return ""
    if not there.union and not there.graphs:
        return f"holds no data; {PUSH}"
    if there.version != here.version:
        return f"holds {_called(there)}, and {_called(here)} is served here; {PUSH}"
    if there.graphs != here.graphs:
        names = sorted(
            name for name in here.graphs.keys() | there.graphs.keys() if here.graphs.get(name) != there.graphs.get(name)
        )
        first = f"{there.graphs.get(names[0], 0)} statements in <{names[0]}> instead of {here.graphs.get(names[0], 0)}"
        more = f", and {len(names) - 1} more graphs differ" if len(names) > 1 else ""
        return f"holds {first}{more}; {PUSH}"
    return _about_union(here, there)


def _about_union(here: Mark, there: Mark) -> str:
    if not there.union:
        return (
            "has an empty default graph, which should be the union of all graphs; "
            "turn on its union default graph or load the union with iqgraph push --default"
        )
    if there.union == sum(here.graphs.values()):
        return (
            "counts statements of its default graph once for each graph that holds them; "
            "load the union as a graph of its own with iqgraph push --default, and turn off its union default graph"
        )
    return f"has {there.union} statements in its default graph, and their union has {here.union}; {PUSH} --default"


def _called(mark: Mark) -> str:
    return f"version {', '.join(mark.version)}" if mark.version else "data that names no version"


def _hash_of(triples: Iterable[Triple]) -> Callable[[Iterable[Triple]], str]:
    """How a graph is hashed: names of blank nodes only cost something where there are some."""
    return canonical if any(map(_has_blank, triples)) else plain


def _has_blank(triple: Triple) -> bool:
    return any(isinstance(term, BlankNode | Triple) for term in (triple.subject, triple.object))


def plain(triples: Iterable[Triple]) -> str:
    """The hash of the sorted lines of a graph."""
    lines = sorted({f"{triple.subject} {triple.predicate} {_read(triple.object)}" for triple in triples})
    return sha256("\n".join(lines).encode()).hexdigest()


def canonical(triples: Iterable[Triple]) -> str:
    """The same of a graph with blank nodes, whatever they are called there."""
    quads = Quads(Quad(one.subject, one.predicate, _read(one.object)) for one in triples)
    quads.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = sorted((serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines())
    return sha256(b"\n".join(lines)).hexdigest()


def _read(term: NamedNode | BlankNode | Literal | Triple) -> NamedNode | BlankNode | Literal | Triple:
    """A term in the one form that engines agree on: tags of languages and numbers may be written in several ways."""
    if not isinstance(term, Literal):
        return term
    if term.language:
        return Literal(term.value, language=term.language.lower())
    if term.datatype == XSD.duration:  # Virtuoso counts the months of a duration, and writes their number
        return Literal("", datatype=XSD.duration)
    if term.datatype == XSD.boolean:
        return Literal({"1": "true", "0": "false"}.get(term.value, term.value), datatype=XSD.boolean)
    return _number(term) if term.datatype in EXACT else term


def _number(term: Literal) -> Literal:
    try:
        return Literal(f"{Decimal(term.value).normalize():f}", datatype=term.datatype)
    except InvalidOperation:
        return term


def without_counts(mark: Mark) -> Mark:
    """What of a mark one lookup tells."""
    return replace(mark, union=0, graphs={})
