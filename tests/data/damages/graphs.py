"""Damages to graphs: what they hold, where they lead, how they are sealed; and to what is computed."""

from pyoxigraph import Literal, NamedNode

from iqgraph.terms import (
    CONCEPT,
    DATASET,
    DCTERMS,
    DERIVED,
    GRAPH,
    ID,
    IQ,
    META,
    ONTOLOGY,
    PROV,
    RDF,
    SKOS,
    SPDX,
    VOID,
    XSD,
    is_derived,
)

from .ground import Damage, Ground, Statement, is_thing, misspelt, renewed


def lose_graph(ground: Ground) -> Damage:
    """All that a passage says is lost."""
    return ground.without(*_held(ground, _graph(ground)))


def rename_graph(ground: Ground) -> Damage:
    """All that a passage says stands in a graph that nobody describes."""
    held = _held(ground, _graph(ground))
    return ground.changed(held, [renewed(quad, graph=GRAPH["11-jahre-iq/S99"]) for quad in held])


def merge_graphs(ground: Ground) -> Damage:
    """All that a passage says stands in the graph of another passage."""
    graph = _graph(ground)
    other = ground.random.choice([one for one in ground.passage_graphs() if one != graph])
    held = _held(ground, graph)
    return ground.changed(held, [renewed(quad, graph=other) for quad in held])


def lose_description_of_graph(ground: Ground) -> Damage:
    """Nobody says what a graph is."""
    graphs = set(ground.passage_graphs())
    return ground.without(ground.pick(RDF.type, lambda quad: quad.subject in graphs))


def lead_to_two_passages(ground: Ground) -> Damage:
    """A graph comes from two passages."""
    return ground.with_also(renewed(_derivation(ground), value=_derivation(ground, other=True).object))


def lead_to_other_passage(ground: Ground) -> Damage:
    """A graph comes from the passage of another graph."""
    quad = _derivation(ground)
    return ground.changed([quad], [renewed(quad, value=_derivation(ground, quad.object, other=True).object)])


def lead_nowhere(ground: Ground) -> Damage:
    """A graph comes from nothing."""
    graphs = set(ground.passage_graphs())
    return ground.without(ground.pick(PROV.wasDerivedFrom, lambda quad: quad.subject in graphs))


def lead_to_unknown_source(ground: Ground) -> Damage:
    """A graph has a source that nobody describes."""
    quad = ground.pick(PROV.hadPrimarySource)
    return ground.changed([quad], [renewed(quad, value=misspelt(quad.object))])


def lose_modality(ground: Ground) -> Damage:
    """A graph or statement does not say how it is supported."""
    return ground.without(_modality(ground))


def change_modality(ground: Ground) -> Damage:
    """A graph or statement is supported in another way than it says."""
    quad = _modality(ground)
    names = ("explicit", "contextual", "editorial", "other-source", "derived")
    others = [CONCEPT[name] for name in names if CONCEPT[name] != quad.object]
    return ground.changed([quad], [renewed(quad, value=ground.random.choice(others))])


def list_statement_that_is_not_there(ground: Ground) -> Damage:
    """A statement listed as contextual is in no graph."""
    listed = {quad.subject for quad in ground.all(IQ.readWith)}
    quad = ground.pick(RDF.object, lambda quad: quad.subject in listed and is_thing(quad.object))
    return ground.changed([quad], [renewed(quad, value=ID.bmbf)])


def read_with_itself(ground: Ground) -> Damage:
    """A statement is to be read with the passage that it stands in."""
    quad = ground.pick(IQ.readWith)
    own = NamedNode(quad.subject.value.partition("#")[0].replace("/graph/", "/passage/"))
    return ground.changed([quad], [renewed(quad, value=own)])


def lose_other_reading(ground: Ground) -> Damage:
    """A statement is read with nothing else."""
    statement = ground.pick(IQ.readWith).subject
    return ground.without(*ground.all(IQ.readWith, lambda quad: quad.subject == statement))


def say_something_in_caption(ground: Ground) -> Damage:
    """A caption makes a statement."""
    return ground.with_also(renewed(ground.world(), graph=GRAPH["11-jahre-iq/S46"]))


