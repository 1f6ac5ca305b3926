"""Queries that the pages show; each can be asked as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...bilingual import Text
from ...dataset import Dataset
from ...dataset.questions import Question
from ..http.language import LANGUAGES, language
from ..pictures import in_language
from ..site import memoized, site


@dataclass(frozen=True, slots=True)
class Example:
    """A question in both languages, and the query that answers it."""

    question: Text
    query: str


SAMPLE = Example(
    Text(de="Irgendwelche zehn Aussagen", en="Any ten statements"),
    "SELECT ?subject ?predicate ?object\nWHERE { ?subject ?predicate ?object }\nLIMIT 10\n",
)
FIRST = "who-coordinates-the-network"
TOPICS = {
    "coordination": Text(de="Koordination", en="Coordination"),
    "programme": Text(de="Programm", en="Programme"),
    "periods": Text(de="Förderperioden", en="Funding periods"),
    "funding": Text(de="Förderung", en="Funding"),
    "offers": Text(de="Angebote", en="Offers"),
    "projects": Text(de="Projekte", en="Projects"),
    "laws": Text(de="Gesetze", en="Laws"),
    "groups": Text(de="Gruppen von Menschen", en="Groups of people"),
    "goals-and-tasks": Text(de="Ziele und Aufgaben", en="Goals and tasks"),
    "places": Text(de="Orte", en="Places"),
    "evidence": Text(de="Belege", en="Evidence"),
    "money": Text(de="Geld", en="Money"),
    "reach": Text(de="Reichweite", en="Reach"),
    "successors": Text(de="Was danach kam", en="What came after"),
    "differences": Text(de="Unterschiede zwischen Quellen", en="Differences between sources"),
    "other-sources": Text(de="Andere Quellen", en="Other sources"),
    "links": Text(de="Verknüpfungen", en="Links"),
}


def questions() -> Mapping[str, Question]:
    """The competency questions by name."""
    return {one.slug: one for one in site().questions.values()}


def by_topic() -> list[tuple[Text, list[Question]]]:
    """The competency questions, grouped; each group with its name."""
    found = list(questions().values())
    known = [(TOPICS[topic], [one for one in found if one.topic == topic]) for topic in TOPICS]
    other = [one for one in found if one.topic not in TOPICS]
    return [group for group in [*known, (Text(de="Weitere Fragen", en="Further questions"), other)] if group[1]]


def asked(query: str) -> Question | None:
    """The competency question that a query answers, in whichever language it asks for labels."""
    return memoized("asked", _asked).get(_spaced(query))


def _asked(_: Dataset) -> Mapping[str, Question]:
    found = [(one, in_language(one.query, wanted)) for one in site().questions.values() for wanted in LANGUAGES]
    return {_spaced(query): one for one, query in reversed(found)}


def _spaced(query: str) -> str:
    return " ".join(query.split())


def first() -> str:
    """The query that a form begins with."""
    found = questions().get(FIRST)
    return in_language(found.query, language()) if found else SAMPLE.query
