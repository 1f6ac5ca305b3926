"""The competency questions: the question, the query that answers it, and the passages and sources of the answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text, describe
from ..resources import Rule, Sources
from ..resources import questions as question_rules
from ..terms import BASE, DCTERMS, DOCUMENT, ID, ONTOLOGY, QUERY, RDF, RDFS, SCHEMA, SH, SKOS, passage_iri
from .reading import Reading, in_graph

ENDPOINT = NamedNode(f"{BASE}sparql")
HEADER_COMMENT = re.compile(r"^# ([\w-]+): (.+)\n", re.MULTILINE)
ASK = re.compile(r"^\s*(?:PREFIX\s\S*\s*<[^>]*>\s*)*ASK\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question in both languages, its query, its topic, and the passages and other sources of its answer.

    If others are similar, `related` has their slugs and `note` says how it differs. `start` is its place on the start
    page, if it has one, and `also` has other words by which it is found.
    """

    slug: str
    file: str
    title: Text
    query: str
    topic: str = ""
    passages: tuple[NamedNode, ...] = ()
    sources: tuple[NamedNode, ...] = ()
    note: Text | None = None
    related: tuple[str, ...] = ()
    start: str = ""
    also: Text | None = None

    @property
    def node(self) -> NamedNode:
        """The IRI of the question."""
        return QUERY[self.slug]

    def triples(self) -> Iterator[Triple]:
        """The description of the question as a SHACL SPARQL executable, as example queries are published."""
        is_ask = ASK.match(self.query) is not None
        class_, text = (SH.SPARQLAskExecutable, SH.ask) if is_ask else (SH.SPARQLSelectExecutable, SH.select)
        return describe(
            self.node,
            (RDF.type, (SH.SPARQLExecutable, class_)),
            (RDFS.label, self.title),
            (RDFS.comment, self.note or self.title),
            (RDFS.seeAlso, tuple(QUERY[slug] for slug in self.related)),
            (SKOS.altLabel, self.also),
            (text, Literal(self.query)),
            (SCHEMA.target, ENDPOINT),
            (SCHEMA.keywords, Literal(self.topic)),
            (DCTERMS.references, self.passages + self.sources),
        )


def readings(sources: Sources) -> Iterator[Reading]:
    """The descriptions of the questions by file, in the graph of the ontology."""
    for question in questions(sources):
        quads = [in_graph(triple, ONTOLOGY) for triple in question.triples()]
        yield Reading(question.file, quads, {})


def questions(sources: Sources) -> list[Question]:
    """The competency questions in the order of their file names."""
    return [_question(rule) for rule in question_rules(sources)]


def _question(rule: Rule) -> Question:
    comments = dict(HEADER_COMMENT.findall(rule.query))
    return Question(
        slug=rule.slug,
        file=rule.file,
        title=rule.text,
        query=HEADER_COMMENT.sub("", rule.query).strip() + "\n",
        topic=comments.get("topic", ""),
        passages=tuple(map(_passage, comments.get("passages", "").split())),
        sources=tuple(ID[f"source-{name}"] for name in comments.get("sources", "").split()),
        note=_text(comments, "note"),
        also=_text(comments, "also"),
        related=tuple(comments.get("see", "").split()),
        start=comments.get("start", ""),
    )


def _text(comments: dict[str, str], key: str) -> Text | None:
    de, en = comments.get(f"{key}-de"), comments.get(f"{key}-en")
    return Text(de=de, en=en) if de and en else None


def _passage(name: str) -> NamedNode:
    """The IRI of a passage by its name: `S24`, or `minutes/S24` in another document than the first."""
    document, _, number = name.rpartition("/")
    return passage_iri(document or DOCUMENT, number)
