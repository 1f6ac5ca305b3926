"""The transports of the Model Context Protocol: HTTP and the standard streams.

HTTP has one endpoint for POST, without sessions and streams
(https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http). On the standard streams
each line is a message; it is answered by this process, or forwarded to a running server
(https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio).
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, request

from ...bilingual import Language, Text
from ...client import NoReply, Request, Server
from ...errors import CallError
from ...writing import write_fully
from ..http.messages import NO_STORE
from ..http.problems import Problem
from ..site import site
from . import jsonrpc

bp = Blueprint("mcp", __name__)
JSON = "application/json"
MAX_MESSAGE_BYTES = 1 << 20
MAX_REPLY_BYTES = 1 << 20
MAX_SECONDS = 120.0
SPARQL, MCP = "/sparql", "/mcp"


@bp.before_request
def check_origin() -> None:
    """Refuse requests of browsers, also preflights, whose origin is neither this machine nor this site.

    Host proves nothing, because of DNS rebinding
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
    """Answer one message."""
    # Another site can send a form or plain text without a preflight, but not JSON
    # (https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
    if request.mimetype != JSON or request.content_encoding not in (None, "identity"):
        raise Problem(
            "media-type",
            de=f"Eine Nachricht muss {JSON} sein, unkomprimiert.",
            en=f"A message must be {JSON}, uncompressed.",
        )
    headers = {name: value for name in jsonrpc.HEADERS if (value := request.headers.get(name)) is not None}
    status, content = jsonrpc.answer(request.get_data(cache=False), headers)
    response = Response(content, status, content_type=JSON)
    if not content:
        del response.headers["Content-Type"]  # an empty body has no type (RFC 9110, section 8.3)
    response.headers["Cache-Control"] = NO_STORE
    return response


def run(answer: Callable[[bytes], bytes], incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer the messages one after another until the stream ends."""
    for line in _lines(incoming):
        if content := answer(line):
            write_fully(content + b"\n", outgoing)
            outgoing.flush()


def _lines(incoming: BinaryIO) -> Iterator[bytes]:
    """Yield the messages; one that is too long is truncated, so it is not JSON, and its rest is discarded."""
    while line := incoming.readline(MAX_MESSAGE_BYTES):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = incoming.readline(MAX_MESSAGE_BYTES)
        if line.strip():
            yield line


def answer_locally(app: Flask, line: bytes) -> bytes:
    """Answer a message from the site of an application."""
    with app.test_request_context(MCP):
        return jsonrpc.answer(line)[1]


def mcp_server(endpoint: str) -> Server:
    """Return the MCP endpoint of the server with this SPARQL endpoint."""
    root = endpoint.removesuffix(SPARQL)
    if root == endpoint:
        raise CallError(
            de=f"{endpoint} endet nicht mit {SPARQL}. Nennen Sie die Adresse, unter der iqgraph serve Abfragen nimmt.",
            en=f"{endpoint} does not end with {SPARQL}. Give the address at which iqgraph serve takes queries.",
        )
    return Server(f"{root}{MCP}")


def forward(server: Server, language: Language, line: bytes) -> bytes:
    """Forward a message to a server and return its answer, or an error in `language`."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        content = None
    message = content if isinstance(content, dict) else {}  # the server reports whether it is valid
    try:
        reply = server.send(Request("POST", _headers(message), line), MAX_SECONDS, MAX_REPLY_BYTES)
    except NoReply as error:
        reason = str(error)
    else:
        if reply.media_type == JSON or not reply.body:
            return reply.body
        reason = f"{reply.status} {reply.text}"
    if "id" not in message:
        return b""
    text = Text(
        de=f"{server.url} antwortet nicht wie ein Server von iqgraph: {reason}",
        en=f"{server.url} does not answer like an iqgraph server: {reason}",
    )
    response = {"code": jsonrpc.INTERNAL_ERROR, "message": text.say(language)}
    return json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": response}, ensure_ascii=False).encode()


def _headers(message: dict[str, Any]) -> dict[str, str]:
    """Return the HTTP headers, which repeat parts of a message that states its revision."""
    parameters, method = message.get("params"), message.get("method")
    meta = parameters.get("_meta") if isinstance(parameters, dict) else None
    common = {"Content-Type": JSON, "Accept": f"{JSON}, text/event-stream"}
    version = meta.get(jsonrpc.PROTOCOL_VERSION) if isinstance(meta, dict) else None
    if not isinstance(version, str):
        return common
    values = {jsonrpc.VERSION_HEADER: version, jsonrpc.METHOD_HEADER: method}
    if method in jsonrpc.NAME_PARAMETERS:
        values[jsonrpc.NAME_HEADER] = message["params"].get(jsonrpc.NAME_PARAMETERS[method])
    return common | {header: _encode(value) for header, value in values.items() if isinstance(value, str)}


def _encode(value: str) -> str:
    """Encode the value of a header in Base64 if it cannot be sent as it is."""
    if value.isascii() and value.isprintable() and value == value.strip() and not value.startswith("=?"):
        return value
    return f"=?base64?{b64encode(value.encode(errors='replace')).decode()}?="
