"""The questions as readers look for them, by topic, words and things, and their answers in the reader's language.

Variables that end in `De` and `En` are a pair: the query asks for both, and a reader sees one of them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import cast

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions

from ..bilingual import Text
from ..dataset import UNION, Dataset, Term
from ..dataset.questions import Question, questions
from ..reference.usage import mentioned
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
    """A column: its head in both languages, the variables that fill it, the first that is bound, and if it is a pair.

    The other language stands in for a label that is missing in the reader's.
    """

    head: Text
    variables: tuple[str, ...]
    is_pair: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A question in both languages, and the query that answers it."""

    question: Text
    query: str


SAMPLE = Example(
    Text(de="Irgendwelche zehn Aussagen", en="Any ten statements"),
    "SELECT ?subject ?predicate ?object\nWHERE { ?subject ?predicate ?object }\nLIMIT 10\n",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its topic, and the things that it names: in its query, as its passages and as its sources."""

    question: Question
    title: Text
    description: Text
    topic: Text
    things: frozenset[NamedNode]


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
        self.by_iri = questions(dataset.sources) if dataset.sources else {}
        self.by_slug = {one.slug: one for one in self.by_iri.values()}
        self.entries = [_entry(dataset, one) for one in self.by_iri.values()]
        self._about: dict[NamedNode, list[Question]] = defaultdict(list)
        for entry in self.entries:
            for thing in entry.things:
                self._about[thing].append(entry.question)

    def asked(self, query: str) -> Question | None:
        """The question that a query answers, in whichever language it asks for labels."""
        return self._by_query.get(_spaced(query))

    @cached_property
    def _by_query(self) -> dict[str, Question]:
        queries = ((one, in_language(one.query, language)) for one in self.by_slug.values() for language in ENDS)
        return {_spaced(query): one for one, query in queries}

    def first(self, language: str) -> str:
        """The query that a form begins with."""
        found = min((one for one in self.by_slug.values() if one.start), key=lambda one: one.start, default=None)
        return in_language(found.query, language) if found else SAMPLE.query

    def about(self, thing: NamedNode) -> list[Question]:
        """The questions that name a thing."""
        return self._about.get(thing, [])

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
        """The questions in groups, each with the name of its topic, in the order of the topics."""
        groups = [(topic, [one.question for one in self.entries if one.topic == topic]) for topic in _ORDER]
        return [group for group in groups if group[1]]


_ORDER = (*TOPICS.values(), OTHER)


def _entry(dataset: Dataset, question: Question) -> Entry:
    named = [node for node in mentioned(question.query) if (node in ID or node in CONCEPT) and _is_told(dataset, node)]
    return Entry(
        question,
        Text(de=question.de, en=question.en),
        question.note or Text(de="", en=""),
        TOPICS.get(question.topic, OTHER),
        frozenset([*named, *question.passages, *question.sources]),
    )


def _spaced(query: str) -> str:
    return " ".join(query.split())


def _is_told(dataset: Dataset, node: NamedNode) -> bool:
    """Whether anything is said of a node; some queries name the beginning of an IRI."""
    return any(True for _ in dataset.store.quads_for_pattern(node, None, None, UNION))


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
        stem = _stem(variable) if len(pair) > 1 else variable
        found[stem] = Column(
            heads.get((stem, slug)) or heads.get((stem, "")) or _spelled(stem),
            tuple(sorted(pair, key=lambda one: not one.endswith(ENDS[language]))),
            len(pair) > 1,
        )
    return list(found.values())


def heads(sources: Sources) -> Heads:
    """What the columns of answers are called, by variable and question; for all questions where none is named."""
    rows = table(sources.ontology, "questions/columns.csv")
    return {(row["variable"], row["question"]): Text(de=row["de"], en=row["en"]) for row in rows}


def _stem(variable: str) -> str:
    return variable[:-2]


def _other(variable: str) -> str:
    """The other variable of a pair; empty if the end of this one names no language."""
    other = {"De": "En", "En": "De"}.get(variable[-2:])
    return _stem(variable) + other if other else ""


def _spelled(variable: str) -> Text:
    """The head of a column that nobody has named: its variable, word by word."""
    words = re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f" {found[0].lower()}", variable)
    words = words[:1].upper() + words[1:]
    return Text(de=words, en=words)
