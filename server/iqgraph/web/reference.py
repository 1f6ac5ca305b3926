"""The pages of the ontology and of the shapes, for people; their RDF forms are with the other resources."""

from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import combining, normalize

from flask import Response
from pyoxigraph import NamedNode

from ..bilingual import Text
from ..dataset import Dataset
from ..formats import RDF_FORMATS
from ..model.kinds import first
from ..reference.reference import KINDS, OTHER, PROPERTIES, TOPICS, Entry, Reference, Topic, topic_of
from ..reference.reference import topics as group
from ..reference.usage import term_namer
from ..resources import evidence_rules, packaged
from ..terms import OWL, RDFS, SKOS
from ..validation.shapes import Shape, read_shapes
from . import urls, views
from .http.language import localize, say
from .http.parameters import part
from .pictures.columns import Drawing, Item, Relation, draw
from .site import memoized

MAX_MARKS = 3  # of an example
LISTS = {
    "names": Text(en="All terms in alphabetical order", de="Alle Begriffe in alphabetischer Reihenfolge"),
    "reused": Text(en="Terms of other vocabularies", de="Begriffe anderer Vokabulare"),
}


@dataclass(frozen=True)
class Group:
    """A part of the ontology: the classes and properties of a topic, the datatypes, or the concepts of a scheme."""

    slug: str
    name: Text
    entries: tuple[Entry, ...]
    topic: Topic | None = None


Groups = dict[str, Group]


@dataclass(frozen=True)
class Section:
    """A node shape with its parts, each with whether it has its place elsewhere."""

    shape: Shape
    parts: tuple[tuple[Shape, bool], ...]


@dataclass(frozen=True)
class Rulebook:
    """The sections of things, those that others use, the parts of several, and how many shapes there are."""

    sections: list[Section]
    helpers: list[Section]
    shared: list[Shape]
    count: int


def ontology() -> Response:
    """The terms by topic and scheme with their definitions; `?part=` shows one of these, each term with its use."""
    about: Reference = memoized("reference", Reference)
    groups = ontology_groups()
    lists = {name: Group(name, text, ()) for name, text in LISTS.items()}
    shown = part(groups | lists)
    return views.html(
        "ontology.html",
        about=about,
        groups=groups,
        lists=lists,
        part=shown,
        picture=_drawn(shown.topic, about) if shown and shown.topic else None,
        names=sorted(about.terms.values(), key=lambda one: (_in_alphabet(localize(one.label)), one.anchor)),
        kinds=KINDS,
        forms=RDF_FORMATS,
        call=_call(),
        link=views.link,
        marks=lambda triple: views.evidence().marks(triple)[:MAX_MARKS],
        place=_place,
    )


def picture(
    topic: Topic, about: Reference, called: Callable[[NamedNode], str], place: Callable[[NamedNode], str]
) -> Drawing | None:
    """The classes of a topic on the left, each by its place, and on the right what their properties lead to."""
    above = {node: about.terms[node].broader for node in topic.classes if node in about.terms}
    said = [(node, RDFS.subClassOf, ends) for node, ends in above.items()]
    for one in about.of(*PROPERTIES):
        owners = [node for node in topic.classes if node in one.domain] if topic.classes else [OWL.Thing]
        if topic.classes or one in topic.entries:
            said += [(owner, one.node, one.range or (OWL.Thing,)) for owner in owners]
    left = {one: Item(place(one), called(one), first((one,)), 0) for one in topic.classes or (OWL.Thing,)}
    right = {one: Item(one.value, called(one), first((one,)), 1) for _, _, ends in said for one in ends}
    relations = [Relation(left[one], right[end], called(name)) for one, name, ends in said for end in ends]
    return draw([*left.values(), *right.values()], relations)


