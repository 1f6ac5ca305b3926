"""Damages to statements of every kind."""

from pyoxigraph import BlankNode, DefaultGraph, NamedNode

from iqgraph.terms import BASE, CONCEPT, DCTERMS, GRAPH, ID, IQ, META, PREFIXES, RDF

from .ground import Damage, Ground, is_thing, misspelt, renewed

FOAF_NAME = NamedNode(f"{PREFIXES['foaf']}name")


def lose_statement(ground: Ground) -> Damage:
    """A statement is lost."""
    return ground.without(ground.pick())


def lose_world_statement(ground: Ground) -> Damage:
    """A statement of a passage is lost."""
    return ground.without(ground.world())


def lose_class(ground: Ground) -> Damage:
    """A graph no longer says what a thing is."""
    return ground.without(ground.world(RDF.type))


def lose_every_class(ground: Ground) -> Damage:
    """No graph says any more what a thing is."""
    return ground.without(*ground.same(ground.pick(RDF.type)))


def misspell_subject(ground: Ground) -> Damage:
    """The name of a thing is misspelt where it is spoken of."""
    quad = ground.pick(where=lambda quad: is_thing(quad.subject))
    return ground.changed([quad], [renewed(quad, subject=misspelt(quad.subject))])


def misspell_object(ground: Ground) -> Damage:
    """The name of a thing is misspelt where a statement leads to it."""
    quad = ground.pick(where=lambda quad: is_thing(quad.object))
    return ground.changed([quad], [renewed(quad, value=misspelt(quad.object))])


def misspell_concept(ground: Ground) -> Damage:
    """The name of a concept is misspelt."""
    quad = ground.pick(where=lambda quad: quad.object in CONCEPT)
    return ground.changed([quad], [renewed(quad, value=misspelt(quad.object))])


def misspell_property(ground: Ground) -> Damage:
    """A property is misspelt."""
    quad = ground.pick()
    return ground.changed([quad], [renewed(quad, predicate=misspelt(quad.predicate))])


def misspell_class(ground: Ground) -> Damage:
    """A class is misspelt."""
    quad = ground.pick(RDF.type)
    return ground.changed([quad], [renewed(quad, value=misspelt(quad.object))])


def misspell_namespace_of_subject(ground: Ground) -> Damage:
    """A thing has a name of somebody else."""
    quad = ground.pick(where=lambda quad: is_thing(quad.subject))
    return ground.changed([quad], [renewed(quad, subject=_elsewhere(quad.subject))])


def misspell_namespace_of_object(ground: Ground) -> Damage:
    """A statement leads to a name of somebody else."""
    quad = ground.pick(where=lambda quad: is_thing(quad.object))
    return ground.changed([quad], [renewed(quad, value=_elsewhere(quad.object))])


def use_unknown_property(ground: Ground) -> Damage:
    """A label has a property that nobody agreed upon."""
    quad = ground.world(where=lambda quad: not isinstance(quad.object, NamedNode))
    return ground.changed([quad], [renewed(quad, predicate=FOAF_NAME)])


def use_other_property(ground: Ground) -> Damage:
    """A statement has the property of another statement of the same passage."""
    quad = ground.world(where=lambda quad: is_thing(quad.object))
    other = ground.pick(where=lambda other: quad.graph == other.graph and quad.predicate != other.predicate)
    return ground.changed([quad], [renewed(quad, predicate=other.predicate)])


def turn_around(ground: Ground) -> Damage:
    """Subject and object change places."""
    quad = ground.world(where=lambda quad: is_thing(quad.object))
    return ground.changed([quad], [renewed(quad, subject=quad.object, value=quad.subject)])


def exchange_objects(ground: Ground) -> Damage:
    """Two statements of one passage change their objects."""
    one = ground.world(where=lambda quad: is_thing(quad.object))
    other = ground.pick(where=lambda quad: quad.graph == one.graph and quad.object not in (one.object, one.subject))
    return ground.changed([one, other], [renewed(one, value=other.object), renewed(other, value=one.object)])


def exchange_classes(ground: Ground) -> Damage:
    """A thing is of the class of another thing."""
    quad = ground.world(RDF.type)
    other = ground.world(RDF.type, lambda other: other.object != quad.object)
    return ground.changed(ground.same(quad), [renewed(one, value=other.object) for one in ground.same(quad)])


def add_class(ground: Ground) -> Damage:
    """A thing is of two classes that do not go together."""
    quad = ground.world(RDF.type)
    other = ground.world(RDF.type, lambda other: other.object != quad.object)
    return ground.with_also(renewed(quad, value=other.object))


def move_to_other_passage(ground: Ground) -> Damage:
    """A statement stands in the graph of another passage."""
    quad = ground.world()
    graph = ground.random.choice([one for one in ground.passage_graphs() if one != quad.graph])
    return ground.changed([quad], [renewed(quad, graph=graph)])


def move_to_names(ground: Ground) -> Damage:
    """A statement about the world stands among the curators' names."""
    quad = ground.world(where=lambda quad: quad.predicate in IQ and isinstance(quad.object, NamedNode))
    return ground.changed([quad], [renewed(quad, graph=GRAPH["names/11-jahre-iq"])])


def move_to_meta(ground: Ground) -> Damage:
    """A statement about the world stands among the descriptions of graphs."""
    quad = ground.world()
    return ground.changed([quad], [renewed(quad, graph=META)])


def move_out_of_all_graphs(ground: Ground) -> Damage:
    """A statement stands in no named graph."""
    quad = ground.pick()
    return ground.changed([quad], [renewed(quad, graph=DefaultGraph())])


def use_blank_node(ground: Ground) -> Damage:
    """A statement leads to a node without a name."""
    quad = ground.pick(where=lambda quad: is_thing(quad.object))
    return ground.changed([quad], [renewed(quad, value=BlankNode("nameless"))])


def use_blank_subject(ground: Ground) -> Damage:
    """A node without a name is spoken of."""
    quad = ground.world()
    return ground.changed([quad], [renewed(quad, subject=BlankNode("nameless"))])


def make_circle(ground: Ground) -> Damage:
    """A whole is part of its part."""
    quad = ground.pick(DCTERMS.isPartOf, lambda quad: is_thing(quad.object))
    return ground.with_also(renewed(quad, subject=quad.object, value=quad.subject))


def speak_of_unknown_thing(ground: Ground) -> Damage:
    """A passage speaks of a thing that nobody describes."""
    quad = ground.world(where=lambda quad: is_thing(quad.object))
    return ground.with_also(renewed(quad, value=ID["something-else"]))


def _elsewhere(node: NamedNode) -> NamedNode:
    return NamedNode(node.value.replace(BASE, "https://w3id.org/iq-hesen/"))
