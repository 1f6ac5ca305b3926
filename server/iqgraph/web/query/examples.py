"""Queries that the pages show; each can be asked as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...bilingual import Text
from ...dataset import Dataset
from ...dataset.questions import Question
from ...model.heads import in_language
from ..http.language import LANGUAGES, language
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


def questions() -> Mapping[str, Question]:
    """The competency questions by name."""
    return site().model.questions.by_slug


def asked(query: str) -> Question | None:
    """The competency question that a query answers, in whichever language it asks for labels."""
    return memoized("asked", _asked).get(_spaced(query))


def _asked(_: Dataset) -> Mapping[str, Question]:
    found = [(one, in_language(one.query, wanted)) for one in questions().values() for wanted in LANGUAGES]
    return {_spaced(query): one for one, query in reversed(found)}


def _spaced(query: str) -> str:
    return " ".join(query.split())


def first() -> str:
    """The query that a form begins with."""
    found = min((one for one in questions().values() if one.start), key=lambda one: one.start, default=None)
    return in_language(found.query, language()) if found else SAMPLE.query
