"""Short addresses of queries that need no memory: the name of a question, or the query itself, compressed."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from ...bilingual import Text, sentences
from ...engine import Query
from ...model.facets import is_name
from ...model.heads import in_language
from ...terms import QUERY, SH
from .. import urls
from ..forms import choose, mark_negotiated
from ..http.language import language
from ..http.negotiation import HTML
from ..http.problems import Problem, not_bundled
from ..site import Site, site
from ..versions import spell
from . import endpoint
from . import questions as question_pages
from .endpoint import TABLES

bp = Blueprint("permalinks", __name__)

SIGN = "~"
MAX_QUERY_BYTES = 1 << 16
HANDED_ON = ("format", "view", "default-graph-uri", "named-graph-uri")
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
    """The page of a question, for people; else the way to the answer of the `version` that the address names.

    What is asked beside it goes along: a `format`, so that the short address of a query is, with `format=csv`, also
    that of its table; the view, and the graphs.
    """
    about = _site(request.args.get("version", ""))
    text = unpack(code) if code.startswith(SIGN) else in_language(_question(about, code), language())
    parameters = {name: given for name in HANDED_ON if (given := [one for one in request.args.getlist(name) if one])}
    if about.release:
        response = redirect(urls.page(f"version/{about.version}/sparql", query=text, **parameters), 303)
    elif (asked := site().model.questions.by_slug.get(code)) and {*parameters} <= {"view"} and choose(TABLES) is HTML:
        response = question_pages.page(asked)
    else:
        response = redirect(urls.page("sparql", query=text, **parameters), 303)
    mark_negotiated(response)
    return response


def address(query: Query) -> str:
    """The short address of a query, with the version of the data that answered and the graphs that are asked."""
    found = site().model.questions.asked(query.text)
    return urls.pinned(f"q/{found.slug if found else pack(query.text)}", **endpoint.graphs(query))


def cited(query: Query) -> str:
    """The whole address of an answer, in which the query itself is held, whatever questions will be called."""
    parameters = urlencode({"version": site().version, **endpoint.graphs(query)}, doseq=True)
    return f"{urls.host()}/q/{pack(query.text)}?{parameters}"


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


def _site(version: str) -> Site:
    """The site of a version, without a name the current one; somebody's files have no other."""
    here = site()
    return here if version in ("", here.version) or not here.bundled else here.versions[spell(version)]


def _question(about: Site, slug: str) -> str:
    """The query of a question as it was in a version; as it is now where the version keeps no questions."""
    if not about.release or not about.dataset.instances(SH.SPARQLExecutable):
        if not (known := site().model.questions.by_slug.get(slug)):
            raise Problem("not-found", NOT_ONE)
        return known.query
    found = about.dataset.literals(QUERY[slug], SH.select, SH.ask) if is_name(slug) else []
    if not found:
        raise Problem("not-found", sentences(NOT_ONE, _in_version(about.version)))
    return found[0].value


def _in_version(version: str) -> Text:
    return Text(
        de=f"Gesucht wurde in Version {version}; dort gibt es eine Frage dieses Namens nicht.",
        en=f"It was looked for in version {version}, which has no question of this name.",
    )
