"""Terms and statements as pages show them: labels, addresses, evidence marks."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from .. import __version__
from ..dataset import UNION, Term
from ..model.evidence import Evidence, Mark
from ..model.passages import Document
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
from .http.parameters import begin
from .pictures import hyphenate, query
from .pictures.timeline import ticks
from .site import site

# A literal of other data may have any length, and a page may show it many times.
MAX_TEXT_CHARS = 5000


@dataclass(frozen=True, slots=True)
class Link:
    """A term for readers; without an address if no page is about it. The note explains the datatype of a code."""

    text: str
    address: str = ""
    language: str = ""
    title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement for readers, with its evidence; without a subject where the page is about it."""

    subject: Link | None
    predicate: Link
    value: Link
    marks: tuple[Mark, ...]


def html(template: str, **values: object) -> Response:
    """A page in the reader's language."""
    return Response(render(template, **values), content_type="text/html; charset=utf-8")


def title(node: NamedNode) -> str:
    """The label of a thing in the reader's language."""
    return site().model.name(node, language())


def evidence() -> Evidence:
    """The evidence in the reader's language."""
    return site().model.evidence(language())


def with_members(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows of an evidence document, each followed by its members."""
    for row in rows:
        yield from (row, *row.get("members", ()))


def with_marks(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of an evidence document, they and their members with the marks of their witnesses."""
    for row in with_members(rows):
        # several witnesses may have equal marks
        row["marks"] = list(dict.fromkeys(map(evidence().witness_marks, row["witnesses"])))
    return rows


def description(node: NamedNode) -> str:
    """The description or definition of a thing in the reader's language, or else in another; empty without any."""
    dataset = site().dataset
    literals = dataset.literals(node, DCTERMS.description) or dataset.literals(node, SKOS.definition)
    own = (literal for literal in literals if literal.language == language())
    return abridge(next((literal.value for literal in (*own, *literals)), ""))


def sources(document: NamedNode) -> list[str]:
    """The addresses of the text of a document."""
    return [node.value for node in site().dataset.nodes(document, DCTERMS.source) if urls.is_link(node.value)]


def link(term: Term) -> Link:
    """A term by its label in the reader's language; cached during a request."""
    links: dict[Term, Link] = g.setdefault("links", {})
    if term not in links:
        links[term] = _link(term)
    return links[term]


def _link(term: Term) -> Link:
    if isinstance(term, Literal):
        writer = WRITERS.get(term.datatype)
        text = writer(term.value) if writer else abridge(term.value)
        lexical_form = term.value if writer and text != term.value else ""
        note = title(term.datatype) if term.datatype in IQ else ""
        return Link(text, language=term.language or "", title=lexical_form, note=note)
    if isinstance(term, BlankNode):
        return _blank_node_link(term)
    if not isinstance(term, NamedNode):
        return Link(str(term))
    short = site().model.short(term).strip("<>")
    label = _label(term) or _reused_label(term) or _reified_label(term)
    return Link(label or short.removeprefix(BASE), _address(term), title=short)


def _address(node: NamedNode) -> str:
    address = urls.local(node.value)
    return address if urls.is_link(address) else ""


def abridge(text: str) -> str:
    """A text for a page: of a long one only the beginning, with its length; the data has all of it."""
    if len(text) <= MAX_TEXT_CHARS:
        return text
    note = say(de=f"{len(text)} Zeichen, hier gekürzt", en=f"{len(text)} characters, shortened here")
    return f"{text[:MAX_TEXT_CHARS]}… ({note})"


def _label(node: NamedNode) -> str:
    """The label of a thing; of a passage with its number and document, where there are several."""
    label = title(node)
    needs_number = label and evidence().has_several_documents
    if needs_number and Quad(node, RDF.type, IQ.Passage, UNION) in site().dataset.store:
        return f"{evidence().passage_label(node)}: {label}"
    return label


def _reified_label(node: NamedNode) -> str:
    """The subject, predicate and object of a reified statement (https://www.w3.org/TR/rdf-schema/#ch_reificationvocab)."""
    parts = [site().dataset.values(node, name) for name in (RDF.subject, RDF.predicate, RDF.object)]
    return "{}: {} {}".format(*(link(part).text for part, *_ in parts)) if all(parts) else ""


def _blank_node_link(node: BlankNode) -> Link:
    """A blank node by its number on the page, leading to its statements if the page has them."""
    # The labels of the parser are long, and others at each start.
    anchors: set[BlankNode] = g.get("anchors", set())
    numbers: dict[BlankNode, int] = g.setdefault("blank_nodes", {})
    number = numbers.setdefault(node, len(numbers) + 1)
    return Link(f"_:{number}", f"#_{number}" if node in anchors else "", title=str(node))


def _reused_label(term: NamedNode) -> str:
    """Our label for a term of another vocabulary; files of others may have labels of their own."""
    label = reused_name(term) if site().is_bundled else None
    return localize(label) if label else ""


def literal(cell: Mapping[str, Any], ungrouped: int = MAX_UNGROUPED_DIGITS) -> str:
    """A literal of an answer in JSON for a page: as it is, but numbers as readers write them, triples as in Turtle."""
    text = compact_cell(cell, site().dataset.prefixes) if cell["type"] == "triple" else cell["value"]
    return format_number(text, ungrouped) if is_number(cell) else abridge(text)


def is_number(cell: Mapping[str, str] | None) -> bool:
    """Whether a cell of an answer in JSON is a number."""
    return cell is not None and cell.get("datatype") in [datatype.value for datatype in NUMBERS]


def link_to(iri: str) -> Link:
    """An IRI by its short name, with its label as title."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return Link(iri)
    return Link(site().model.short(node).strip("<>"), _address(node), title=_label(node) or _reused_label(node))


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
    """Whether pages show a property in facts: one of ours, or one with a label for a row."""
    return predicate in IQ or predicate in ROW_LABELS


def predicate_link(predicate: NamedNode) -> Link:
    """A property by its label for a row, which many properties of other vocabularies have only here."""
    own, label = link(predicate), ROW_LABELS.get(predicate)
    return Link(localize(label), own.address, title=own.title) if label else own


def statement(triple: Triple, node: NamedNode | None = None) -> Statement:
    """A triple for a page about a node."""
    return Statement(
        subject=None if triple.subject == node else link(triple.subject),
        predicate=predicate_link(triple.predicate),
        value=link(triple.object),
        marks=evidence().marks(triple),
    )


def set_anchors(nodes: Iterable[Term]) -> None:
    """Declare the blank nodes whose statements this page has, so that links lead to them."""
    g.anchors = {node for node in nodes if isinstance(node, BlankNode)}


def documents_with(passages: Collection[NamedNode]) -> list[Document]:
    """The documents with one of the passages."""
    documents = site().model.documents
    return [document for document in documents if any(passage.node in passages for passage in document.passages)]


def init_app(app: Flask) -> None:
    """Register the functions that templates use."""
    functions = (abridge, begin, description, documents_with, is_number, link_to, literal, query, sources, ticks)
    app.jinja_env.globals.update(
        {function.__name__: function for function in functions},
        documents=lambda: site().model.documents,
        name_of=title,
        passage_label=lambda passage: evidence().passage_label(passage),
        passage_marks=lambda passages: evidence().passage_marks(passages),
        version=__version__,
    )
    app.jinja_env.filters["hyphenate"] = hyphenate
