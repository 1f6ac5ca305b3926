"""The questions as readers look for them, by topic, words and things, and their answers in the reader's language.

Variables that end in `De` and `En` are a pair: the query asks for both, and a reader sees one of them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions

from ..bilingual import Text, untranslated
from ..dataset import Dataset, Term
from ..dataset.questions import Question, questions
from ..engine.neighbourhood import describes
from ..reference.usage import terms_in_query
from ..resources import Sources, packaged, table
from ..terms import CONCEPT, ID

TOPICS = {row["topic"]: Text(de=row["de"], en=row["en"]) for row in table(packaged().ontology, "questions/topics.csv")}
OTHER = Text(de="Weitere Fragen", en="Further questions")
ENDS = {"de": "De", "en": "En"}
_LABEL = re.compile(r'LANG\(\?(\w+)\) = "(?:de|en)"')
_VARIABLE = re.compile(r"\?(\w+)")
Heads = Mapping[tuple[str, str], Text]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head in both languages, its variables, of which the first with a value counts, and if it is a pair.

    The other language stands in for a label that is missing in the reader's.
    """

    head: Text
    variables: tuple[str, ...]
    is_pair: bool


# What can be asked of any data.
SAMPLE = Question(
    slug="sample",
    file="",
    title=Text(de="Irgendwelche zehn Aussagen", en="Any ten statements"),
    query="SELECT ?subject ?predicate ?object\nWHERE { ?subject ?predicate ?object }\nLIMIT 10\n",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question in one language: yes or no, or rows of columns, with the query that has it."""

    query: str
    columns: list[Column]
    rows: list[tuple[Term | None, ...]]
    truth: bool | None = None


class Questions:
    """The competency questions of a dataset, in the order of their names; somebody's files have none."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.heads = heads(dataset.sources) if dataset.sources else {}
        self.answer = lru_cache(maxsize=None)(self._answer)  # as many as questions times languages
        self.by_slug = {one.slug: one for one in questions(dataset.sources)} if dataset.sources else {}
        self.examples = sorted((one for one in self.by_slug.values() if one.start), key=lambda one: one.start)
        self.about: Mapping[NamedNode, list[Question]] = defaultdict(list)
        self._by_query: dict[str, Question] = {}
        for one in self.by_slug.values():
            named = (node for node in terms_in_query(one.query) if node in ID or node in CONCEPT)
            # Some queries name the beginning of an IRI, of which nothing is said.
            said = (node for node in named if describes(dataset, node.value))
            for thing in {*said, *one.passages, *one.sources}:
                self.about[thing].append(one)
            for language in ENDS:
                self._by_query[_normalise(in_language(one.query, language))] = one

    def asked(self, query: str) -> Question | None:
        """The question that a query answers, in whichever language it asks for labels."""
        return self._by_query.get(_normalise(query))

    def first(self, language: str) -> str:
        """The query that a form begins with."""
        return in_language((self.examples or [SAMPLE])[0].query, language)

    def _answer(self, slug: str, language: str) -> Answer:
        """The answer from the store of this process, which no query of others delays; it stays as long as the data."""
        query = in_language(self.by_slug[slug].query, language)
        found = cast("QuerySolutions | QueryBoolean", self.dataset.store.query(query))
        if isinstance(found, QueryBoolean):
            return Answer(query, [], [], bool(found))
        shown = columns([variable.value for variable in found.variables], slug, self.heads, language)
        rows = [
            tuple(next((row[name] for name in one.variables if row[name] is not None), None) for one in shown)
            for row in found
        ]
        return Answer(query, shown, rows)

    def by_topic(self) -> list[tuple[Text, list[Question]]]:
        """The questions in groups, each with the name of its topic; short questions, which ask most, come first."""
        asked = sorted(self.by_slug.values(), key=lambda one: len(one.title.de))
        groups = [(topic, [one for one in asked if topic_of(one) == topic]) for topic in (*TOPICS.values(), OTHER)]
        return [group for group in groups if group[1]]


def topic_of(question: Question) -> Text:
    """What the topic of a question is called."""
    return TOPICS.get(question.topic, OTHER)


def _normalise(query: str) -> str:
    return " ".join(query.split())


def in_language(query: str, language: str) -> str:
    """A query of ours that asks for labels in one language, asking for those in another; pairs stay as they are."""
    known = set(_VARIABLE.findall(query))

    def label(found: re.Match[str]) -> str:
        return found[0] if _other(found[1]) in known else f'LANG(?{found[1]}) = "{language}"'

    return _LABEL.sub(label, query)


def columns(variables: Iterable[str], slug: str, heads: Heads, language: str) -> list[Column]:
    """The columns of the answer to a question as a reader of one language sees them."""
    known, found = list(variables), {}
    for variable in known:
        pair = tuple(one for one in (variable, _other(variable)) if one in known)
        stem = variable[:-2] if len(pair) > 1 else variable
        # One that nobody has named is headed by its variable, word by word.
        words = re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f" {found[0].lower()}", stem)
        found[stem] = Column(
            heads.get((stem, slug)) or heads.get((stem, "")) or untranslated(words[:1].upper() + words[1:]),
            tuple(sorted(pair, key=lambda one: not one.endswith(ENDS[language]))),
            len(pair) > 1,
        )
    return list(found.values())


def heads(sources: Sources) -> Heads:
    """What the columns of answers are called, by variable and question; for all questions where none is named."""
    rows = table(sources.ontology, "questions/columns.csv")
    return {(row["variable"], row["question"]): Text(de=row["de"], en=row["en"]) for row in rows}


def _other(variable: str) -> str:
    """The other variable of a pair; empty if the end of this one names no language."""
    other = {"De": "En", "En": "De"}.get(variable[-2:])
    return variable[:-2] + other if other else ""
