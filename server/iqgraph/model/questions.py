"""The competency questions by topic, query and thing, and their answers in one language.

Variables of a query that end in `De` and `En` are a pair: the query has both, and a reader sees one of them.
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
from ..terms import CONCEPT, DCAT, ID, IQ, PROV

TOPICS = {row["topic"]: Text(de=row["de"], en=row["en"]) for row in table(packaged().ontology, "questions/topics.csv")}
OTHER = Text(de="Weitere Fragen", en="Further questions")
ENDS = {"de": "De", "en": "En"}
MAX_RELATED = 20
_LABEL = re.compile(r'LANG\(\?(\w+)\) = "(?:de|en)"')
_VARIABLE = re.compile(r"\?(\w+)")
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
Heads = Mapping[tuple[str, str], Text]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its variables, of which the first one with a value counts, and whether they are a pair.

    So where a label is missing in the reader's language, the other language takes its place.
    """

    head: Text
    variables: tuple[str, ...]
    is_pair: bool


# A question for any data.
SAMPLE = Question(
    slug="sample",
    file="",
    title=Text(de="Irgendwelche zehn Aussagen", en="Any ten statements"),
    query="SELECT ?subject ?predicate ?object\nWHERE { ?subject ?predicate ?object }\nLIMIT 10\n",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question in one language, with its query: rows, or for ASK a truth value."""

    query: str
    columns: list[Column]
    rows: list[tuple[Term | None, ...]]
    truth: bool | None = None


class Questions:
    """The competency questions of a dataset, in the order of their names; files of others have none."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.heads = heads(dataset.sources) if dataset.sources else {}
        self.answer = lru_cache(maxsize=None)(self._answer)  # as many as questions times languages
        self.by_slug = {question.slug: question for question in questions(dataset.sources)} if dataset.sources else {}
        of_start_page = (question for question in self.by_slug.values() if question.start)
        self.examples = sorted(of_start_page, key=lambda question: question.start)
        self.about: Mapping[NamedNode, list[Question]] = defaultdict(list)
        self._by_query: dict[str, Question] = {}
        periods = dataset.instances(IQ.FundingPeriod)
        dates = {period: dataset.literals(period, DCAT.startDate, DCAT.endDate) for period in periods}
        for question in self.by_slug.values():
            terms = (node for node in terms_in_query(question.query) if node in ID or node in CONCEPT)
            # Some queries contain only the beginning of an IRI, which has no statements.
            things = (node for node in terms if describes(dataset, node.value))
            words = question.title.de  # which name a period by its years
            named = (one for one, own in dates.items() if own and all(date.value[:4] in words for date in own))
            for node in {*things, *named, *question.passages, *question.sources}:
                self.about[node].append(question)
            for language in ENDS:
                self._by_query[_normalise(in_language(question.query, language))] = question

    def by_query(self, query: str) -> Question | None:
        """The question with this query, in either language of labels."""
        return self._by_query.get(_normalise(query))

    def related(self, origins: Iterable[str]) -> list[Question]:
        """The first questions about passages and the sources of other graphs, those about little else before others."""
        nodes = {NamedNode(iri) for iri in origins}
        sources = nodes.union(*(self.dataset.nodes(node, PROV.hadPrimarySource) for node in nodes))
        questions = {question.slug: question for source in sources for question in self.about.get(source, [])}
        own = {slug: {*question.passages, *question.sources} for slug, question in questions.items()}
        ranked = sorted(questions, key=lambda slug: (-len(own[slug] & sources) / max(len(own[slug]), 1), slug))
        return [questions[slug] for slug in ranked[:MAX_RELATED]]

    def first_query(self, language: str) -> str:
        """The query that an empty form shows."""
        return in_language((self.examples or [SAMPLE])[0].query, language)

    def _answer(self, slug: str, language: str) -> Answer:
        """The answer from the store of this process, where no public query delays it; cached as long as the data."""
        query = in_language(self.by_slug[slug].query, language)
        solutions = cast("QuerySolutions | QueryBoolean", self.dataset.store.query(query))
        if isinstance(solutions, QueryBoolean):
            return Answer(query, [], [], bool(solutions))
        own = columns([variable.value for variable in solutions.variables], slug, self.heads, language)
        rows = [
            tuple(next((row[name] for name in column.variables if row[name] is not None), None) for column in own)
            for row in solutions
        ]
        return Answer(query, own, rows)

    def by_topic(self) -> list[tuple[Text, list[Question]]]:
        """The questions grouped by the name of their topic; short ones first, since they are the most general."""
        groups: dict[Text, list[Question]] = {topic: [] for topic in (*TOPICS.values(), OTHER)}
        for question in sorted(self.by_slug.values(), key=lambda question: len(question.title.de)):
            groups[topic_of(question)].append(question)
        return [(topic, group) for topic, group in groups.items() if group]


def topic_of(question: Question) -> Text:
    """The name of the topic of a question."""
    return TOPICS.get(question.topic, OTHER)


def _normalise(query: str) -> str:
    return " ".join(query.split())


def in_language(query: str, language: str) -> str:
    """A query of ours with the language of its labels changed; pairs stay as they are."""
    variables = set(_VARIABLE.findall(query))

    def label(match: re.Match[str]) -> str:
        return match[0] if _other(match[1]) in variables else f'LANG(?{match[1]}) = "{language}"'

    return _LABEL.sub(label, query)


def columns(variables: Iterable[str], slug: str, heads: Heads, language: str) -> list[Column]:
    """The columns of the answer to a question for a reader of one language."""
    names, by_stem = list(variables), {}
    for name in names:
        pair = tuple(variable for variable in (name, _other(name)) if variable in names)
        stem = name[:-2] if len(pair) > 1 else name
        # A variable without a heading in the table is its own, word by word.
        words = _CAMEL.sub(lambda match: f" {match[0].lower()}", stem)
        by_stem[stem] = Column(
            heads.get((stem, slug)) or heads.get((stem, "")) or untranslated(words[:1].upper() + words[1:]),
            tuple(sorted(pair, key=lambda variable: not variable.endswith(ENDS[language]))),
            len(pair) > 1,
        )
    return list(by_stem.values())


def heads(sources: Sources) -> Heads:
    """The headings of columns by variable and slug of a question; with an empty slug, of all questions."""
    rows = table(sources.ontology, "questions/columns.csv")
    return {(row["variable"], row["question"]): Text(de=row["de"], en=row["en"]) for row in rows}


def _other(variable: str) -> str:
    """The other variable of a pair; empty if this one does not end in a language."""
    other = {"De": "En", "En": "De"}.get(variable[-2:])
    return variable[:-2] + other if other else ""
