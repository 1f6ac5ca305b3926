"""URLs below /q/: the pages of questions, and permalinks, which contain the whole query."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, redirect, request
from pyoxigraph import Literal
from werkzeug.wrappers import Response as AnyResponse

from ...bilingual import Text
from ...dataset import Term
from ...dataset.questions import Question
from ...engine import Query
from ...engine.errors import NotExplained
from ...engine.query import RowSelection
from ...formats import RDF_FORMATS
from ...model.facets import is_name
from ...model.questions import in_language
from ...terms import QUERY, SH
from .. import urls, views
from ..http.language import LANGUAGES, language, localize, say
from ..http.negotiation import HTML, by_name
from ..http.parameters import begin, choice, view
from ..http.problems import Problem, require_bundled
from ..representations import add_negotiation, choose, not_acceptable
from ..site import Site, site
from ..versions import of_version
from ..views import Link
from .endpoint import TABLES, offers
from .protocol import MAX_EXPLAINED_ROWS, graph_parameters
from .snippets import keys, snippets

bp = Blueprint("permalinks", __name__)

CODE_PREFIX = "~"
MAX_QUERY_BYTES = 1 << 16
MAX_FIRST_ROWS = 30  # on a phone each row is a paragraph; a link shows the rest
MAX_NAMES = 5
MAX_MEMBERS = 10  # of each row of an aggregate
FORWARDED_PARAMETERS = ("format", "view", "default-graph-uri", "named-graph-uri")
UNKNOWN_CODE = Text(
    de="Eine Frage mit diesem Namen gibt es nicht, und ein vollständiger kurzer Link zu einer Abfrage ist das auch "
    "nicht. Prüfen Sie, ob die Adresse vollständig ist.",
    en="There is no question with this name, nor is this a complete short link to a query. "
    "Check that the address is complete.",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the table of an answer; `key` is the text by which its column is sorted."""

    link: Link
    key: str
    is_number: bool = False


@bp.get("/q/")
def index() -> Response:
    """Show all questions by topic."""
    require_bundled()
    return views.html("questions.html", topics=site().model.questions.by_topic())


@bp.get("/q/<code>")
def short(code: str) -> AnyResponse:
    """Show the page of a question, or redirect to the answer of `?version=`.

    Format, view and graphs are passed on, so that a permalink with `format=csv` is the URL of the table. A format that
    the answer cannot have is refused here: no client adds one by itself.
    """
    about = of_version(request.args.get("version", ""))
    text = unpack(code) if code.startswith(CODE_PREFIX) else in_language(_question_query(about, code), language())
    formats = offers(Query(text))
    if (name := request.args.get("format")) and not by_name(name, formats):
        raise not_acceptable(name, formats)
    arguments = {name: list(filter(None, request.args.getlist(name))) for name in FORWARDED_PARAMETERS}
    parameters = {name: values for name, values in arguments.items() if values}
    if about.release:
        response: AnyResponse = redirect(urls.page(f"version/{about.version}/sparql", query=text, **parameters), 303)
    elif (
        (question := site().model.questions.by_slug.get(code)) and {*parameters} <= {"view"} and choose(TABLES) is HTML
    ):
        response = page(question)
    else:
        response = redirect(urls.page("sparql", query=text, **parameters), 303)
    add_negotiation(response)
    return response


def permalink(query: Query) -> str:
    """Return the short URL of a query, with the version of the data and the graphs.

    It names a question, which has one query in a version, and the language of its labels; any other query is packed.
    """
    question, lines = site().model.questions.by_query(query.text), query.text.splitlines()
    tags = [tag for tag in LANGUAGES if question and in_language(question.query, tag).splitlines() == lines]
    code, labels = (question.slug, {"lang": tags[0]}) if question and tags else (pack(query.text), {})
    return urls.permalink(f"q/{code}", **graph_parameters(query), **labels)


def pack(query: str) -> str:
    """Encode a query as a code: raw DEFLATE (RFC 1951) in URL-safe Base64 (RFC 4648, section 5)."""
    # Raw, since header and checksum would add eight characters.
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    content = deflate.compress(query.encode()) + deflate.flush()
    return CODE_PREFIX + urlsafe_b64encode(content).decode().rstrip("=")


