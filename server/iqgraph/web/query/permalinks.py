"""Addresses below /q/: the pages of questions, and short links that need no memory, since they hold the query."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from pyoxigraph import Literal
from werkzeug.wrappers import Response as AnyResponse

from ...bilingual import Text
from ...dataset import Term
from ...dataset.questions import Question
from ...engine import Query
from ...engine.evidence import is_explained
from ...formats import RDF_FORMATS
from ...model.facets import is_name
from ...model.questions import Answer, in_language
from ...terms import QUERY, SH
from .. import urls, views
from ..forms import choose, mark_negotiated, not_acceptable
from ..http.language import language, localize, say
from ..http.negotiation import HTML, named
from ..http.parameters import choice, view
from ..http.problems import Problem, require_bundled
from ..site import Site, site
from ..versions import of_version
from ..views import Link
from .endpoint import TABLES, offers
from .protocol import MAX_EXPLAINED_ROWS, graphs
from .snippets import keys, snippets

bp = Blueprint("permalinks", __name__)

SIGN = "~"
MAX_QUERY_BYTES = 1 << 16
MAX_FIRST_ROWS = 30  # on a phone each is a paragraph; all of them are one click away
MAX_NAMES = 5
HANDED_ON = ("format", "view", "default-graph-uri", "named-graph-uri")
NOT_ONE = Text(
    de="Eine Frage mit diesem Namen gibt es nicht, und ein vollständiger kurzer Link zu einer Abfrage ist das auch "
    "nicht. Prüfen Sie, ob die Adresse vollständig ist.",
    en="There is no question with this name, nor is this a complete short link to a query. "
    "Check that the address is complete.",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as a reader sees it, the text by which its column is sorted, and whether it is a number."""

    link: Link
    key: str
    is_number: bool = False


@bp.get("/q/")
def index() -> Response:
    """All questions by topic."""
    require_bundled()
    return views.html("questions.html", topics=site().model.questions.by_topic())


@bp.get("/q/<code>")
def short(code: str) -> AnyResponse:
    """The page of a question, for people; else the way to the answer of the `version` that the address names.

    What is asked beside it goes along: a `format`, so that the short address of a query is, with `format=csv`, also
    that of its table; the view, and the graphs. A format that the answer cannot have is refused here, where no client
    adds one itself.
    """
    about = of_version(request.args.get("version", ""))
    text = unpack(code) if code.startswith(SIGN) else in_language(_question(about, code), language())
    forms = offers(Query(text))
    if (name := request.args.get("format")) and not named(name, forms):
        raise not_acceptable(name, forms)
    parameters = {name: given for name in HANDED_ON if (given := [one for one in request.args.getlist(name) if one])}
    if about.release:
        response: AnyResponse = redirect(urls.page(f"version/{about.version}/sparql", query=text, **parameters), 303)
    elif (asked := site().model.questions.by_slug.get(code)) and {*parameters} <= {"view"} and choose(TABLES) is HTML:
        response = page(asked)
    else:
        response = redirect(urls.page("sparql", query=text, **parameters), 303)
    mark_negotiated(response)
    return response


def address(query: Query) -> str:
    """The short address of a query, with the version of the data that answered and the graphs that are asked."""
    found = site().model.questions.asked(query.text)
    return urls.pinned(f"q/{found.slug if found else pack(query.text)}", **graphs(query))


def cited(query: Query) -> str:
    """The whole address of an answer, in which the query itself is held, whatever questions will be called."""
    parameters = urlencode({"version": site().version, **graphs(query)}, doseq=True)
    return f"{urls.host()}/q/{pack(query.text)}?{parameters}"


