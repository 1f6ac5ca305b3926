"""What the pages show: terms by name and address, statements with their evidence."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from .. import __version__
from ..dataset import UNION, Term
from ..model.evidence import Evidence, Mark
from ..model.passages import Outline
from ..reference.usage import ROW_LABELS, reused_name
from ..serialisation.turtle import compact_cell
from ..terms import BASE, DCTERMS, IQ, RDF, SKOS, XSD
from . import urls
from .http.language import (
    MAX_UNGROUPED_DIGITS,
    format_boolean,
    format_date,
    format_duration,
    format_number,
    language,
    localize,
    say,
)
from .http.messages import render
from .pictures import breakable, query
from .site import site

# A literal of somebody's files may have any length, and a page may show it many times.
MAX_TEXT_CHARS = 5000


@dataclass(frozen=True, slots=True)
class Link:
    """A term as a reader sees it; without an address if there is nowhere to go. The note says what a code is."""

    text: str
    address: str = ""
    language: str = ""
    title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A statement, and the places that say it."""

    subject: Link | None
    predicate: Link
    value: Link
    marks: tuple[Mark, ...]


def html(template: str, **values: object) -> Response:
    """A page in the reader's language."""
    return Response(render(template, **values), content_type="text/html; charset=utf-8")


def title(node: NamedNode) -> str:
    """What a thing is called in the reader's language."""
    return site().model.name(node, language())


def evidence() -> Evidence:
    """The marks of statements in the reader's language."""
    return site().model.evidence(language())


def described(node: NamedNode) -> str:
    """A thing in one sentence in the reader's language."""
    dataset = site().dataset
    found = dataset.values(node, DCTERMS.description) or dataset.values(node, SKOS.definition)
    return text_of(found)


def sources(document: NamedNode) -> list[str]:
    """Where a document can be read."""
    return [node.value for node in site().dataset.nodes(document, DCTERMS.source) if urls.is_link(node.value)]


def link(term: Term) -> Link:
    """A term by its name in the reader's language; looked up once a request."""
    seen: dict[Term, Link] = g.setdefault("links", {})
    if term not in seen:
        seen[term] = _link(term)
    return seen[term]


def _link(term: Term) -> Link:
    if isinstance(term, Literal):
        in_words = WRITERS.get(term.datatype)
        words = in_words(term.value) if in_words else brief(term.value)
        note = title(term.datatype) if term.datatype in IQ else ""
        return Link(
            words,
            language=term.language or "",
            title=term.value if in_words and words != term.value else "",
            note=note,
        )
    if isinstance(term, BlankNode):
        return _blank(term)
    if not isinstance(term, NamedNode):
        return Link(str(term))
    short = site().model.short(term).strip("<>")
    address = urls.local(term.value)
    return Link(
        _called(term) or _reused(term) or _stated(term) or short.removeprefix(BASE),
        address if urls.is_link(address) else "",
        title=short,
    )


def brief(text: str) -> str:
    """A text that a page can show: of a long one the beginning, and how long it is; the data has the whole."""
    if len(text) <= MAX_TEXT_CHARS:
        return text
    note = say(de=f"{len(text)} Zeichen, hier gekürzt", en=f"{len(text)} characters, shortened here")
    return f"{text[:MAX_TEXT_CHARS]}… ({note})"


def _called(node: NamedNode) -> str:
    """What a link calls a thing: a passage by its number and document too, where there are several."""
    name = title(node)
    is_mistakable = name and evidence().several and Quad(node, RDF.type, IQ.Passage, UNION) in site().dataset.store
    return f"{evidence().called(node)}: {name}" if is_mistakable else name


def _stated(node: NamedNode) -> str:
    """A statement of which others tell, in words: https://www.w3.org/TR/rdf-schema/#ch_reificationvocab."""
    parts = [site().dataset.values(node, one) for one in (RDF.subject, RDF.predicate, RDF.object)]
    return "{}: {} {}".format(*(link(one).text for one, *_ in parts)) if all(parts) else ""