def describe_empty_graph(ground: Ground) -> Damage:
    """A graph without statements is described."""
    return ground.with_also(Statement(GRAPH["links/nothing"], RDF.type, IQ.StatementGraph, META))


def change_seal(ground: Ground) -> Damage:
    """A digit of the seal of a graph is wrong."""
    quad = ground.pick(SPDX.checksumValue, lambda quad: quad.subject.value.startswith(GRAPH.iri))
    digits = quad.object.value[1:] + ("0" if quad.object.value[0] != "0" else "1")
    return ground.changed([quad], [renewed(quad, value=Literal(digits, datatype=XSD.hexBinary))])


def lose_seal(ground: Ground) -> Damage:
    """A graph is not sealed."""
    graph = ground.pick(VOID.triples, _is_seal).subject
    parts = (graph.value, f"{graph.value}#checksum")
    seal = {VOID.triples, SPDX.checksum, SPDX.checksumValue, SPDX.algorithm}
    return ground.without(*ground.everywhere(lambda quad: quad.subject.value in parts and quad.predicate in seal))


def change_sealed_number(ground: Ground) -> Damage:
    """A graph has another number of statements than its seal says."""
    quad = ground.pick(VOID.triples, _is_seal)
    return ground.changed([quad], [renewed(quad, value=Literal(int(quad.object.value) + 1))])


def retitle_dataset(ground: Ground) -> Damage:
    """The dataset has another title."""
    quad = ground.pick(DCTERMS.title, lambda quad: quad.subject == DATASET)
    title = Literal(f"{quad.object.value} 2", language=quad.object.language)
    return ground.changed([quad], [renewed(quad, value=title)])


def lose_derived(ground: Ground) -> Damage:
    """A derived statement is lost."""
    return ground.without(ground.random.choice(_held(ground, DERIVED)))


def invent_derived(ground: Ground) -> Damage:
    """A statement is called derived, but no rule yields it."""
    quad = ground.random.choice([one for one in _held(ground, DERIVED) if one.predicate == IQ.fundedBy])
    return ground.with_also(renewed(quad, value=ID.bmbf))


def derive_from_other_graph(ground: Ground) -> Damage:
    """A derived statement leads to a graph that it does not follow from."""
    records = ground.all(PROV.wasDerivedFrom, lambda quad: quad.subject.value.startswith(DERIVED.value))
    quad = ground.random.choice([one for one in records if "#" in one.subject.value])
    return ground.changed([quad], [renewed(quad, value=GRAPH["11-jahre-iq/S09"])])


def lose_term(ground: Ground) -> Damage:
    """A statement of the ontology is lost."""
    return ground.without(ground.random.choice(_held(ground, ONTOLOGY)))


def change_concept(ground: Ground) -> Damage:
    """A concept has another label."""
    quad = ground.random.choice([one for one in _held(ground, ONTOLOGY) if one.predicate == SKOS.prefLabel])
    return ground.changed([quad], [renewed(quad, value=Literal("anders", language=quad.object.language))])


RELEASED_ONLY = {
    change_concept,
    change_seal,
    change_sealed_number,
    derive_from_other_graph,
    invent_derived,
    lose_derived,
    lose_seal,
    lose_term,
    retitle_dataset,
}


def _is_seal(quad: Statement) -> bool:
    """Whether the statement counts a graph; partitions are counted too, which are computed and have no seal."""
    return quad.subject in GRAPH


def _graph(ground: Ground) -> NamedNode:
    return ground.random.choice(ground.passage_graphs())


def _held(ground: Ground, graph: NamedNode) -> list[Statement]:
    return ground.everywhere(lambda quad: quad.graph == graph)


def _derivation(ground: Ground, besides: NamedNode | None = None, *, other: bool = False) -> Statement:
    graphs = set(ground.passage_graphs())
    found = ground.all(PROV.wasDerivedFrom, lambda quad: quad.subject in graphs and quad.object != besides)
    return found[-1] if other and besides is None else ground.random.choice(found[:-1])


def _modality(ground: Ground) -> Statement:
    return ground.pick(IQ.modality, lambda quad: not is_derived(quad.subject))
