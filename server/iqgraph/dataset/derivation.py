"""Derivation: what follows by rule, and for each derived statement the graphs it follows from.

What follows from the passages of one document and the ontology alone stands in a graph of that document. All else that
follows, from other sources or from what editors added, stands in one graph.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QueryTriples, Store, Triple

from ..bilingual import describe, untranslated
from ..errors import DatasetError
from ..resources import Rule
from ..terms import (
    CONCEPT,
    DCTERMS,
    DERIVED,
    ID,
    IQ,
    META,
    OA,
    ONTOLOGY,
    PARTITIONS,
    PROV,
    RDF,
    RULE,
    Term,
    derived_graph,
    is_derived,
    part_iri,
)
from .reading import in_graph


@dataclass
class _Record:
    """From which sets of graphs and by which rules a statement follows; nothing if the rules keep no record of it."""

    derivations: set[frozenset[NamedNode]] = field(default_factory=set)
    rules: set[NamedNode] = field(default_factory=set)

    @property
    def graphs(self) -> frozenset[NamedNode]:
        """Those of the smallest sets: where one graph is enough, what it says with the help of others adds nothing."""
        smallest = (one for one in self.derivations if not any(other < one for other in self.derivations))
        return frozenset().union(*smallest)


_Records = Mapping[Triple, _Record]


def derive(store: Store, rules: Sequence[Rule]) -> None:
    """Add to the store what the rules yield, run once and in order, with its evidence.

    A document's part is what the rules yield from its passages, but not from the ontology without them, and only as far
    as they yield it from all graphs: a rule may find less where another source is more precise.
    """
    # Once and in order, so the names of their files say which rule may build on which, and it always ends.
    every = _run(store, rules)
    general = _run(_part(store, [ONTOLOGY]), rules)
    for document, graphs in passage_graphs(store).items():
        derived = derived_graph(document)
        found = _run(_part(store, [*graphs, ONTOLOGY]), rules, every)
        alone = {triple: record for triple, record in found.items() if triple not in general}
        for triple in alone:
            store.remove(in_graph(triple, DERIVED))
        _add(store, derived, alone)
        _describe(store, derived, alone, document)
    rest = {triple: record for triple, record in every.items() if in_graph(triple, DERIVED) in store}
    if not rest:
        store.remove_graph(DERIVED)  # else it would stay as an empty one
    _describe(store, DERIVED, rest)
    for rule in rules:
        _add(store, META, describe(RULE[rule.slug], (RDF.type, PROV.Plan), (DCTERMS.description, rule.text)))


def is_computed(quad: Quad) -> bool:
    """Whether the statement is one that is computed from others, never written by hand."""
    if quad.graph_name != META:
        return quad.graph_name == PARTITIONS or is_derived(quad.graph_name)
    subject = NamedNode(quad.subject.value.partition("#")[0]) if isinstance(quad.subject, NamedNode) else None
    return is_derived(subject) or subject in RULE


def statement_iri(triple: Triple, graph: NamedNode) -> NamedNode:
    """The node that stands for a statement as a graph makes it."""
    return part_iri(graph, statement_digest(triple))


def reification(triple: Triple) -> tuple[tuple[NamedNode, Term], ...]:
    """What is said of a node that stands for a statement."""
    said = zip((RDF.subject, RDF.predicate, RDF.object), triple, strict=True)
    return (RDF.type, RDF.Statement), *said


def statement_digest(triple: Triple) -> str:
    """What tells a statement from others, in few letters."""
    # 48 bits: among 100,000 statements two are alike with a chance of 1 in 56,000.
    return sha256(f"{triple} .".encode()).hexdigest()[:12]


def passage_graphs(store: Store) -> Mapping[NamedNode, list[NamedNode]]:
    """The documents, each with the graphs of its passages."""
    documents: dict[NamedNode, list[NamedNode]] = {}
    for sourced in store.quads_for_pattern(None, OA.hasSource, None, DefaultGraph()):
        for made in store.quads_for_pattern(None, PROV.wasDerivedFrom, sourced.subject, META):
            document = sourced.object
            if isinstance(document, NamedNode) and document in ID and isinstance(made.subject, NamedNode):
                documents.setdefault(document, []).append(made.subject)
    return documents


def _run(store: Store, rules: Sequence[Rule], within: Container[Triple] | None = None) -> _Records:
    """What the rules yield from a store, added to it as derived; of that only what lies within others, if given."""
    records: dict[Triple, _Record] = defaultdict(_Record)
    for rule in rules:
        origins: dict[Triple, dict[object, set[NamedNode]]] = defaultdict(lambda: defaultdict(set))
        found = []
        for triple, statement in _answers(store, rule):
            if within is not None and statement not in within:
                continue
            record = records[statement]
            if statement is triple:
                found.append(triple)
            elif isinstance(triple.object, NamedNode):
                origins[statement][triple.subject].add(triple.object)  # each solution has a reifier of its own
                record.rules.add(RULE[rule.slug])
        _add(store, DERIVED, found)
        for statement, solutions in origins.items():
            records[statement].derivations.update(map(frozenset, solutions.values()))
    return records


def _part(store: Store, graphs: Iterable[NamedNode]) -> Store:
    """Some graphs of a store and their union."""
    part = Store()
    quads = [quad for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph)]
    part.extend([*quads, *(in_graph(quad, DefaultGraph()) for quad in quads)])
    return part


def _answers(store: Store, rule: Rule) -> Iterator[tuple[Triple, Triple]]:
    """What a rule yields, each triple with the statement that it is, or that it is about as its record.

    What follows about a blank node of the data is left out: validation names the data.
    """
    try:
        answers = store.query(rule.query)
    except SyntaxError as error:
        raise DatasetError(untranslated(f"{rule.file}: {error.msg}")) from error
    if not isinstance(answers, QueryTriples):
        raise DatasetError(
            de=f"{rule.file}: Eine Ableitungsregel muss eine CONSTRUCT-Abfrage sein.",
            en=f"{rule.file}: a derivation rule must be a CONSTRUCT query.",
        )
    triples = list(answers)
    reified = {triple.subject: triple.object for triple in triples if triple.predicate == RDF.reifies}
    for triple in triples:
        statement = reified.get(triple.subject, triple)
        if not isinstance(statement, Triple):
            continue
        blank = [term for term in (statement.subject, statement.object) if isinstance(term, BlankNode)]
        if not blank:
            yield triple, statement
        elif not any(_is_spoken_of(store, node) for node in blank):
            raise DatasetError(
                de=f"{rule.file}: Die Regel ergibt einen Blank Node: {triple}.",
                en=f"{rule.file}: the rule yields a blank node: {triple}.",
            )


def _is_spoken_of(store: Store, node: BlankNode) -> bool:
    patterns = ((node, None), (None, node))
    return any(next(store.quads_for_pattern(one, None, other, None), None) for one, other in patterns)


def _add(store: Store, graph: NamedNode, triples: Iterable[Triple]) -> None:
    store.extend(in_graph(triple, name) for triple in triples for name in (graph, DefaultGraph()))


def _describe(store: Store, graph: NamedNode, records: _Records, document: NamedNode | None = None) -> None:
    """Say what a graph of derived statements is, and what each of its statements follows from; nothing of no graph."""
    facts = (RDF.type, IQ.StatementGraph), (IQ.modality, CONCEPT.derived), (PROV.hadPrimarySource, document)
    about = [*describe(graph, *facts)]
    for triple, record in records.items():
        if record.graphs:
            origins = (PROV.wasDerivedFrom, tuple(record.graphs)), (DCTERMS.conformsTo, tuple(record.rules))
            about += describe(statement_iri(triple, graph), *reification(triple), *origins)
    _add(store, META, about if records else ())
