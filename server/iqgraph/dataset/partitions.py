"""The partitions of the data by class, property and type of value, from which tools complete queries or draw a schema.

Class partitions, in each its property partitions, in these partitions by the class or datatype of the values:
https://www.w3.org/TR/void/#class-property-partitions and http://ldf.fi/void-ext#. They list the most specific classes
of things and the properties that not only rules state; the numbers count all triples.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import quote

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store, Triple

from ..bilingual import describe
from ..serialisation.turtle import compact
from ..terms import OWL, PARTITIONS, RDF, RDFS, SH, VOID, VOID_EXT, XSD, is_derived

LANGUAGES = (RDF, RDFS, OWL)  # the members of their classes are triples and terms, which the ontology itself describes
Classes = Mapping[object, tuple[NamedNode, ...]]  # the classes of each thing
ClassProperty = tuple[NamedNode, NamedNode]
ValueType = tuple[str, NamedNode]  # a key of VALUE_PARTITIONS with a class or a datatype
VALUE_PARTITIONS = {
    "object": (VOID.classPartition, VOID["class"]),
    "datatype": (VOID_EXT.datatypePartition, VOID_EXT.datatype),
}


def countable(store: Store) -> Iterator[Triple]:
    """The triples of the union that are counted: all but those that only the graph of the partitions contains."""
    own = {quad.triple for quad in store.quads_for_pattern(None, None, None, PARTITIONS)}
    for quad in store.quads_for_pattern(None, None, None, DefaultGraph()):
        if not own or quad.triple not in own or not _is_only_in(store, quad.triple, PARTITIONS):
            yield quad.triple


def partitions(store: Store, data: NamedNode, base: str, prefixes: Mapping[str, str]) -> Iterator[Triple]:
    """The partitions of the data in a store; their IRIs begin with the base."""
    triples = list(countable(store))
    members: dict[NamedNode, set[object]] = defaultdict(set)
    types: dict[object, set[NamedNode]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
            members[triple.object].add(triple.subject)
            types[triple.subject].add(triple.object)
    classes = {thing: tuple(sorted(own, key=str)) for thing, own in types.items()}
    specific = _most_specific(store, members, classes)
    graphs = [graph for graph in store.named_graphs() if is_derived(graph)]
    derived = {quad.triple for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph)}
    derived = {triple for triple in derived if _is_only_in(store, triple, *graphs)}
    counts, value_types = _properties(triples, classes, specific, derived)
    value_types = {pair: types for pair, types in value_types.items() if _is_listed(pair[0])}
    node = naming(base, prefixes)
    for class_ in filter(_is_listed, set().union(*specific.values())):
        partition = node("class", class_)
        yield Triple(data, VOID.classPartition, partition)
        yield from describe(partition, (VOID["class"], class_), (VOID.entities, Literal(len(members[class_]))))
    for (class_, property_), values in value_types.items():
        partition, count = node("class", class_, property_), Literal(counts[class_, property_])
        yield Triple(node("class", class_), VOID.propertyPartition, partition)
        yield from describe(partition, (VOID.property, property_), (VOID.triples, count))
        yield from (Triple(partition, VALUE_PARTITIONS[kind][0], node(kind, type_)) for kind, type_ in values)
    for kind, type_ in set().union(*value_types.values()):
        yield Triple(node(kind, type_), VALUE_PARTITIONS[kind][1], type_)


def declarations(subject: NamedNode, base: str, prefixes: Mapping[str, str]) -> Iterator[Triple]:
    """The prefix declarations of a subject (SHACL, section 5.2.1)."""
    for prefix, namespace in sorted(prefixes.items()):
        node = NamedNode(f"{base}#prefix-{prefix}")
        yield Triple(subject, SH.declare, node)
        iri = Literal(namespace, datatype=XSD.anyURI)
        yield from describe(node, (SH.prefix, Literal(prefix)), (SH.namespace, iri))


def naming(base: str, prefixes: Mapping[str, str]) -> Callable[..., NamedNode]:
    """A function that makes the IRI of a partition from its kind and its terms."""

    @cache
    def name(term: NamedNode) -> str:
        # A fragment has no # in it (https://www.rfc-editor.org/rfc/rfc3986#section-3.5).
        short = compact(term, prefixes)
        return quote(term.value, safe="") if short.startswith("<") else short

    return lambda kind, *terms: NamedNode(f"{base}void#{'-'.join((kind, *map(name, terms)))}")


def _is_listed(class_: NamedNode) -> bool:
    return not any(class_ in language for language in LANGUAGES)


def _most_specific(store: Store, members: Mapping[NamedNode, set[object]], classes: Classes) -> Classes:
    """The classes of each thing without those that are wider than another of its classes."""

    def is_subclass(class_: NamedNode, other: NamedNode) -> bool:
        return bool(store.query(f"ASK {{ {class_} {RDFS.subClassOf}+ {other} }}"))

    @cache
    def is_wider(class_: NamedNode, other: NamedNode) -> bool:
        if members[other] < members[class_]:
            return True
        return is_subclass(other, class_) and not is_subclass(class_, other)

    return {
        thing: tuple(class_ for class_ in own if not any(is_wider(class_, other) for other in own if other != class_))
        for thing, own in classes.items()
    }


def _properties(
    triples: Iterable[Triple], classes: Classes, specific: Classes, derived: Container[Triple]
) -> tuple[Mapping[ClassProperty, int], Mapping[ClassProperty, set[ValueType]]]:
    """How often the members of each class have each property, and the types of its values that are not derived."""
    counts: Counter[ClassProperty] = Counter()
    value_types: dict[ClassProperty, set[ValueType]] = defaultdict(set)
    for triple in triples:
        predicate, value = triple.predicate, triple.object
        if predicate == RDF.type:
            continue
        counts.update((class_, predicate) for class_ in classes.get(triple.subject, ()))
        if triple not in derived:
            if isinstance(value, Literal):
                types = [("datatype", value.datatype)]
            else:
                types = [("object", class_) for class_ in specific.get(value, ())]
            for class_ in specific.get(triple.subject, ()):
                value_types[class_, predicate].update(types)
    return counts, value_types


def _is_only_in(store: Store, triple: Triple, *graphs: object) -> bool:
    quads = store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    return all(quad.graph_name in graphs for quad in quads if not isinstance(quad.graph_name, DefaultGraph))
