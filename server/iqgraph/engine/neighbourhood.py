"""What the dataset says about one thing, what points to it, what its neighbours are called, and who says so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..dataset import UNION, Dataset, Term
from ..dataset.derivation import statement_iri
from ..dataset.profile import about
from ..terms import DCTERMS, IQ, PROV, RDF, RDFS, SKOS, VOID, VOID_EXT, is_derived

MAX_NAME_CHARS = 300
LABELS = (SKOS.prefLabel, RDFS.label)
# Data of anybody often has nothing but a title, as DCAT has it:
# https://www.w3.org/TR/vocab-dcat-3/#Property:resource_title
NAMING = (*LABELS, DCTERMS.title)
# Statements about statements, cells of lists, counts of uses: they point to a thing without saying anything of it.
BOOKKEEPING = {RDF.subject, RDF.predicate, RDF.object, RDF.first, RDF.rest}
BOOKKEEPING |= {VOID["class"], VOID.property, VOID_EXT.datatype}
SOURCES = (PROV.wasDerivedFrom, PROV.hadPrimarySource, IQ.modality)
MAX_STATEMENTS = 10_000
Subject = NamedNode | BlankNode | Triple
Evidence = Mapping[Triple, tuple[NamedNode, ...]]


class Gathering:
    """Asks the store for statements, and remembers of each the graphs that make it.

    An answer holds at most `MAX_STATEMENTS` statements; if one was cut, the gathering is not `whole`.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.graphs: dict[Triple, set[NamedNode]] = {}
        self.whole = True

    def ask(
        self,
        subject: Subject | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> list[Triple]:
        """The statements of this pattern, each once."""
        found: dict[Triple, set[NamedNode]] = {}
        for quad in self.dataset.store.quads_for_pattern(subject, predicate, value):
            triple = quad.triple
            if triple not in found and len(found) == MAX_STATEMENTS:
                self.whole = False
                break
            graphs = found.setdefault(triple, set())
            if isinstance(quad.graph_name, NamedNode):
                graphs.add(quad.graph_name)
        self.graphs |= found
        return list(found)

    def held_by(self, graph: NamedNode) -> list[Triple]:
        """What a graph says."""
        triples = self.dataset.triples(graph)
        told = list(islice(triples, MAX_STATEMENTS))
        self.whole = self.whole and next(triples, None) is None
        for triple in told:
            if triple not in self.graphs:
                self.ask(triple.subject, triple.predicate, triple.object)
        return told

    def has_room(self, count: int) -> bool:
        """Whether more than so many can be told; if not, the gathering is not whole."""
        self.whole = self.whole and count < MAX_STATEMENTS
        return count < MAX_STATEMENTS

    def evidence(self) -> Evidence:
        """The graphs of each statement, sorted."""
        return {triple: tuple(sorted(graphs, key=str)) for triple, graphs in self.graphs.items()}


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A thing with its parts, and the statements that lead to it; with the graphs that make each of them.

    `notes` say where statements come from: the sources of their graphs, what a derived statement follows from and
    what a contextual one is to be read with. A derived statement has those graphs as its `premises`.
    If there is more to tell than one document can hold, the neighbourhood is not `whole`.
    """

    node: NamedNode
    statements: tuple[Triple, ...]
    incoming: tuple[Triple, ...]
    labels: tuple[Triple, ...]
    notes: tuple[Triple, ...]
    evidence: Evidence
    premises: Evidence
    whole: bool = True

    @property
    def triples(self) -> Iterator[Triple]:
        """All there is to tell in a document about the thing."""
        yield from self.statements
        yield from self.incoming
        yield from self.labels
        yield from self.notes

    def graphs(self) -> list[tuple[NamedNode, list[Triple]]]:
        """The same as named graphs, sorted by name; what no graph says is missing."""
        told: dict[NamedNode, list[Triple]] = {}
        for triple in dict.fromkeys(self.triples):
            for graph in self.evidence.get(triple, ()):
                told.setdefault(graph, []).append(triple)
        return sorted(told.items(), key=lambda one: one[0].value)


def find(dataset: Dataset, iri: str) -> NamedNode | None:
    """The node of an IRI, or None if the dataset says nothing of it."""
    node = _node(iri)
    if node is None:
        return None
    points = next(dataset.store.quads_for_pattern(None, None, node), None)
    return node if points or _is_described(dataset, node) else None


def describes(dataset: Dataset, iri: str) -> bool:
    """Whether the dataset has statements of its own about what the IRI names."""
    node = _node(iri)
    return node is not None and _is_described(dataset, node)


def neighbourhood(dataset: Dataset, node: NamedNode, given: Iterable[Triple] = ()) -> Neighbourhood:
    """The neighbourhood of a node; that of a graph includes what the graph says.

    `given` are statements about the node that the dataset itself does not hold.
    """
    gathering = Gathering(dataset)
    said = [*given, *(triple for part in _parts(gathering, node) for triple in gathering.ask(part))]
    said += gathering.held_by(node)
    statements = tuple(dict.fromkeys(said))
    pointing = (triple for triple in gathering.ask(value=node) if triple.predicate not in BOOKKEEPING)
    incoming = tuple(triple for triple in pointing if triple.subject != node)
    every = [*statements, *incoming]
    notes, premises = _notes(gathering, every)
    told = dict.fromkeys([*every, *notes])
    labels = [triple for triple in _neighbours(gathering, told, node) if triple not in told]
    known = set(every)
    extra = tuple(triple for triple in notes if triple not in known)
    return Neighbourhood(
        node, statements, incoming, tuple(labels), extra, gathering.evidence(), premises, gathering.whole
    )


def name(dataset: Dataset, node: NamedNode, language: str) -> str:
    """What a thing is called in a language, else in another one; empty if nowhere, and the beginning of a long text."""
    for predicate in NAMING:
        quads = dataset.store.quads_for_pattern(node, predicate, None, UNION)
        found = [quad.object for quad in quads if isinstance(quad.object, Literal) and _is_visible(quad.object.value)]
        if found:
            label = min(found, key=lambda one: (_distance(one.language, language), str(one))).value
            return label if len(label) <= MAX_NAME_CHARS else f"{label[: MAX_NAME_CHARS - 1]}…"
    graph = about(dataset.store, node)
    return graph.title.say(language) if graph else ""


def _is_visible(label: str) -> bool:
    """Whether anything of it can be seen: neither spaces nor marks without a width can."""
    return any(sign.isprintable() and not sign.isspace() for sign in label)


def _distance(tag: str | None, language: str) -> int:
    """How far a tag is from a language: its own, one of its variants (RFC 4647, section 3.3.1), another."""
    return 0 if tag == language else 1 if tag and tag.startswith(f"{language}-") else 2


def _node(iri: str) -> NamedNode | None:
    try:
        return NamedNode(iri)
    except ValueError:
        return None


def _is_described(dataset: Dataset, node: NamedNode) -> bool:
    told = next(dataset.store.quads_for_pattern(node, None, None), None)
    return told is not None or dataset.store.contains_named_graph(node)


def _parts(gathering: Gathering, node: NamedNode) -> Iterator[Subject]:
    """The node, and what exists only as a part of it: blank nodes and names behind its hash."""
    seen: set[Subject] = set()
    ahead: list[Subject] = [node]
    pieces = gathering.ask(None, DCTERMS.isPartOf, node)
    ahead += [piece.subject for piece in pieces if _is_part(piece.subject, node)]
    while ahead and gathering.has_room(len(seen)):
        part = ahead.pop(0)
        if part in seen:
            continue
        seen.add(part)
        yield part
        values = [triple.object for triple in gathering.ask(part)]
        ahead += [value for value in values if not isinstance(value, Literal) and _is_part(value, node)]


def _is_part(term: Term, node: NamedNode) -> bool:
    return isinstance(term, BlankNode) or (isinstance(term, NamedNode) and term.value.startswith(f"{node.value}#"))


def _notes(gathering: Gathering, triples: list[Triple]) -> tuple[list[Triple], Evidence]:
    """Where the statements come from, and from which graphs the derived ones follow."""
    notes: list[Triple] = []
    premises: dict[Triple, tuple[NamedNode, ...]] = {}
    graphs: set[NamedNode] = set()
    for triple, statement in _reified(gathering, triples):
        about = gathering.ask(statement)
        notes += about
        found = {one.object for one in about if one.predicate == PROV.wasDerivedFrom}
        if any(statement == statement_iri(triple, graph) for graph in filter(is_derived, gathering.graphs[triple])):
            premises[triple] = tuple(sorted((one for one in found if isinstance(one, NamedNode)), key=str))
            graphs.update(premises[triple])
    for triple in triples:
        graphs.update(gathering.graphs.get(triple, ()))
        if any(map(is_derived, gathering.graphs.get(triple, ()))):
            premises.setdefault(triple, ())
    for graph in sorted(graphs, key=str):
        for predicate in SOURCES:
            notes += gathering.ask(graph, predicate)
    return list(dict.fromkeys(notes)), premises


def _reified(gathering: Gathering, triples: list[Triple]) -> Iterator[tuple[Triple, Subject]]:
    """The statements that are described by a node of their own, each with that node."""
    known = set(triples)
    for subject in dict.fromkeys(triple.subject for triple in triples):
        for statement in [one.subject for one in gathering.ask(None, RDF.subject, subject)]:
            parts = {one.predicate: one.object for one in gathering.ask(statement)}
            predicate, value = parts.get(RDF.predicate), parts.get(RDF.object)
            if isinstance(predicate, NamedNode) and value is not None:
                triple = Triple(subject, predicate, value)
                if triple in known:
                    yield triple, statement


def _neighbours(gathering: Gathering, triples: Iterable[Triple], node: NamedNode) -> Iterator[Triple]:
    named = {term for triple in triples for term in triple if isinstance(term, NamedNode)} - {node}
    for term in sorted(named, key=str):
        yield from next(filter(None, (gathering.ask(term, predicate) for predicate in LABELS)), [])
