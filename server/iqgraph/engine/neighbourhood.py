"""The neighbourhood of a thing: the statements about it and to it, labels of all things in these, and their sources."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..dataset import UNION, Dataset, Term
from ..dataset.profile import description_of
from ..terms import DCTERMS, IQ, LABELS, PROV, RDF, VOID, VOID_EXT, is_derived, statement_iri

MAX_NAME_CHARS = 300
# Other people's data often has nothing but a title, as DCAT has it:
# https://www.w3.org/TR/vocab-dcat-3/#Property:resource_title
NAMING = (*LABELS, DCTERMS.title)
# Reified statements, cells of lists, counts of uses: they refer to a thing without saying anything about it.
BOOKKEEPING = {RDF.subject, RDF.predicate, RDF.object, RDF.first, RDF.rest}
BOOKKEEPING |= {VOID["class"], VOID.property, VOID_EXT.datatype}
SOURCES = (PROV.wasDerivedFrom, PROV.hadPrimarySource, IQ.modality)
MAX_STATEMENTS = 20_000
Subject = NamedNode | BlankNode | Triple
GraphsByTriple = Mapping[Triple, tuple[NamedNode, ...]]


class StatementCollector:
    """Finds statements in a dataset, and collects the graphs that contain each of them.

    Each method returns at most `MAX_STATEMENTS`; once it has left some out, the collection is not complete.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.graphs: dict[Triple, set[NamedNode]] = {}
        self.is_complete = True

    def find(
        self,
        subject: Subject | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> list[Triple]:
        """The statements that match a pattern, each once."""
        graphs: dict[Triple, set[NamedNode]] = {}
        for quad in self.dataset.store.quads_for_pattern(subject, predicate, value):
            triple = quad.triple
            if triple not in graphs and len(graphs) == MAX_STATEMENTS:
                self.is_complete = False
                break
            names = graphs.setdefault(triple, set())
            if isinstance(quad.graph_name, NamedNode):
                names.add(quad.graph_name)
        self.graphs |= graphs
        return list(graphs)

    def find_in_graph(self, graph: NamedNode) -> list[Triple]:
        """The statements in a graph."""
        triples = self.dataset.triples(graph)
        statements = list(islice(triples, MAX_STATEMENTS))
        self.is_complete = self.is_complete and next(triples, None) is None
        for triple in statements:
            if triple not in self.graphs:
                self.find(triple.subject, triple.predicate, triple.object)
        return statements

    def evidence(self) -> GraphsByTriple:
        """The graphs of each statement, sorted."""
        return {triple: tuple(sorted(graphs, key=str)) for triple, graphs in self.graphs.items()}


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The statements about a node and its parts, those that refer to it, and the graphs of each.

    `notes` are the sources of their graphs, what a derived statement follows from, and what a contextual one is to be
    read with. A derived statement has the graphs that it follows from as its `premises`. If there are more statements
    than one document may have, the neighbourhood is not `whole`.
    """

    node: NamedNode
    statements: tuple[Triple, ...]
    incoming: tuple[Triple, ...]
    labels: tuple[Triple, ...]
    notes: tuple[Triple, ...]
    evidence: GraphsByTriple
    premises: GraphsByTriple
    whole: bool = True

    @property
    def triples(self) -> Iterator[Triple]:
        """All statements of a document about the node."""
        yield from self.statements
        yield from self.incoming
        yield from self.labels
        yield from self.notes

    def graphs(self) -> list[tuple[NamedNode, list[Triple]]]:
        """The same as named graphs, sorted by name, without statements that are in no named graph."""
        graphs: dict[NamedNode, list[Triple]] = {}
        for triple in dict.fromkeys(self.triples):
            for graph in self.evidence.get(triple, ()):
                graphs.setdefault(graph, []).append(triple)
        return sorted(graphs.items(), key=lambda item: item[0].value)


def find(dataset: Dataset, iri: str) -> NamedNode | None:
    """The node of an IRI, or None if the dataset has no statement about it or to it."""
    node = _node(iri)
    if node is None:
        return None
    is_object = next(dataset.store.quads_for_pattern(None, None, node), None)
    return node if is_object or _is_described(dataset, node) else None


def describes(dataset: Dataset, iri: str) -> bool:
    """Whether the dataset has statements about what an IRI names."""
    node = _node(iri)
    return node is not None and _is_described(dataset, node)


def neighbourhood(dataset: Dataset, node: NamedNode, more: Iterable[Triple] = ()) -> Neighbourhood:
    """The neighbourhood of a node, with `more` statements about it; that of a graph includes what is in the graph."""
    collector = StatementCollector(dataset)
    found = [triple for part in _parts(collector, node) for triple in collector.find(part)]
    statements = tuple(dict.fromkeys([*more, *found, *collector.find_in_graph(node)]))
    incoming = tuple(
        triple
        for triple in collector.find(value=node)
        if triple.predicate not in BOOKKEEPING and triple.subject != node
    )
    known = dict.fromkeys([*statements, *incoming])
    notes, premises = _notes(collector, [*known])
    notes = [note for note in notes if note not in known]
    known |= dict.fromkeys(notes)
    labels = tuple(label for label in _labels(collector, known, node) if label not in known)
    evidence, is_complete = collector.evidence(), collector.is_complete
    return Neighbourhood(node, statements, incoming, labels, tuple(notes), evidence, premises, is_complete)


def name(dataset: Dataset, node: NamedNode, language: str) -> str:
    """The name of a thing in a language, else in another one, cut if it is long; empty if it has none."""
    for predicate in NAMING:
        quads = dataset.store.quads_for_pattern(node, predicate, None, UNION)
        literals = [quad.object for quad in quads if isinstance(quad.object, Literal)]
        labels = [text for text in literals if any(char.isprintable() and not char.isspace() for char in text.value)]
        if labels:
            label = min(labels, key=lambda label: (_distance(label.language, language), str(label))).value
            return label if len(label) <= MAX_NAME_CHARS else f"{label[: MAX_NAME_CHARS - 1]}…"
    graph = description_of(dataset.store, node)
    return graph.title.say(language) if graph else ""


def _distance(tag: str | None, language: str) -> int:
    """How far a tag is from a language: the language itself, one of its variants (RFC 4647, section 3.3.1), another."""
    return 0 if tag == language else 1 if tag and tag.startswith(f"{language}-") else 2


def _node(iri: str) -> NamedNode | None:
    try:
        return NamedNode(iri)
    except ValueError:
        return None


def _is_described(dataset: Dataset, node: NamedNode) -> bool:
    statement = next(dataset.store.quads_for_pattern(node, None, None), None)
    return statement is not None or dataset.store.contains_named_graph(node)


def _parts(collector: StatementCollector, node: NamedNode) -> Iterator[Subject]:
    """The node, and what exists only as a part of it: blank nodes, and IRIs that extend its own by a fragment."""
    visited: set[Subject] = set()
    queue: list[Subject] = [node]
    members = collector.find(None, DCTERMS.isPartOf, node)
    queue += [member.subject for member in members if _is_part(member.subject, node)]
    while queue:
        if len(visited) == MAX_STATEMENTS:
            collector.is_complete = False
            return
        part = queue.pop(0)
        if part in visited:
            continue
        visited.add(part)
        yield part
        values = [triple.object for triple in collector.find(part)]
        queue += [value for value in values if not isinstance(value, Literal) and _is_part(value, node)]


def _is_part(term: Term, node: NamedNode) -> bool:
    return isinstance(term, BlankNode) or (isinstance(term, NamedNode) and term.value.startswith(f"{node.value}#"))


def _notes(collector: StatementCollector, triples: list[Triple]) -> tuple[list[Triple], GraphsByTriple]:
    """The notes on some statements, and the premises of the derived ones."""
    notes: list[Triple] = []
    premises: dict[Triple, tuple[NamedNode, ...]] = {}
    graphs: set[NamedNode] = set()
    for triple, statement in _reified_statements(collector, triples):
        description = collector.find(statement)
        notes += description
        derived_graphs = filter(is_derived, collector.graphs[triple])
        if any(statement == statement_iri(triple, graph) for graph in derived_graphs):
            origins = {note.object for note in description if note.predicate == PROV.wasDerivedFrom}
            premises[triple] = tuple(sorted((node for node in origins if isinstance(node, NamedNode)), key=str))
            graphs.update(premises[triple])
    for triple in triples:
        graphs.update(collector.graphs.get(triple, ()))
        if any(map(is_derived, collector.graphs.get(triple, ()))):
            premises.setdefault(triple, ())
    for graph in sorted(graphs, key=str):
        for predicate in SOURCES:
            notes += collector.find(graph, predicate)
    return list(dict.fromkeys(notes)), premises


def _reified_statements(collector: StatementCollector, triples: list[Triple]) -> Iterator[tuple[Triple, Subject]]:
    """Those of the statements that are reified (rdf:Statement), each with the node that describes it."""
    known = set(triples)
    for subject in dict.fromkeys(triple.subject for triple in triples):
        for statement in [reification.subject for reification in collector.find(None, RDF.subject, subject)]:
            values = {triple.predicate: triple.object for triple in collector.find(statement)}
            predicate, value = values.get(RDF.predicate), values.get(RDF.object)
            if isinstance(predicate, NamedNode) and value is not None:
                triple = Triple(subject, predicate, value)
                if triple in known:
                    yield triple, statement


def _labels(collector: StatementCollector, triples: Iterable[Triple], node: NamedNode) -> Iterator[Triple]:
    """The labels of all things but the node in some statements."""
    things = {term for triple in triples for term in triple if isinstance(term, NamedNode)} - {node}
    for thing in sorted(things, key=str):
        yield from next(filter(None, (collector.find(thing, predicate) for predicate in LABELS)), [])