def unpack(code: str) -> str:
    """Decode the query of a code; raise a Problem if it is longer than `MAX_QUERY_BYTES`, or not a code."""
    try:
        # URLs leave out the padding (RFC 4648, section 3.2)
        content = urlsafe_b64decode(code.removeprefix(CODE_PREFIX) + "=" * (-(len(code) - 1) % 4))
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        # A few bytes may decompress to gigabytes.
        query = inflate.decompress(content, MAX_QUERY_BYTES)
        if not inflate.eof:
            raise Problem("not-found", UNKNOWN_CODE)
        return query.decode()
    except (NotBase64, ValueError, zlib.error) as error:
        raise Problem("not-found", UNKNOWN_CODE) from error


def _question_query(about: Site, slug: str) -> str:
    """Return the query of a question in a version; the current one if the version has no questions."""
    if about.release and about.dataset.instances(SH.SPARQLExecutable):
        literals = about.dataset.literals(QUERY[slug], SH.select, SH.ask) if is_name(slug) else []
        queries = [literal.value for literal in literals]
    else:
        question = site().model.questions.by_slug.get(slug)
        queries = [question.query] if question else []
    if not queries:
        raise Problem("not-found", UNKNOWN_CODE)
    return queries[0]


def page(question: Question) -> Response:
    """Show a question with its answer, the evidence, the query and the downloads."""
    questions = site().model.questions
    answer = questions.answer(question.slug, language())
    query = Query(answer.query)
    rows = request.args.get("rows")
    literals = (
        (column.variables[0], term.value, term.datatype.value)
        for row in answer.rows
        for column, term in zip(answer.columns, row, strict=True)
        if isinstance(term, Literal)
    )
    first = answer.rows if rows and choice("rows", rows, ("all",)) else begin(answer.rows, MAX_FIRST_ROWS)
    return views.html(
        "question.html",
        question=question,
        answer=answer,
        rows=[list(map(_cell, row)) for row in first],
        count=len(answer.rows),
        view=view(),
        heads=heads(question),
        related=[questions.by_slug[slug] for slug in question.related],
        has_pairs=any(column.is_pair for column in answer.columns),
        evidence=_evidence(query, int(answer.truth or 0) or min(len(first), MAX_EXPLAINED_ROWS)),
        formats=query.formats,
        document_formats=RDF_FORMATS,
        permalink=urls.permalink(f"q/{question.slug}"),
        snippets=snippets(f"{urls.host()}/sparql", answer.query, keys=keys(literals)) if answer.truth is None else [],
    )


def _evidence(query: Query, count: int) -> list[dict[str, Any]]:
    """Return the evidence of the first rows of an answer with its marks; of several, with few members of each."""
    rows = RowSelection(tuple(range(count)), MAX_MEMBERS if count > 1 else MAX_EXPLAINED_ROWS)
    with suppress(NotExplained):
        return views.with_marks(site().model.explainer.explain(query, rows)["rows"] if count else [])
    return []


def heads(question: Question) -> dict[str, str]:
    """Return the column headings of a question by variable."""
    columns = site().model.questions.answer(question.slug, language()).columns
    return {name: localize(column.head) for column in columns for name in column.variables}


def summary(question: Question) -> str:
    """Summarize the answer to a question: a single row with its headings, else the first values of the rows.

    The other values of a row follow in brackets.
    """
    answer = site().model.questions.answer(question.slug, language())
    if answer.truth is not None:
        return say(de="Ja", en="Yes") if answer.truth else say(de="Nein", en="No")
    rows = [[views.link(term).text if term else "" for term in row] for row in answer.rows]
    if len(rows) == 1:
        cells = zip(answer.columns, rows[0], strict=True)
        return "; ".join(f"{localize(column.head)}: {text}" for column, text in cells if text)
    details: dict[str, dict[str, None]] = {}
    for first, *others in rows:
        details.setdefault(first, {}).update(dict.fromkeys(filter(None, others)))
    names = [f"{name} ({', '.join(others)})" if others else name for name, others in details.items() if name]
    more = len(names) - MAX_NAMES
    rest = [say(de=f"und {more} weitere", en=f"and {more} more")] if more > 0 else []
    return "; ".join([*names[:MAX_NAMES], *rest])


def _cell(term: Term | None) -> Cell | None:
    if term is None:
        return None
    link = views.link(term)
    if not isinstance(term, Literal):
        return Cell(link, link.text)
    if term.language == language() and (thing := site().model.search(language()).by_label.get(term.value)):
        link = replace(link, address=urls.local(thing.value))
    return Cell(link, term.value, term.datatype in views.NUMBERS)
