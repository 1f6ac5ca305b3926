"""What the pages show: terms by name and address, statements with their evidence."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from flask import Flask, Response, g
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from .. import __version__
from ..bilingual import Text
from ..dataset import UNION, Term
from ..engine.neighbourhood import Neighbourhood
from ..model.evidence import Evidence, Mark
from ..model.passages import Outline
from ..reference.reused import reused_name
from ..terms import BASE, DCTERMS, IQ, RDF, SKOS, XSD, expanded
from . import urls
from .http.language import Language, language, lasting, localize, number, say, truth, written
from .http.messages import page
from .http.parameters import MAX_ROWS, Portion, portion
from .pictures import query
from .pictures.columns import breakable
from .site import site

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


@dataclass(frozen=True, slots=True)
class View:
    """The page of a thing: a portion of its statements, and the first of those that point to it."""

    title: str
    iri: str
    description: str
    descriptions: list[Row]
    rows: Portion[Row]
    incoming: list[Row]
    left_out: int


def html(template: str, **values: object) -> Response:
    """A page in the reader's language."""
    response = Response(page(template, **values), content_type="text/html; charset=utf-8")
    response.vary.add("Accept-Language")
    return response


def title(node: NamedNode) -> str:
    """What a thing is called in the reader's language."""
    return site().model.name(node, language())


def evidence() -> Evidence:
    """The marks of statements in the reader's language."""
    return site().model.evidence(language())


def cited(passages: Iterable[NamedNode]) -> tuple[Mark, ...]:
    """The marks of passages on which something rests as a whole."""
    return evidence().cited(passages)


def passage_number(passage: NamedNode) -> str:
    """The number of a passage, after the short name of its document where there are several."""
    return evidence().called(passage)


def described(node: NamedNode) -> str:
    """A thing in one sentence in the reader's language."""
    dataset = site().dataset
    found = dataset.values(node, DCTERMS.description) or dataset.values(node, SKOS.definition)
    return _in_language(found, language())


def sources(document: NamedNode) -> list[str]:
    """Where a document can be read."""
    return [node.value for node in site().dataset.nodes(document, DCTERMS.source) if urls.is_link(node.value)]


def view(about: Neighbourhood) -> View:
    """A thing as its page shows it."""
    own = [triple for triple in about.statements if triple.subject == about.node]
    others = [triple for triple in about.statements if triple.subject != about.node]
    g.told = {triple.subject for triple in others if isinstance(triple.subject, BlankNode)}
    shown = portion([*sorted(own, key=_place), *sorted(others, key=_place)])
    return View(
        title=title(about.node) or link(about.node).text,
        iri=about.node.value,
        description=_in_language([t.object for t in own if t.predicate == DCTERMS.description], language()),
        descriptions=_of_several([one for one in own if one.predicate == DCTERMS.description]),
        rows=Portion([row(triple, about.node) for triple in shown.items], shown.number, shown.last, shown.total),
        incoming=[row(triple, about.node) for triple in sorted(about.incoming, key=_place)[:MAX_ROWS]],
        left_out=max(0, len(about.incoming) - MAX_ROWS),
    )


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
        _called(term) or _reused(term) or short.removeprefix(BASE),
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
    return f"{passage_number(node)}: {name}" if is_mistakable else name


def _blank(node: BlankNode) -> Link:
    """A node without a name: numbered on the page, and a way to where the page tells of it."""
    told: set[BlankNode] = g.get("told", set())
    numbers: dict[BlankNode, int] = g.setdefault("blanks", {})
    number = numbers.setdefault(node, len(numbers) + 1)
    return Link(f"_:{number}", f"#_{number}" if node in told else "", title=str(node))


def _reused(term: NamedNode) -> str:
    """What we call a term of another vocabulary; among somebody's files it may be called otherwise."""
    known = reused_name(term) if site().bundled else None
    return say(de=known.de, en=known.en) if known else ""


def literal(cell: Mapping[str, str]) -> str:
    """A literal of an answer in JSON as the page of a query shows it: as it is, but numbers in the reader's language.

    Whole numbers of up to four digits stay as they are, since they may be years.
    """
    is_number = NamedNode(cell.get("datatype", XSD.string.value)) in NUMBERS
    return number(cell["value"]) if is_number else brief(cell["value"])


