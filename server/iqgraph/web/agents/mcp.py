"""The Model Context Protocol by HTTP: one address to post messages to, without sessions and without streams.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from ...bilingual import Text
from ..http.language import localize
from ..http.messages import NO_STORE
from ..http.problems import Problem
from ..site import site
from .calls import Object, call
from .jsonrpc import Reply, Service, answer
from .resources import read, resources, templates
from .revisions import HEADERS
from .tools import TOOLS

bp = Blueprint("mcp", __name__)
JSON = "application/json"
OURS = (
    "Search first, with search. If a prepared question fits, answer_question gives the tested answer; else write a "
    "query of your own (read iqgraph://model and iqgraph://ontology before). Name for each statement its passage or "
    "source; evidence finds it. Questions and answers may be German or English."
)
OF_ANYBODY = (
    "Ask with query, for instance first for the classes and properties that there are; describe tells what is said of "
    "a thing, evidence which named graphs a row rests on."
)
USE = (
    "If truncated is true, call the same tool again with the values of next added. What is not in the data, the data "
    "does not know: add nothing."
)


class SiteService(Service):
    """What agents are offered of the site that a request is about."""

    def say(self, text: Text) -> str:
        """A text in the language of the request."""
        return localize(text)

    def introduce(self) -> tuple[str, str]:
        """The title of what is served, and what it is before how to use the tools."""
        about = site().profile
        said = [localize(about.description)] if about.description else []
        return localize(about.title), " ".join([*said, OURS if site().bundled else OF_ANYBODY, USE])

    def tools(self) -> list[Object]:
        """Those that there are for what is served."""
        return [tool.listed() for tool in TOOLS.values() if site().bundled or not tool.ours]

    def call(self, name: str, arguments: Object) -> Object | None:
        """What a tool answers."""
        tool = TOOLS.get(name)
        return call(tool, arguments) if tool and (site().bundled or not tool.ours) else None

    def resources(self) -> tuple[list[Object], list[Object]]:
        """Texts to read, and their parts."""
        return [one.listed() for one in resources()], templates()

    def read(self, uri: str) -> Object | None:
        """One of them."""
        return read(uri)


@bp.before_request
def require_trust() -> None:
    """Refuse pages of another origin, and when a browser asks beforehand (OPTIONS), too."""
    origin = request.headers.get("Origin")
    if origin is not None and not _is_trusted(origin):
        raise Problem(
            "origin",
            de="Seiten anderer Herkunft dürfen diese Schnittstelle nicht im Browser aufrufen. Rufen Sie sie von einem "
            "Programm aus auf, von einer Seite dieses Rechners oder unter der Adresse der Einstellung --public-url.",
            en="Pages of another origin may not call this interface in a browser. Call it from a program, from a page "
            "of this machine, or under the address of the setting --public-url.",
        )


@bp.post("/mcp")
def mcp() -> Response:
    """The answer to one message."""
    if request.mimetype != JSON or request.content_encoding not in (None, "identity"):
        raise Problem(
            "media-type",
            de=f"Eine Nachricht wird hier nur als {JSON} gelesen, unkomprimiert.",
            en=f"A message is read here as {JSON} only, without compression.",
        )
    headers = {name: value for name in HEADERS if (value := request.headers.get(name)) is not None}
    reply: Reply = answer(request.get_data(cache=False), SiteService(), headers)
    response = Response(reply.content, reply.status, content_type=JSON if reply.content else None)
    response.headers["Cache-Control"] = NO_STORE
    return response


def _is_trusted(origin: str) -> bool:
    """Whether a browser shows a page of this machine or of the site itself.

    Host proves nothing here: another site may have its name lead to this machine
    (https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#security-%26-endpoint).
    """
    public = urlsplit(site().settings.public_url)
    try:
        parts = urlsplit(origin)
        if public.netloc and (parts.scheme, parts.netloc) == (public.scheme, public.netloc):
            return True
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
