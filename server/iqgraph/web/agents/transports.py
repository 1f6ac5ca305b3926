"""The two ways to the Model Context Protocol: by HTTP, and on the standard streams.

By HTTP there is one address to post messages to, without sessions and without streams
(https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http). On the standard streams
each line is a message, and so is each line that goes back; the messages are answered here, or handed on to a running
server and back, whose limits then hold
(https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio).
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, request

from ...bilingual import Text
from ...client import NoReply, Request, Server
from ...errors import CallError
from ...writing import write_fully
from ..http.messages import NO_STORE
from ..http.problems import Problem
from ..site import site
from .jsonrpc import HEADERS, INTERNAL, METHOD_HEADER, NAME_HEADER, NAMED, PROTOCOL_VERSION, VERSION_HEADER, answer

bp = Blueprint("mcp", __name__)
JSON = "application/json"
MAX_MESSAGE_BYTES = 1 << 20
MAX_REPLY_BYTES = 1 << 20
MAX_SECONDS = 120.0
SPARQL, MCP = "/sparql", "/mcp"
Answer = Callable[[bytes], bytes]


@bp.before_request
def require_trust() -> None:
    """Refuse what browsers ask, also beforehand (OPTIONS), for a page that is neither of this machine nor of the site.

    Host proves nothing here: another site may have its name lead to this machine
    (https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#security-%26-endpoint).
    """
    origin, public = request.headers.get("Origin"), urlsplit(site().settings.public_url)
    try:
        parts = urlsplit("http://localhost" if origin is None else origin)
        is_own = public.netloc != "" and (parts.scheme, parts.netloc) == (public.scheme, public.netloc)
        is_trusted = is_own or parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_trusted = False
    if not is_trusted:
        raise Problem("origin")


@bp.post("/mcp")
def mcp() -> Response:
    """The answer to one message."""
    # A form of another site could send plain text without asking beforehand, but not JSON
    # (https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
    if request.mimetype != JSON or request.content_encoding not in (None, "identity"):
        raise Problem(
            "media-type",
            de=f"Eine Nachricht wird hier nur als {JSON} gelesen, unkomprimiert.",
            en=f"A message is read here as {JSON} only, without compression.",
        )
    headers = {name: value for name in HEADERS if (value := request.headers.get(name)) is not None}
    status, content = answer(request.get_data(cache=False), headers)
    response = Response(content, status, content_type=JSON)
    if not content:
        del response.headers["Content-Type"]  # of nothing there is no type (RFC 9110, section 8.3)
    response.headers["Cache-Control"] = NO_STORE
    return response


def run(answer_to: Answer, incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer one message after another until no more come; whoever sends them waits for as long as one takes."""
    for line in _lines(incoming):
        if content := answer_to(line):
            write_fully(content + b"\n", outgoing)
            outgoing.flush()


def _lines(incoming: BinaryIO) -> Iterator[bytes]:
    """The messages; one that is too long comes as its beginning, which is no JSON, and its rest is let go."""
    while line := incoming.readline(MAX_MESSAGE_BYTES):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = incoming.readline(MAX_MESSAGE_BYTES)
        if line.strip():
            yield line


def answering(app: Flask) -> Answer:
    """Answers from the site of an application."""

    def answer_to(message: bytes) -> bytes:
        with app.test_request_context(MCP):
            return answer(message)[1]

    return answer_to


def forwarding(endpoint: str, say: Callable[[Text], str]) -> Answer:
    """Answers from the server at whose /sparql others ask."""
    root = endpoint.removesuffix(SPARQL)
    if root == endpoint:
        raise CallError(
            de=f"{endpoint} endet nicht mit {SPARQL}. Nennen Sie die Adresse, unter der iqgraph serve Abfragen nimmt.",
            en=f"{endpoint} does not end with {SPARQL}. Give the address at which iqgraph serve takes queries.",
        )
    server = Server(f"{root}{MCP}")

    def answer_to(message: bytes) -> bytes:
        parsed = _parsed(message)
        try:
            reply = server.send(Request("POST", _headers(parsed), message), MAX_SECONDS, MAX_REPLY_BYTES)
        except NoReply as error:
            why = str(error)
        else:
            if reply.media_type == JSON or not reply.body:
                return reply.body
            why = f"{reply.status} {reply.text}"
        if "id" not in parsed:
            return b""
        text = Text(
            de=f"{server.url} antwortet nicht wie ein Server von iqgraph: {why}",
            en=f"{server.url} does not answer as a server of iqgraph does: {why}",
        )
        told = {"jsonrpc": "2.0", "id": parsed["id"], "error": {"code": INTERNAL, "message": say(text)}}
        return json.dumps(told, ensure_ascii=False).encode()

    return answer_to


def _parsed(message: bytes) -> dict[str, Any]:
    """What the headers repeat of a message; whether it is a good one, the server says."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _headers(message: dict[str, Any]) -> dict[str, str]:
    """The headers that HTTP needs besides, in revisions that say with each message which one they are."""
    parameters, method = message.get("params"), message.get("method")
    meta = parameters.get("_meta") if isinstance(parameters, dict) else None
    usual = {"Content-Type": JSON, "Accept": f"{JSON}, text/event-stream"}
    if not isinstance(meta, dict) or not isinstance(meta.get(PROTOCOL_VERSION), str):
        return usual
    named = {VERSION_HEADER: meta[PROTOCOL_VERSION], METHOD_HEADER: method}
    if method in NAMED:
        named[NAME_HEADER] = message["params"].get(NAMED[method])
    return usual | {header: _coded(value) for header, value in named.items() if isinstance(value, str)}


def _coded(value: str) -> str:
    """A value as a header can hold it."""
    if value.isascii() and value.isprintable() and value == value.strip() and not value.startswith("=?"):
        return value
    return f"=?base64?{b64encode(value.encode(errors='replace')).decode()}?="
