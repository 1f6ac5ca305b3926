"""Short addresses of queries that need no memory: the name of a question, or the query itself, compressed."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from ... import __version__
from ...bilingual import Text
from ...dataset.questions import Question
from ...engine import Query
from ...model.heads import in_language
from .. import urls
from ..forms import choose, mark_negotiated
from ..http.language import language
from ..http.negotiation import HTML
from ..http.problems import Problem, not_bundled
from ..site import VERSION, site
from . import endpoint
from . import questions as question_pages
from .endpoint import TABLES
from .examples import asked, questions

bp = Blueprint("permalinks", __name__)

SIGN = "~"
MAX_QUERY_BYTES = 1 << 16
HANDED_ON = ("version", "format", "default-graph-uri", "named-graph-uri")
NOT_ONE = Text(
    de="Das ist kein kurzer Link zu einer Abfrage: weder der Name einer Frage noch eine ganze gepackte Abfrage. "
    "Prüfen Sie, ob der Link vollständig ist.",
    en="This is not a short address of a query: it is neither the name of a question nor a whole compressed query. "
    "Check that the link is complete.",
)


@bp.get("/q/")
def index() -> Response:
    """All questions by topic."""
    if not site().bundled:
        raise not_bundled(de="Zu ihnen gibt es keine vorbereiteten Fragen.", en="There are no questions on them.")
    return question_pages.index()


@bp.get("/q/<code>")
def short(code: str) -> Response:
    """The page of a question, for people; else the way to the answer.

    What is asked beside it goes along: a `version`, so that a page can tell if it was another; a `format`, so that the
    short address of a query is, with `format=csv`, also that of its table; and the graphs.
    """
    question = None if code.startswith(SIGN) else _question(code)
    parameters = {name: given for name in HANDED_ON if (given := [one for one in request.args.getlist(name) if one])}
    if question and parameters in ({}, {"version": [__version__]}) and choose(TABLES) is HTML:
        response: Response = question_pages.page(question)
    else:
        query = in_language(question.query, language()) if question else unpack(code)
        response = redirect(urls.page("sparql", query=query, **parameters), 303)
    mark_negotiated(response)
    return response


def address(query: Query) -> str:
    """The short address of a query, with the version of the data that answered and the graphs that are asked."""
    found = asked(query.text)
    code = found.slug if found else pack(query.text)
    return urls.current(f"q/{code}", version=request.environ.get(VERSION, __version__), **endpoint.graphs(query))


def pack(query: str) -> str:
    """A query as a code: raw DEFLATE (RFC 1951) in the alphabet for addresses (RFC 4648, section 5)."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(query.encode()) + deflate.flush()
    return SIGN + urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(code: str) -> str:
    """The query of a code, at most `MAX_QUERY_BYTES` bytes long."""
    try:
        packed = urlsafe_b64decode(code.removeprefix(SIGN) + "=" * (-(len(code) - 1) % 4))
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        # A few bytes may unpack to gigabytes, so no more than this is unpacked.
        query = inflate.decompress(packed, MAX_QUERY_BYTES)
        if not inflate.eof:
            raise Problem("not-found", NOT_ONE)
        return query.decode()
    except (NotBase64, ValueError, zlib.error) as error:
        raise Problem("not-found", NOT_ONE) from error


def _question(slug: str) -> Question:
    if slug not in questions():
        raise Problem("not-found", NOT_ONE)
    return questions()[slug]
