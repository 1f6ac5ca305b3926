"""What statements there are of which things, as VoID tells tools that complete queries or draw a schema.

Partitions by class, in each by property, in these the classes and datatypes of the values:
https://www.w3.org/TR/void/#class-property-partitions and http://ldf.fi/void-ext#. Listed are the most specific classes
of things, and properties that something else than a rule states; the counts are of all statements.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import quote

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store, Triple

from ..bilingual import describe
from ..serialisation.turtle import compact
from ..terms import OWL, PARTITIONS, RDF, RDFS, SH, VOID, VOID_EXT, XSD, is_derived

LANGUAGES = (RDF, RDFS, OWL)  # their classes have statements and terms as members, which the ontology itself describes
Things = Mapping[object, tuple[NamedNode, ...]]
Pair = tuple[NamedNode, NamedNode]  # a class and a property
Value = tuple[str, NamedNode]  # one of LINKS, and a datatype or a class


def countable(store: Store) -> Iterator[Triple]:
    """The statements that count, each once: all but those of the graph of these partitions itself."""
    own = {quad.triple for quad in store.quads_for_pattern(None, None, None, PARTITIONS)}
    for quad in store.quads_for_pattern(None, None, None, DefaultGraph()):
        if not own or quad.triple not in own or not _is_only_in(store, quad.triple, PARTITIONS):
            yield quad.triple


def partitions(store: Store, data: NamedNode, base: str, prefixes: Mapping[str, str]) -> Iterator[Triple]:
    """The partitions of the data in a store; their IRIs begin with the base and end with the terms' own names."""
    triples = list(countable(store))
    members: dict[NamedNode, set[object]] = defaultdict(set)
    kinds: dict[object, set[NamedNode]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
            members[triple.object].add(triple.subject)
            kinds[triple.subject].add(triple.object)
    classes = {thing: tuple(sorted(found, key=str)) for thing, found in kinds.items()}
    specific = _most_specific(triples, members, classes)
    graphs = [graph for graph in store.named_graphs() if is_derived(graph)]
    ruled = {quad.triple for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph)}
    derived = {triple for triple in ruled if _is_only_in(store, triple, *graphs)}
    totals, values = _uses(triples, classes, specific, derived)
    values = {pair: found for pair, found in values.items() if _is_listed(pair[0])}
    node = naming(base, prefixes)
    for kind in filter(_is_listed, set().union(*specific.values())):
        part = node("class", kind)
        yield Triple(data, VOID.classPartition, part)
        yield from describe(part, (VOID["class"], kind), (VOID.entities, number(len(members[kind]))))
    for (kind, predicate), found in values.items():
        part = node("class", kind, predicate)
        yield Triple(node("class", kind), VOID.propertyPartition, part)
        yield from describe(part, (VOID.property, predicate), (VOID.triples, number(totals[kind, predicate])))
        yield from (Triple(part, LINKS[what], node(what, term)) for what, term in found)
    for what, term in set().union(*values.values()):
        yield Triple(node(what, term), NAMES[what], term)


def declarations(subject: NamedNode, base: str, prefixes: Mapping[str, str]) -> Iterator[Triple]:
    """Prefixes as SHACL declares them (section 5.2.1), as far as the subject has them."""
    for prefix, namespace in sorted(prefixes.items()):
        node = NamedNode(f"{base}#prefix-{prefix}")
        yield Triple(subject, SH.declare, node)
        iri = Literal(namespace, datatype=XSD.anyURI)
        yield from describe(node, (SH.prefix, Literal(prefix)), (SH.namespace, iri))


def number(count: int) -> Literal:
    """A count as VoID has it."""
    return Literal(str(count), datatype=XSD.integer)


LINKS = {"object": VOID.classPartition, "datatype": VOID_EXT.datatypePartition}
NAMES = {"object": VOID["class"], "datatype": VOID_EXT.datatype}


def naming(base: str, prefixes: Mapping[str, str]) -> Callable[..., NamedNode]:
    """How the parts of a description are named: by what they are, and by the terms that they are about."""

    @cache
    def name(term: NamedNode) -> str:
        # A fragment has no # in it (https://www.rfc-editor.org/rfc/rfc3986#section-3.5).
        short = compact(term, prefixes)
        return quote(term.value, safe="") if short.startswith("<") else short

    return lambda what, *terms: NamedNode(f"{base}void#{'-'.join((what, *map(name, terms)))}")


def _is_listed(kind: NamedNode) -> bool:
    return not any(kind in language for language in LANGUAGES)


def _most_specific(triples: Collection[Triple], members: Mapping[NamedNode, set[object]], classes: Things) -> Things:
    """Of each thing the classes without those that another of its classes makes superfluous."""
    below: dict[object, set[object]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == RDFS.subClassOf:
            below[triple.object].add(triple.subject)

    @cache
    def is_wider(kind: NamedNode, other: NamedNode) -> bool:
        return members[other] < members[kind] or (_leads(below, kind, other) and not _leads(below, other, kind))

    return {
        thing: tuple(kind for kind in kinds if not any(is_wider(kind, other) for other in kinds if other != kind))
        for thing, kinds in classes.items()
    }


def _leads(below: Mapping[object, set[object]], kind: object, other: object) -> bool:
    seen: set[object] = set()
    ahead = [kind]
    while ahead:
        new = below.get(ahead.pop(), set()) - seen
        seen |= new
        ahead += new
    return other in seen


def _uses(
    triples: Iterable[Triple], classes: Things, specific: Things, derived: Container[Triple]
) -> tuple[Mapping[Pair, int], Mapping[Pair, set[Value]]]:
    """How often the things of each class have each property, and what its values are where something states them."""
    totals: Counter[Pair] = Counter()
    values: dict[Pair, set[Value]] = defaultdict(set)
    for triple in triples:
        predicate, value = triple.predicate, triple.object
        if predicate == RDF.type:
            continue
        totals.update((kind, predicate) for kind in classes.get(triple.subject, ()))
        if triple not in derived:
            if isinstance(value, Literal):
                found = [("datatype", value.datatype)]
            else:
                found = [("object", kind) for kind in specific.get(value, ())]
            for kind in specific.get(triple.subject, ()):
                values[kind, predicate].update(found)
    return totals, values


def _is_only_in(store: Store, triple: Triple, *graphs: object) -> bool:
    quads = store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    return all(quad.graph_name in graphs for quad in quads if not isinstance(quad.graph_name, DefaultGraph))
