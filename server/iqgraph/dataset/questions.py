"""The competency questions as things: what is asked, the query that answers it, and what the answer rests on."""

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
COMMENT = re.compile(r"^# ([\w-]+): (.+)\n", re.MULTILINE)
ASK = re.compile(r"^\s*(?:PREFIX\s\S*\s*<[^>]*>\s*)*ASK\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question in both languages, its topic, the passages and other sources that it rests on, and the query.

    Where others ask nearly the same, the note says how it differs, and `related` names them. Some have a place on the
    start page. It is also looked for in other words.
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
        """The question as published examples of queries are described: a SHACL SPARQL executable."""
        is_ask = ASK.match(self.query) is not None
        kind, text = (SH.SPARQLAskExecutable, SH.ask) if is_ask else (SH.SPARQLSelectExecutable, SH.select)
        return describe(
            self.node,
            (RDF.type, (SH.SPARQLExecutable, kind)),
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
    """What the files of the questions say, in the graph of the ontology that they are asked of."""
    for question in questions(sources):
        quads = [in_graph(triple, ONTOLOGY) for triple in question.triples()]
        yield Reading(question.file, quads, {})


def questions(sources: Sources) -> list[Question]:
    """The competency questions, in the order of their names."""
    return [_question(rule) for rule in question_rules(sources)]


def _question(rule: Rule) -> Question:
    told = dict(COMMENT.findall(rule.query))
    return Question(
        slug=rule.slug,
        file=rule.file,
        title=rule.text,
        query=COMMENT.sub("", rule.query).strip() + "\n",
        topic=told.get("topic", ""),
        passages=tuple(map(_passage, told.get("passages", "").split())),
        sources=tuple(ID[f"source-{name}"] for name in told.get("sources", "").split()),
        note=_both(told, "note"),
        also=_both(told, "also"),
        related=tuple(told.get("see", "").split()),
        start=told.get("start", ""),
    )


def _both(told: dict[str, str], key: str) -> Text | None:
    de, en = told.get(f"{key}-de"), told.get(f"{key}-en")
    return Text(de=de, en=en) if de and en else None


def _passage(name: str) -> NamedNode:
    """The passage of a name such as `S24`, or `minutes/S24` in another document than the first."""
    document, _, number = name.rpartition("/")
    return passage_iri(document or DOCUMENT, number)