def pack(query: str) -> str:
    """A query as a code: raw DEFLATE (RFC 1951) in the alphabet for addresses (RFC 4648, section 5)."""
    # Without head and checksum, which would make each address eight signs longer.
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(query.encode()) + deflate.flush()
    return SIGN + urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(code: str) -> str:
    """The query of a code, at most `MAX_QUERY_BYTES` bytes long."""
    try:
        # the signs that fill up the last group are left out in addresses (RFC 4648, section 3.2)
        packed = urlsafe_b64decode(code.removeprefix(SIGN) + "=" * (-(len(code) - 1) % 4))
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        # A few bytes may unpack to gigabytes, so no more than this is unpacked.
        query = inflate.decompress(packed, MAX_QUERY_BYTES)
        if not inflate.eof:
            raise Problem("not-found", NOT_ONE)
        return query.decode()
    except (NotBase64, ValueError, zlib.error) as error:
        raise Problem("not-found", NOT_ONE) from error


def _question(about: Site, slug: str) -> str:
    """The query of a question as it was in a version; as it is now where the version keeps no questions."""
    if not about.release or not about.dataset.instances(SH.SPARQLExecutable):
        if not (known := site().model.questions.by_slug.get(slug)):
            raise Problem("not-found", NOT_ONE)
        return known.query
    found = about.dataset.literals(QUERY[slug], SH.select, SH.ask) if is_name(slug) else []
    if not found:
        raise Problem("not-found", NOT_ONE)
    return found[0].value


def page(question: Question) -> Response:
    """A question with its answer, what the answer rests on, and below that the query and the files."""
    questions = site().model.questions
    answer = questions.answer(question.slug, language())
    query = Query(answer.query)
    rows = request.args.get("rows")
    shown = answer.rows if rows and choice("rows", rows, ("all",)) else answer.rows[:MAX_FIRST_ROWS]
    return views.html(
        "question.html",
        question=question,
        answer=answer,
        rows=[list(map(_cell, row)) for row in shown],
        count=len(answer.rows),
        view=view(),
        heads=heads(question),
        related=[questions.by_slug[slug] for slug in question.related],
        has_pairs=any(column.is_pair for column in answer.columns),
        is_explained=site().has_graphs and is_explained(query),
        explained=MAX_EXPLAINED_ROWS,
        formats=query.formats,
        forms=RDF_FORMATS,
        permalink=urls.pinned(f"q/{question.slug}"),
        snippets=snippets(f"{urls.host()}/sparql", answer.query, keys=_keys(answer)) if answer.truth is None else [],
    )


def heads(question: Question) -> dict[str, str]:
    """What the variables of a question are called where its answer is drawn."""
    columns = site().model.questions.answer(question.slug, language()).columns
    return {name: localize(column.head) for column in columns for name in column.variables}


def in_a_line(question: Question) -> str:
    """The answer to a question in a few words: a single row with its heads, of more rows what stands first in them.

    What else they say of it stands behind it in brackets.
    """
    answer = site().model.questions.answer(question.slug, language())
    if answer.truth is not None:
        return say(de="Ja", en="Yes") if answer.truth else say(de="Nein", en="No")
    rows = [[views.link(term).text if term else "" for term in row] for row in answer.rows]
    if len(rows) == 1:
        cells = zip(answer.columns, rows[0], strict=True)
        return "; ".join(f"{localize(column.head)}: {text}" for column, text in cells if text)
    told: dict[str, dict[str, None]] = {}
    for first, *others in rows:
        told.setdefault(first, {}).update((one, None) for one in others if one)
    names = [f"{name} ({', '.join(others)})" if others else name for name, others in told.items() if name]
    more = len(names) - MAX_NAMES
    rest = [say(de=f"und {more} weitere", en=f"and {more} more")] if more > 0 else []
    return "; ".join([*names[:MAX_NAMES], *rest])


def _keys(answer: Answer) -> list[str]:
    """The columns in which a text looks like a number."""
    names = [column.variables[0] for column in answer.columns]
    cells = ((name, term) for row in answer.rows for name, term in zip(names, row, strict=True))
    return keys((name, term.value, term.datatype.value) for name, term in cells if isinstance(term, Literal))


def _cell(term: Term | None) -> Cell | None:
    if term is None:
        return None
    link = views.link(term)
    if not isinstance(term, Literal):
        return Cell(link, link.text)
    if term.language == language() and (thing := site().model.search(language()).called(term.value)):
        link = replace(link, address=urls.local(thing.value))
    return Cell(link, term.value, term.datatype in views.NUMBERS)
