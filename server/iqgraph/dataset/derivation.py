"""Derivation: the statements that follow by rule, and the graphs that each of them follows from.

What follows from the passages of one document and the ontology alone is in a graph of that document. What needs other
sources or statements of the editors is in one graph for all.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

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
    statement_iri,
)
from .reading import in_graph


@dataclass
class _Provenance:
    """The sets of graphs and the rules that a statement follows from; empty if the rules do not record them."""

    derivations: set[frozenset[NamedNode]] = field(default_factory=set)
    rules: set[NamedNode] = field(default_factory=set)

    @property
    def graphs(self) -> frozenset[NamedNode]:
        """The graphs of the minimal sets: a set that contains another one adds nothing."""
        minimal = (graphs for graphs in self.derivations if not any(other < graphs for other in self.derivations))
        return frozenset().union(*minimal)


_Derived = Mapping[Triple, _Provenance]


def derive(store: Store, rules: Sequence[Rule]) -> None:
    """Run the rules once, in order, and add the derived statements and their provenance to the store.

    The graph of a document has what follows from its passages and the ontology, but not from the ontology alone, and
    only if it also follows from all graphs: a rule may find less where another source is more precise.
    """
    # Since the rules run once and in order, their file names say which may build on which, and they always terminate.
    derived = _run(store, rules)
    from_ontology = _run(_subset(store, [ONTOLOGY]), rules)
    for document, graphs in passage_graphs(store).items():
        graph = derived_graph(document)
        from_document = _run(_subset(store, [*graphs, ONTOLOGY]), rules, derived)
        own = {triple: provenance for triple, provenance in from_document.items() if triple not in from_ontology}
        for triple in own:
            store.remove(in_graph(triple, DERIVED))
        _add(store, graph, own)
        _describe(store, graph, own, document)
    rest = {triple: provenance for triple, provenance in derived.items() if in_graph(triple, DERIVED) in store}
    if not rest:
        store.remove_graph(DERIVED)  # else it would stay as an empty graph
    _describe(store, DERIVED, rest)
    for rule in rules:
        _add(store, META, describe(RULE[rule.slug], (RDF.type, PROV.Plan), (DCTERMS.description, rule.text)))


def is_computed(quad: Quad) -> bool:
    """Whether a quad is computed from others and never written by hand."""
    if quad.graph_name != META:
        return quad.graph_name == PARTITIONS or is_derived(quad.graph_name)
    subject = NamedNode(quad.subject.value.partition("#")[0]) if isinstance(quad.subject, NamedNode) else None
    return is_derived(subject) or subject in RULE


def reification(triple: Triple) -> tuple[tuple[NamedNode, Term], ...]:
    """The properties of a reified statement (RDF Schema 1.1, section 5.3)."""
    components = zip((RDF.subject, RDF.predicate, RDF.object), triple, strict=True)
    return (RDF.type, RDF.Statement), *components


def passage_graphs(store: Store) -> Mapping[NamedNode, list[NamedNode]]:
    """The graphs of the passages of each document."""
    documents: dict[NamedNode, list[NamedNode]] = {}
    for source in store.quads_for_pattern(None, OA.hasSource, None, DefaultGraph()):
        for derivation in store.quads_for_pattern(None, PROV.wasDerivedFrom, source.subject, META):
            document, graph = source.object, derivation.subject
            if isinstance(document, NamedNode) and document in ID and isinstance(graph, NamedNode):
                documents.setdefault(document, []).append(graph)
    return documents


def _run(store: Store, rules: Sequence[Rule], candidates: Container[Triple] | None = None) -> _Derived:
    """Run the rules on a store and add what they derive to it; if there are candidates, only those of them."""
    derived: dict[Triple, _Provenance] = defaultdict(_Provenance)
    for rule in rules:
        origins: dict[Triple, dict[object, set[NamedNode]]] = defaultdict(lambda: defaultdict(set))
        statements = []
        for triple, statement in _construct(store, rule):
            if candidates is not None and statement not in candidates:
                continue
            provenance = derived[statement]
            if statement is triple:
                statements.append(triple)
            elif isinstance(triple.object, NamedNode):
                origins[statement][triple.subject].add(triple.object)  # each solution has its own reifier
                provenance.rules.add(RULE[rule.slug])
        _add(store, DERIVED, statements)
        for statement, solutions in origins.items():
            derived[statement].derivations.update(map(frozenset, solutions.values()))
    return derived


def _subset(store: Store, graphs: Iterable[NamedNode]) -> Store:
    """A store with some graphs of another and their union."""
    subset = Store()
    quads = [quad for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph)]
    subset.extend([*quads, *(in_graph(quad, DefaultGraph()) for quad in quads)])
    return subset


def _construct(store: Store, rule: Rule) -> Iterator[tuple[Triple, Triple]]:
    """The triples that a rule constructs, each with its statement: itself, or the one that it annotates.

    Triples with a blank node of the data are left out, since validation reports the node itself.
    """
    try:
        results = store.query(rule.query)
    except SyntaxError as error:
        raise DatasetError(untranslated(f"{rule.file}: {error.msg}")) from error
    if not isinstance(results, QueryTriples):
        raise DatasetError(
            de=f"{rule.file}: Eine Ableitungsregel muss eine CONSTRUCT-Abfrage sein.",
            en=f"{rule.file}: a derivation rule must be a CONSTRUCT query.",
        )
    triples = list(results)
    reifiers = {triple.subject: triple.object for triple in triples if triple.predicate == RDF.reifies}
    for triple in triples:
        statement = reifiers.get(triple.subject, triple)
        if not isinstance(statement, Triple):
            continue
        blank_nodes = [term for term in (statement.subject, statement.object) if isinstance(term, BlankNode)]
        patterns = [pattern for node in blank_nodes for pattern in ((node, None, None), (None, None, node))]
        if not patterns:
            yield triple, statement
        elif not any(next(store.quads_for_pattern(*pattern), None) for pattern in patterns):
            raise DatasetError(
                de=f"{rule.file}: Die Regel ergibt einen Blank Node: {triple}.",
                en=f"{rule.file}: the rule yields a blank node: {triple}.",
            )


def _add(store: Store, graph: NamedNode, triples: Iterable[Triple]) -> None:
    store.extend(in_graph(triple, name) for triple in triples for name in (graph, DefaultGraph()))


def _describe(store: Store, graph: NamedNode, derived: _Derived, document: NamedNode | None = None) -> None:
    """Describe a graph of derived statements and the provenance of each; an empty graph gets no description."""
    facts = (RDF.type, IQ.StatementGraph), (IQ.modality, CONCEPT.derived), (PROV.hadPrimarySource, document)
    triples = [*describe(graph, *facts)]
    for statement, provenance in derived.items():
        if provenance.graphs:
            origins = (PROV.wasDerivedFrom, tuple(provenance.graphs)), (DCTERMS.conformsTo, tuple(provenance.rules))
            triples += describe(statement_iri(statement, graph), *reification(statement), *origins)
    _add(store, META, triples if derived else ())
