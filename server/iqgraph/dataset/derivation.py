"""Derivation: what follows by rule, and for each derived statement the graphs it follows from."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QueryTriples, Store, Triple

from ..bilingual import untranslated
from ..errors import DatasetError
from ..resources import Rule
from ..terms import CONCEPT, DCTERMS, DERIVED, IQ, META, PROV, RDF, RULE, part_iri


@dataclass
class _Record:
    """From which graphs and by which rules a statement follows."""

    graphs: set[NamedNode] = field(default_factory=set)
    rules: set[NamedNode] = field(default_factory=set)


def derive(store: Store, rules: Sequence[Rule]) -> None:
    """Run the rules once, in order, and add what they yield with its evidence to the store."""
    records: dict[Triple, _Record] = defaultdict(_Record)
    for rule in rules:
        triples = _answers(store, rule)
        reified = {t.subject: t.object for t in triples if t.predicate == RDF.reifies}
        for triple in triples:
            statement = reified.get(triple.subject)
            if statement is None:
                _add(store, triple, DERIVED)
            elif isinstance(statement, Triple) and isinstance(triple.object, NamedNode):
                records[statement].graphs.add(triple.object)
                records[statement].rules.add(RULE[rule.slug])
    for triple in _meta(records, rules):
        _add(store, triple, META)


def is_computed(quad: Quad) -> bool:
    """Whether the statement is one that is computed from others, never written by hand."""
    if quad.graph_name != META:
        return quad.graph_name == DERIVED
    return quad.subject == DERIVED or str(quad.subject).startswith((f"<{DERIVED.value}#", f"<{RULE.iri}"))


def statement_iri(triple: Triple, graph: NamedNode = DERIVED) -> NamedNode:
    """The node that stands for a statement as a graph makes it, a derived one if none is named."""
    return part_iri(graph, sha256(f"{triple} .".encode()).hexdigest()[:12])


def _answers(store: Store, rule: Rule) -> list[Triple]:
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
    reifiers = {triple.subject for triple in triples if triple.predicate == RDF.reifies}
    for triple in triples:
        blank = {term for term in (triple.subject, triple.object) if isinstance(term, BlankNode)}
        if blank - reifiers:
            raise DatasetError(
                de=f"{rule.file}: Die Regel ergibt einen Blank Node: {triple}.",
                en=f"{rule.file}: the rule yields a blank node: {triple}.",
            )
    return triples


def _add(store: Store, triple: Triple, graph: NamedNode) -> None:
    store.add(Quad(triple.subject, triple.predicate, triple.object, graph))
    store.add(Quad(triple.subject, triple.predicate, triple.object, DefaultGraph()))


def _meta(records: dict[Triple, _Record], rules: Sequence[Rule]) -> Iterator[Triple]:
    yield Triple(DERIVED, RDF.type, IQ.StatementGraph)
    yield Triple(DERIVED, IQ.modality, CONCEPT.derived)
    for triple, record in records.items():
        node = statement_iri(triple)
        yield Triple(node, RDF.type, RDF.Statement)
        yield Triple(node, RDF.subject, triple.subject)
        yield Triple(node, RDF.predicate, triple.predicate)
        yield Triple(node, RDF.object, triple.object)
        for graph in record.graphs:
            yield Triple(node, PROV.wasDerivedFrom, graph)
            yield Triple(DERIVED, PROV.wasDerivedFrom, graph)
        for iri in record.rules:
            yield Triple(node, DCTERMS.conformsTo, iri)
    for rule in rules:
        yield Triple(RULE[rule.slug], RDF.type, PROV.Plan)
        yield Triple(RULE[rule.slug], DCTERMS.description, Literal(rule.de, language="de"))
        yield Triple(RULE[rule.slug], DCTERMS.description, Literal(rule.en, language="en"))
