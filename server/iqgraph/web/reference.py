"""The pages of the ontology and of the shapes; `resources` serves them in RDF."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response
from pyoxigraph import NamedNode

from ..bilingual import Text
from ..dataset import Dataset
from ..formats import RDF_FORMATS
from ..model.facets import fold
from ..model.kinds import first
from ..reference.reference import OTHER, PROPERTIES, TOPICS, TYPES, Group, Reference, topic_of, topics
from ..reference.usage import term_namer
from ..resources import evidence_rules, packaged
from ..terms import OWL, RDFS, SKOS
from ..validation.shapes import Shape, read_shapes
from . import urls, views
from .http.language import localize, say
from .http.parameters import part
from .pictures.columns import Drawing, Item, Relation, draw
from .site import memoize

MAX_MARKS = 3  # of an example
REUSED = "reused"


@dataclass(frozen=True)
class Section:
    """A node shape with its parts, each with whether it is listed elsewhere."""

    shape: Shape
    parts: tuple[tuple[Shape, bool], ...]


@dataclass(frozen=True)
class Rulebook:
    """All shapes: node shapes with targets, node shapes that others use, shared property shapes; and their number."""

    sections: list[Section]
    helpers: list[Section]
    shared: list[Shape]
    count: int


def ontology() -> Response:
    """The ontology by topic and scheme; `?part=` shows one of these with the use of each term."""
    reference = _reference()
    groups = ontology_groups()
    reused = Group(REUSED, Text(en="Terms of other vocabularies", de="Begriffe anderer Vokabulare"), ())
    group = part(groups | {REUSED: reused})
    return views.html(
        "ontology.html",
        reference=reference,
        groups=groups,
        reused=reused,
        part=group,
        picture=_picture(group, reference) if group and group.classes is not None else None,
        types=TYPES,
        formats=RDF_FORMATS,
        term_label=_labels(),
        link=views.link,
        marks=lambda triple: views.evidence().marks(triple)[:MAX_MARKS],
        term_address=_address,
    )


def picture(
    topic: Group, reference: Reference, label: Callable[[NamedNode], str], address: Callable[[NamedNode], str]
) -> Drawing | None:
    """The classes of a topic on the left, by their address, and on the right the ranges of their properties."""
    classes = topic.classes or ()
    superclasses = {node: reference.terms[node].broader for node in classes if node in reference.terms}
    edges = [(node, RDFS.subClassOf, nodes) for node, nodes in superclasses.items()]
    for entry in reference.of(*PROPERTIES):
        domain = [node for node in classes if node in entry.domain] if classes else [OWL.Thing]
        if classes or entry in topic.entries:
            edges += [(node, entry.node, entry.range or (OWL.Thing,)) for node in domain]
    left = {node: Item(address(node), label(node), first((node,)), 0) for node in classes or (OWL.Thing,)}
    right = {node: Item(node.value, label(node), first((node,)), 1) for _, _, nodes in edges for node in nodes}
    relations = [Relation(left[source], right[node], label(name)) for source, name, nodes in edges for node in nodes]
    return draw([*left.values(), *right.values()], relations)


def _picture(topic: Group, reference: Reference) -> Drawing | None:
    reused = urls.page("ontology", part=REUSED)

    def address(node: NamedNode) -> str:
        entry = reference.terms.get(node)
        return f"#{entry.anchor}" if entry else f"{reused}#{views.link(node).title}"

    def label(node: NamedNode) -> str:
        return say(de="irgendein Ding", en="any thing") if node == OWL.Thing else localize(_labels()(node))

    return picture(topic, reference, label, address)


def ontology_groups() -> dict[str, Group]:
    """The parts of the ontology by slug."""
    return memoize("groups", lambda dataset: _groups(dataset, _reference()))


def shapes() -> Response:
    """The shapes and evidence rules."""
    book = rulebook()
    return views.html(
        "shapes.html",
        book=book,
        topics=_by_topic(book.sections),
        rules=memoize("evidence rules", lambda dataset: evidence_rules(dataset.sources or packaged())),
        term_label=_labels(),
        formats=RDF_FORMATS,
    )


def rulebook() -> Rulebook:
    """The shapes, each in exactly one place."""
    return memoize("rulebook", _rulebook)


def _rulebook(dataset: Dataset) -> Rulebook:
    by_node = read_shapes(dataset.sources or packaged())
    # A part has the name of its shape and a suffix, such as Activity-type; a shared one has a name of its own.
    sections = [
        Section(
            shape, tuple((by_node[part], by_node[part].name.partition("-")[0] != shape.name) for part in shape.parts)
        )
        for shape in by_node.values()
        if shape.path is None or shape.targets
    ]
    own_parts = {part.node for section in sections for part, is_shared in section.parts if not is_shared}
    properties = (shape for shape in by_node.values() if shape.path is not None and not shape.targets)
    return Rulebook(
        [section for section in sections if section.shape.targets],
        [section for section in sections if not section.shape.targets],
        [shape for shape in properties if shape.node not in own_parts],
        len(by_node),
    )


def _groups(dataset: Dataset, reference: Reference) -> dict[str, Group]:
    """Topics, datatypes and schemes; a concept of several schemes belongs to the first of them."""
    groups = topics(dataset, reference)
    groups.append(Group("datatypes", Text(en="Datatypes", de="Datentypen"), tuple(reference.of(RDFS.Datatype))))
    for scheme in reference.of(SKOS.ConceptScheme):
        concepts = [concept for concept in reference.members(scheme) if concept.scheme[0] == scheme.node]
        name = Text(en=f"Concepts: {scheme.label.en}", de=f"Begriffe: {scheme.label.de}")
        groups.append(Group(scheme.anchor, name, (scheme, *concepts)))
    return {group.slug: group for group in groups if group.entries}


def _reference() -> Reference:
    return memoize("reference", Reference)


def _labels() -> Callable[[NamedNode], Text]:
    return memoize("names", term_namer)


def _by_topic(sections: list[Section]) -> dict[Text, list[Section]]:
    """The sections by the topic of their first class, sorted by the labels of their classes."""
    groups: dict[str, list[Section]] = {slug: [] for slug in TOPICS}

    def sort_key(section: Section) -> str:
        labels = [localize(_labels()(node)) for node in section.shape.classes()]
        return fold(", ".join(labels) or section.shape.name)

    for section in sorted(sections, key=sort_key):
        classes = section.shape.classes()
        groups[topic_of(_reference(), classes[0]) if classes else OTHER].append(section)
    return {TOPICS[slug]: group for slug, group in groups.items() if group}


def _address(node: NamedNode) -> str:
    """The address of a term: in its part of the ontology if it is ours, else that of its IRI."""
    entry = _reference().terms.get(node)
    group = next((group for group in ontology_groups().values() if entry in group.entries), None) if entry else None
    return f"{urls.page('ontology', part=group.slug)}#{entry.anchor}" if entry and group else urls.local(node.value)