def link_to(iri: str) -> Link:
    """An IRI by its short name, and what it is called as the title of the link."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return Link(iri)
    address = urls.local(iri)
    short = site().model.short(node).strip("<>")
    return Link(short, address if urls.is_link(address) else "", title=_called(node))


NUMBERS = (XSD.integer, XSD.decimal, XSD.double)
WRITERS = {
    XSD.boolean: truth,
    XSD.date: written,
    XSD.duration: lasting,
    XSD.gYearMonth: written,
    XSD.yearMonthDuration: lasting,
    **dict.fromkeys(NUMBERS, number),
}
PROPERTIES = {
    "dc:publisher": Text(de="Herausgeber", en="publisher"),
    "dcterms:issued": Text(de="erschienen", en="published"),
    "dcterms:description": Text(de="Beschreibung", en="description"),
    "rdfs:label": Text(de="Bezeichnung", en="label"),
    "dcat:startDate": Text(de="Anfang", en="start"),
    "dcat:endDate": Text(de="Ende", en="end"),
    "dcterms:identifier": Text(de="Fundstelle oder Nummer", en="reference or number"),
    "dcterms:source": Text(de="Quelle", en="source"),
    "eli:date_document": Text(de="ausgefertigt am", en="signed on"),
    "eli:date_publication": Text(de="verkündet am", en="published on"),
    "eli:first_date_entry_in_force": Text(de="zuerst in Kraft getreten am", en="first in force on"),
    "foaf:page": Text(de="Seite", en="page"),
    "owl:sameAs": Text(de="dasselbe wie", en="same as"),
    "rdf:type": Text(de="ist", en="is"),
    "rdfs:seeAlso": Text(de="siehe auch", en="see also"),
    "schema:areaServed": Text(de="gilt für", en="area served"),
    "schema:containedInPlace": Text(de="liegt in", en="lies in"),
    "schema:url": Text(de="Website", en="website"),
    "skos:altLabel": Text(de="auch genannt", en="also called"),
    "skos:broadMatch": Text(de="Oberbegriff anderswo", en="broader elsewhere"),
    "skos:broader": Text(de="Oberbegriff", en="broader"),
    "skos:closeMatch": Text(de="ähnlich", en="close to"),
    "skos:exactMatch": Text(de="gleichbedeutend", en="same meaning"),
    "skos:notation": Text(de="Kennung", en="code"),
    "skos:prefLabel": Text(de="heißt", en="called"),
    "skos:relatedMatch": Text(de="verwandt", en="related to"),
}


IN_WORDS = {expanded(name): words for name, words in PROPERTIES.items()}


def has_words(predicate: NamedNode) -> bool:
    """Whether a property is one that readers have words for: one of ours, or one that pages name in words."""
    return predicate in IQ or predicate in IN_WORDS


def predicate_link(predicate: NamedNode) -> Link:
    """A property in words; many of other vocabularies have none in the dataset."""
    found = link(predicate)
    words = IN_WORDS.get(predicate)
    return Link(localize(words), found.address, title=found.title) if words else found


def row(triple: Triple, node: NamedNode | None = None) -> Row:
    """A statement as a row of a table; its subject is left out if the table is about it."""
    return Row(
        subject=None if triple.subject == node else link(triple.subject),
        predicate=predicate_link(triple.predicate),
        value=link(triple.object),
        marks=evidence().marks(triple),
    )


def _of_several(described: Iterable[Triple]) -> list[Row]:
    """The descriptions of a thing in the reader's language, each with who gives it, if there is more than one."""
    own = [one for one in described if isinstance(one.object, Literal) and one.object.language == language()]
    return [row(one) for one in sorted(own, key=str)] if len(own) > 1 else []


def _in_language(values: Iterable[Term], wanted: Language) -> str:
    literals = [value for value in values if isinstance(value, Literal)]
    own = [literal.value for literal in literals if literal.language == wanted]
    return brief(next(iter([*own, *(literal.value for literal in literals)]), ""))


def _place(triple: Triple) -> tuple[str, bool, str, str]:
    return str(triple.subject), triple.predicate != RDF.type, triple.predicate.value, str(triple.object)


def bearing(passages: Collection[NamedNode]) -> list[Outline]:
    """The documents that have one of these passages."""
    return [one for one in site().model.outlines if any(segment.node in passages for segment in one.segments)]


def documents() -> list[Outline]:
    """The documents that can be shown."""
    return site().model.outlines


def init_app(app: Flask) -> None:
    """Give the templates what is said of things."""
    given = (bearing, brief, cited, described, documents, link_to, literal, passage_number, query, sources)
    app.jinja_env.globals.update({one.__name__: one for one in given}, titled=title, version=__version__)
    app.jinja_env.filters["breakable"] = breakable
