"""What the pages show: terms by name and address, statements with their evidence."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, g, render_template
from pyoxigraph import Literal, NamedNode, Triple

from ..dataset import Term
from ..engine.neighbourhood import Neighbourhood, name
from ..terms import BASE, DCTERMS, DERIVED, GRAPH, PROV, RDF
from ..turtle import compact
from . import urls
from .language import Language, language, say
from .site import site


@dataclass(frozen=True, slots=True)
class Link:
    """A term as a reader sees it; without an address if there is nowhere to go."""

    text: str
    address: str = ""
    language: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A statement, and the places that say it."""

    subject: Link | None
    predicate: Link
    value: Link
    marks: tuple[Link, ...]
    derived: bool


@dataclass(frozen=True, slots=True)
class View:
    """The page of a thing."""

    title: str
    iri: str
    description: str
    rows: list[Row]
    incoming: list[Row]


def html(template: str, **values: object) -> Response:
    """A page in the reader's language."""
    response = Response(render_template(template, **values), content_type="text/html; charset=utf-8")
    response.vary.add("Accept-Language")
    return response


def view(about: Neighbourhood) -> View:
    """A thing as its page shows it."""
    own = [triple for triple in about.statements if triple.subject == about.node]
    others = [triple for triple in about.statements if triple.subject != about.node]
    return View(
        title=link(about.node).text,
        iri=about.node.value,
        description=_in_language([t.object for t in own if t.predicate == DCTERMS.description], language()),
        rows=[_row(about, triple) for triple in [*sorted(own, key=_place), *sorted(others, key=_place)]],
        incoming=[_row(about, triple) for triple in sorted(about.incoming, key=_place)],
    )


def link(term: Term) -> Link:
    """A term by its name in the reader's language; looked up once a request."""
    seen: dict[Term, Link] = g.setdefault("links", {})
    if term not in seen:
        seen[term] = _link(term)
    return seen[term]


def _link(term: Term) -> Link:
    if isinstance(term, Literal):
        return Link(term.value, language=term.language or "")
    if not isinstance(term, NamedNode):
        return Link(str(term))
    short = compact(term, site().dataset.prefixes).strip("<>")
    address = urls.local(term.value)
    return Link(
        name(site().dataset, term, language()) or short.removeprefix(BASE),
        address if urls.is_link(address) else "",
        title=short,
    )


def title(node: NamedNode) -> str:
    """What a thing is called in the reader's language; empty if nowhere."""
    return name(site().dataset, node, language())


def _row(about: Neighbourhood, triple: Triple) -> Row:
    graphs = about.premises.get(triple) or about.evidence.get(triple, ())
    return Row(
        subject=None if triple.subject == about.node else link(triple.subject),
        predicate=link(triple.predicate),
        value=link(triple.object),
        marks=tuple(_mark(graph) for graph in graphs),
        derived=triple in about.premises,
    )


def _mark(graph: NamedNode) -> Link:
    """A graph as a mark; looked up once a request."""
    seen: dict[NamedNode, Link] = g.setdefault("marks", {})
    if graph not in seen:
        seen[graph] = _new_mark(graph)
    return seen[graph]


def _new_mark(graph: NamedNode) -> Link:
    """A graph as a mark that leads to its passage or, if it has none, to the graph itself."""
    passages = [node for node in site().dataset.values(graph, PROV.wasDerivedFrom) if isinstance(node, NamedNode)]
    target = passages[0] if len(passages) == 1 else graph
    path = graph.value.removeprefix(GRAPH.iri)
    text = path.rpartition("/")[2] if len(passages) == 1 else path
    if graph == DERIVED:
        text = say("einer Regel", "a rule")
    return Link(text, urls.local(target.value), title=link(graph).text)


def _in_language(values: Iterable[Term], wanted: Language) -> str:
    literals = [value for value in values if isinstance(value, Literal)]
    own = [literal.value for literal in literals if literal.language == wanted]
    return next(iter([*own, *(literal.value for literal in literals)]), "")


def _place(triple: Triple) -> tuple[str, bool, str, str]:
    return str(triple.subject), triple.predicate != RDF.type, triple.predicate.value, str(triple.object)
