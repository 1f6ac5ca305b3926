"""The pages of the ontology and of the shapes, for people; their RDF forms are with the other resources."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from unicodedata import combining, normalize

from flask import Response
from pyoxigraph import NamedNode

from ..bilingual import Text
from ..dataset import Dataset
from ..formats import RDF_FORMATS
from ..reference.constraints import Shape, read_shapes
from ..reference.reference import KINDS, OTHER, TOPICS, Entry, Reference, Topic, topic_of
from ..reference.reference import topics as group
from ..reference.usage import calling
from ..resources import evidence_rules, packaged
from ..terms import RDFS, SH, SKOS
from . import urls, views
from .http.language import localize
from .http.parameters import part
from .pictures.diagram import diagram
from .site import memoized

SEVERITIES = {
    SH.Violation: Text(en="violation", de="Verletzung"),
    SH.Warning: Text(en="warning", de="Warnung"),
    SH.Info: Text(en="hint", de="Hinweis"),
}
CHECKS = {
    "derived": Text(
        en="A file states of the derived statements exactly what the rules yield.",
        de="Eine Datei nennt von den abgeleiteten Aussagen genau die, die sich nach den Regeln ergeben.",
    ),
    "document": Text(
        en="Offsets and checksums fit the text of the document.",
        de="Zeichenpositionen und Prüfsummen passen zum Text des Dokuments.",
    ),
    "homeless": Text(
        en="Each statement is in a named graph, which leads to its source.",
        de="Jede Aussage steht in einem benannten Graphen, der zu ihrer Quelle führt.",
    ),
    "ontology": Text(
        en="A file that states the ontology states it as it is.",
        de="Eine Datei, die die Ontologie nennt, nennt sie, wie sie ist.",
    ),
    "seal": Text(
        en="Each graph has as many statements as its seal says, and the same digest.",
        de="Jeder Graph hat so viele Aussagen, wie sein Siegel sagt, und dieselbe Prüfsumme.",
    ),
}


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
    """All shapes: those that look at things, those that others use, and the parts of several."""

    sections: tuple[Section, ...]
    helpers: tuple[Section, ...]
    shared: tuple[Shape, ...]
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
        picture=diagram(shown.topic, about) if shown and shown.topic else None,
        names=sorted(about.terms.values(), key=_letters),
        kinds=KINDS,
        forms=RDF_FORMATS,
        call=_call(),
        link=views.link,
        place=lambda node: _place(about, groups, node),
    )


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
        checks=CHECKS,
        severities=SEVERITIES,
        usual=SH.Violation,
        call=_call(),
        link=views.link,
        place=_in_ontology,
        forms=RDF_FORMATS,
    )


def rulebook() -> Rulebook:
    """The shapes, each in exactly one place: with its node shape, or among the shared ones."""
    return memoized("rulebook", _rulebook)


def _rulebook(dataset: Dataset) -> Rulebook:
    every = read_shapes(dataset.sources or packaged())
    nodes = [shape for shape in every.values() if shape.path is None or shape.targets]
    sections = [_section(shape, every) for shape in nodes]
    placed = {part.node for section in sections for part, is_shared in section.parts if not is_shared}
    left = [one for one in every.values() if one.path is not None and one.node not in placed and not one.targets]
    return Rulebook(
        sections=tuple(section for section in sections if section.shape.targets),
        helpers=tuple(section for section in sections if not section.shape.targets),
        shared=tuple(left),
        count=len(every),
    )


def _section(shape: Shape, every: Mapping[NamedNode, Shape]) -> Section:
    parts = (every[part] for part in shape.parts)
    # A part is called after its shape, such as Activity-type; one that several use has a name of its own.
    return Section(shape, tuple((part, part.name.partition("-")[0] != shape.name) for part in parts))


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
    return memoized("names", calling)


def _by_topic(sections: tuple[Section, ...]) -> dict[Text, list[Section]]:
    """The sections by the topic of their first class, each topic in alphabetical order."""
    about: Reference = memoized("reference", Reference)
    found: dict[str, list[Section]] = {slug: [] for slug in TOPICS}
    for section in sorted(sections, key=_name_of_section):
        classes = section.shape.classes()
        found[topic_of(about, classes[0]) if classes else OTHER].append(section)
    return {TOPICS[slug]: own for slug, own in found.items() if own}


def _letters(one: Entry) -> tuple[str, str]:
    return _in_alphabet(localize(one.label)), one.anchor


def _name_of_section(section: Section) -> str:
    """The sections stand by what their classes are called in the reader's language."""
    classes = [localize(_call()(node)) for node in section.shape.classes()]
    return _in_alphabet(", ".join(classes) or section.shape.name)


def _in_alphabet(name: str) -> str:
    """A name as the alphabet sorts it: umlauts count as their vowels (DIN 5007, variant 1)."""
    return "".join(letter for letter in normalize("NFD", name.casefold()) if not combining(letter))


def _in_ontology(node: NamedNode) -> str:
    about: Reference = memoized("reference", Reference)
    return _place(about, ontology_groups(), node)


def _place(about: Reference, groups: Groups, node: NamedNode) -> str:
    """Where a reader finds a term: in its part of the ontology if it is ours, else where its IRI leads."""
    entry = about.terms.get(node)
    own = next((one.slug for one in groups.values() if entry in one.entries), None) if entry else None
    return f"{urls.page('ontology', part=own)}#{entry.anchor}" if entry and own else urls.local(node.value)