def _blank(node: BlankNode) -> Link:
    """A node without a name: numbered on the page, and a way to where the page tells of it."""
    # Their own names are those of the parser, long and other ones at each start.
    told: set[BlankNode] = g.get("told", set())
    numbers: dict[BlankNode, int] = g.setdefault("blanks", {})
    number = numbers.setdefault(node, len(numbers) + 1)
    return Link(f"_:{number}", f"#_{number}" if node in told else "", title=str(node))


def _reused(term: NamedNode) -> str:
    """What we call a term of another vocabulary; among somebody's files it may be called otherwise."""
    known = reused_name(term) if site().bundled else None
    return say(de=known.de, en=known.en) if known else ""


def literal(cell: Mapping[str, Any], ungrouped: int = MAX_UNGROUPED_DIGITS) -> str:
    """A literal of an answer in JSON as the page of a query shows it: as it is, but numbers as readers write them.

    A triple term is written as Turtle does.
    """
    text = compact_cell(cell, site().dataset.prefixes) if cell["type"] == "triple" else cell["value"]
    return format_number(text, ungrouped) if is_number(cell) else brief(text)


def is_number(cell: Mapping[str, str] | None) -> bool:
    """Whether a cell of an answer in JSON is a number."""
    return cell is not None and cell.get("datatype") in [one.value for one in NUMBERS]


def link_to(iri: str) -> Link:
    """An IRI by its short name, and what it is called as the title of the link."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return Link(iri)
    address = urls.local(iri)
    short = site().model.short(node).strip("<>")
    return Link(short, address if urls.is_link(address) else "", title=_called(node) or _reused(node))


NUMBERS = (XSD.integer, XSD.decimal, XSD.double)
WRITERS = {
    XSD.boolean: format_boolean,
    XSD.date: format_date,
    XSD.duration: format_duration,
    XSD.gYearMonth: format_date,
    XSD.yearMonthDuration: format_duration,
    **dict.fromkeys(NUMBERS, format_number),
}


def has_words(predicate: NamedNode) -> bool:
    """Whether a property is one that readers have words for: one of ours, or one that pages name in words."""
    return predicate in IQ or predicate in ROW_LABELS


def predicate_link(predicate: NamedNode) -> Link:
    """A property in words; many of other vocabularies have none in the dataset."""
    found = link(predicate)
    words = ROW_LABELS.get(predicate)
    return Link(localize(words), found.address, title=found.title) if words else found


def row(triple: Triple, node: NamedNode | None = None) -> Row:
    """A statement as a row of a table; its subject is left out if the table is about it."""
    return Row(
        subject=None if triple.subject == node else link(triple.subject),
        predicate=predicate_link(triple.predicate),
        value=link(triple.object),
        marks=evidence().marks(triple),
    )


def text_of(values: Iterable[Term]) -> str:
    """The first text in the reader's language, or else in another."""
    literals = [value for value in values if isinstance(value, Literal)]
    own = [literal.value for literal in literals if literal.language == language()]
    return brief(next(iter([*own, *(literal.value for literal in literals)]), ""))


def tell(nodes: Iterable[Term]) -> None:
    """Let links of nodes without names lead to where this page tells of them."""
    g.told = {node for node in nodes if isinstance(node, BlankNode)}


def bearing(passages: Collection[NamedNode]) -> list[Outline]:
    """The documents that have one of these passages."""
    return [one for one in site().model.outlines if any(segment.node in passages for segment in one.segments)]


def init_app(app: Flask) -> None:
    """Give the templates what is said of things."""
    given = (bearing, brief, described, is_number, link_to, literal, query, sources)
    app.jinja_env.globals.update(
        {one.__name__: one for one in given},
        cited=lambda passages: evidence().cited(passages),
        documents=lambda: site().model.outlines,
        passage_number=lambda passage: evidence().called(passage),
        titled=title,
        version=__version__,
    )
    app.jinja_env.filters["breakable"] = breakable