def _drawn(topic: Topic, about: Reference) -> Drawing | None:
    reused = urls.page("ontology", part="reused")

    def place(node: NamedNode) -> str:
        entry = about.terms.get(node)
        return f"#{entry.anchor}" if entry else f"{reused}#{views.link(node).title}"

    def called(node: NamedNode) -> str:
        return say(de="irgendein Ding", en="any thing") if node == OWL.Thing else localize(_call()(node))

    return picture(topic, about, called, place)


def ontology_groups() -> Groups:
    """The parts of the ontology by name."""
    about: Reference = memoized("reference", Reference)
    return memoized("groups", lambda dataset: _groups(dataset, about))


def shapes() -> Response:
    """What the shapes ask for."""
    book = rulebook()
    return views.html(
        "shapes.html",
        book=book,
        topics=_by_topic(book.sections),
        rules=memoized("evidence rules", lambda dataset: evidence_rules(dataset.sources or packaged())),
        call=_call(),
        link=views.link,
        place=_place,
        forms=RDF_FORMATS,
    )


def rulebook() -> Rulebook:
    """The shapes, each in exactly one place: those that look at things, those that others use, the parts of several."""
    return memoized("rulebook", _rulebook)


def _rulebook(dataset: Dataset) -> Rulebook:
    every = read_shapes(dataset.sources or packaged())
    nodes = [shape for shape in every.values() if shape.path is None or shape.targets]
    # A part is called after its shape, such as Activity-type; one that several use has a name of its own.
    sections = [
        Section(one, tuple((every[part], every[part].name.partition("-")[0] != one.name) for part in one.parts))
        for one in nodes
    ]
    placed = {part.node for section in sections for part, is_shared in section.parts if not is_shared}
    left = [one for one in every.values() if one.path is not None and one.node not in placed and not one.targets]
    return Rulebook(
        [section for section in sections if section.shape.targets],
        [section for section in sections if not section.shape.targets],
        left,
        len(every),
    )


def _groups(dataset: Dataset, about: Reference) -> Groups:
    """Topics, datatypes, schemes; a concept of several schemes is where the first of them is."""
    found = [Group(topic.slug, topic.name, topic.entries, topic) for topic in group(dataset, about)]
    found.append(Group("datatypes", Text(en="Datatypes", de="Datentypen"), tuple(about.of(RDFS.Datatype))))
    for scheme in about.of(SKOS.ConceptScheme):
        own = [one for one in about.members(scheme) if one.scheme[0] == scheme.node]
        name = Text(en=f"Concepts: {scheme.label.en}", de=f"Begriffe: {scheme.label.de}")
        found.append(Group(scheme.anchor, name, (scheme, *own)))
    return {one.slug: one for one in found if one.entries}


def _call() -> Callable[[NamedNode], Text]:
    return memoized("names", term_namer)


def _by_topic(sections: list[Section]) -> dict[Text, list[Section]]:
    """The sections by the topic of their first class, in each topic by what the classes are called."""
    about: Reference = memoized("reference", Reference)
    found: dict[str, list[Section]] = {slug: [] for slug in TOPICS}

    def called(section: Section) -> str:
        classes = [localize(_call()(node)) for node in section.shape.classes()]
        return _in_alphabet(", ".join(classes) or section.shape.name)

    for section in sorted(sections, key=called):
        classes = section.shape.classes()
        found[topic_of(about, classes[0]) if classes else OTHER].append(section)
    return {TOPICS[slug]: own for slug, own in found.items() if own}


def _in_alphabet(name: str) -> str:
    """A name as the alphabet sorts it: umlauts count as their vowels (DIN 5007, variant 1)."""
    return "".join(letter for letter in normalize("NFD", name.casefold()) if not combining(letter))


def _place(node: NamedNode) -> str:
    """Where a reader finds a term: in its part of the ontology if it is ours, else where its IRI leads."""
    about: Reference = memoized("reference", Reference)
    entry = about.terms.get(node)
    own = next((one.slug for one in ontology_groups().values() if entry in one.entries), None) if entry else None
    return f"{urls.page('ontology', part=own)}#{entry.anchor}" if entry and own else urls.local(node.value)
