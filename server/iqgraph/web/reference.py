"""The pages of the ontology and of the shapes, for people; their RDF forms are with the other resources."""

from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import combining, normalize

from flask import Response
from pyoxigraph import NamedNode

from ..bilingual import Text
from ..dataset import Dataset
from ..formats import RDF_FORMATS
from ..reference.constraints import Shape, read_shapes
from ..reference.reference import KINDS, Entry, Reference
from ..reference.reference import reference as collect
from ..reference.topics import Topic
from ..reference.topics import topics as group
from ..reference.wording import Wording, calling
from ..resources import Rule, evidence_rules, packaged, questions
from ..terms import RDFS, SH, SKOS
from . import urls, views
from .http.language import say
from .pictures.diagram import Diagram, diagram
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


@dataclass(frozen=True)
class Section:
    """A node shape with its parts, in words; `shared` are parts that have their place elsewhere."""

    shape: Shape
    targets: tuple[Text, ...]
    sentence: Text
    parts: tuple[tuple[Shape, Text, bool], ...]


@dataclass(frozen=True)
class Rulebook:
    """All shapes in words, with the rules that SHACL cannot say."""

    sections: tuple[Section, ...]
    helpers: tuple[Section, ...]
    shared: tuple[tuple[Shape, Text], ...]
    count: int


def ontology() -> Response:
    """Each term in both languages, by topic and by name, with a picture."""
    about: Reference = memoized("reference", collect)
    grouped = memoized("topics", lambda dataset: _pictured(dataset, about))
    return views.html(
        "ontology.html",
        about=about,
        topics=grouped,
        names=sorted(about.terms.values(), key=_letters),
        datatypes=about.of(RDFS.Datatype),
        schemes=about.of(SKOS.ConceptScheme),
        questions=memoized("questions", _questions),
        kinds=KINDS,
        forms=RDF_FORMATS,
        call=_call(),
        link=views.link,
        place=lambda node: _place(about, node),
    )


def shapes() -> Response:
    """What the shapes ask for, in words."""
    return views.html(
        "shapes.html",
        book=memoized("rulebook", rulebook),
        rules=memoized("evidence rules", lambda dataset: evidence_rules(dataset.sources or packaged())),
        checks=CHECKS,
        severities=SEVERITIES,
        usual=SH.Violation,
        call=_call(),
        link=views.link,
        place=lambda node: _place(memoized("reference", collect), node),
        forms=RDF_FORMATS,
    )


def rulebook(dataset: Dataset) -> Rulebook:
    """The shapes of a dataset, each in exactly one place: with its node shape, or among the shared ones."""
    every = read_shapes(dataset.sources or packaged())
    wording = Wording(calling(dataset), every)
    nodes = [shape for shape in every.values() if shape.path is None or shape.targets]
    sections = [_section(shape, wording) for shape in nodes]
    placed = {part.node for section in sections for part, _, shared in section.parts if not shared}
    left = [one for one in every.values() if one.path is not None and one.node not in placed and not one.targets]
    return Rulebook(
        sections=tuple(section for section in sections if section.targets),
        helpers=tuple(section for section in sections if not section.targets),
        shared=tuple((shape, wording.sentence(shape)) for shape in left),
        count=len(every),
    )


def _section(shape: Shape, wording: Wording) -> Section:
    subject = wording.subject(shape)
    parts = [wording.shapes[part] for part in shape.parts]
    return Section(
        shape=shape,
        targets=tuple(wording.target(*target) for target in shape.targets),
        sentence=wording.sentence(shape, subject),
        parts=tuple(
            (part, wording.sentence(part, subject), part.name.partition("-")[0] != shape.name) for part in parts
        ),
    )


def _pictured(dataset: Dataset, about: Reference) -> list[tuple[Topic, Diagram]]:
    return [(topic, diagram(topic, about)) for topic in group(dataset, about)]


def _questions(dataset: Dataset) -> list[Rule]:
    return questions(dataset.sources or packaged())


def _call() -> Callable[[NamedNode], Text]:
    return memoized("names", calling)


def _letters(one: Entry) -> tuple[str, str]:
    """Where a term stands in the alphabet: umlauts count as their vowels (DIN 5007, variant 1)."""
    plain = normalize("NFD", say(de=one.label.de, en=one.label.en).casefold())
    return "".join(letter for letter in plain if not combining(letter)), one.anchor


def _place(about: Reference, node: NamedNode) -> str:
    """Where a reader finds a term: on the page of the ontology if it is ours, else where its IRI leads."""
    entry: Entry | None = about.terms.get(node)
    return f"{urls.page('ontology')}#{entry.anchor}" if entry else urls.local(node.value)
