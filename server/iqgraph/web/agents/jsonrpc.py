"""The Model Context Protocol as JSON-RPC: one message in, one out, independent of the transport.

Both revisions are served without sessions. Requests of the current one state their revision; the earlier one begins
with `initialize` (https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning).
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ... import __version__
from ...bilingual import Text
from ...errors import LocalizedError, shorten
from ..http.language import localize
from ..http.problems import unknown_name
from ..site import site
from .inquiries import Object
from .tools import call, instructions, read, resources, tools

CURRENT = "2026-07-28"
WITH_HANDSHAKE = "2025-11-25"
VERSIONS = (CURRENT, WITH_HANDSHAKE)
META = "io.modelcontextprotocol/"
PROTOCOL_VERSION, CAPABILITIES, SERVER_INFO = (
    f"{META}{name}" for name in ("protocolVersion", "clientCapabilities", "serverInfo")
)
VERSION_HEADER, METHOD_HEADER, NAME_HEADER = HEADERS = ("mcp-protocol-version", "mcp-method", "mcp-name")
CALL = "tools/call"
# The parameter that Mcp-Name repeats, by method:
# https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#standard-request-headers
NAME_PARAMETERS = {CALL: "name", "resources/read": "uri", "prompts/get": "name"}
MAX_ID_CHARS = 256
MAX_FRESH_MILLISECONDS = 300_000  # the lists change only when an operator loads new data
# https://www.jsonrpc.org/specification#error_object and, of the current revision,
# https://modelcontextprotocol.io/specification/2026-07-28/basic#error-codes
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR = -32700, -32600, -32601, -32602, -32603
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022
Method = Callable[[Object], Object]

NO_REQUEST = Text(
    de="Die Nachricht ist keine Anfrage nach JSON-RPC 2.0, in JSON und UTF-8: Sie braucht jsonrpc, method und eine id, "
    "die ein kurzer Text oder eine Zahl ist; params ist ein Objekt und nicht zu tief verschachtelt.",
    en="The message is not a JSON-RPC 2.0 request, in JSON and UTF-8: it needs jsonrpc, method, and an id that is a "
    "short string or a number; params must be an object that is not nested too deeply.",
)
NO_META = Text(
    de=f"In params._meta fehlen {PROTOCOL_VERSION} und {CAPABILITIES}; diese Revision verlangt sie in jeder Anfrage.",
    en=f"params._meta lacks {PROTOCOL_VERSION} and {CAPABILITIES}, which this revision requires in every request.",
)


class RpcError(LocalizedError):
    """A JSON-RPC error; `data` are its further members."""

    def __init__(self, code: int, text: Text | None = None, *, de: str = "", en: str = "", **data: object) -> None:
        super().__init__(text or Text(de=de, en=en))
        self.code, self.data = code, data


def answer(body: bytes, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """Return the HTTP status and the response to a message, in one line; empty for a notification.

    `headers` are those of HTTP, in lower case, if that is the transport.
    """
    response: Object = {"jsonrpc": "2.0"}
    version = ""
    try:
        message = _parse(body)
        if "id" not in message:
            return 202, b""
        response["id"] = message["id"]
        version = _negotiate_version(message["method"], message["params"], headers)
        status, response["result"] = 200, _call_method(message["method"], message["params"], version)
    except RpcError as error:
        # In the revision with a handshake, HTTP reports only what is not a message.
        status = 200 if version == WITH_HANDSHAKE else 404 if error.code == METHOD_NOT_FOUND else 400
        data = {"data": error.data} if error.data else {}
        response["error"] = {"code": error.code, "message": localize(error.text), **data}
    return status, json.dumps(response, ensure_ascii=False).encode()


def _parse(body: bytes) -> Object:
    """Parse a request or notification; text that cannot be sent back, such as half a surrogate pair, is not JSON."""
    try:
        content: Any = json.loads(body)
        # json.loads accepts NaN and Infinity, which are not JSON (RFC 8259, section 6)
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise RpcError(PARSE_ERROR, NO_REQUEST) from error
    message: Object = content if isinstance(content, dict) else {}
    has_method = message.get("jsonrpc") == "2.0" and isinstance(message.get("method"), str)
    name = message.get("id", 0)
    is_id = isinstance(name, str | int | float) and not isinstance(name, bool) and len(str(name)) <= MAX_ID_CHARS
    if not (has_method and is_id and isinstance(message.setdefault("params", {}), dict)):
        raise RpcError(INVALID_REQUEST, NO_REQUEST)
    return message


def _negotiate_version(method: str, parameters: Object, headers: Mapping[str, str] | None) -> str:
    """Return the revision of a request; raise RpcError if it is not supported, or contradicts the headers."""
    meta = parameters.get("_meta", {})
    meta_version = meta.get(PROTOCOL_VERSION) if isinstance(meta, dict) else None
    if headers is not None and meta_version is not None:
        _compare(headers, {VERSION_HEADER: meta_version})
    version = meta_version or (headers or {}).get(VERSION_HEADER) or WITH_HANDSHAKE  # which begins without a version
    if version not in VERSIONS:
        excerpt = shorten(str(version))
        raise RpcError(
            UNSUPPORTED_VERSION,
            de=f"Die Revision {excerpt} kennt dieser Server nicht. Er unterstützt {', '.join(VERSIONS)}.",
            en=f"This server does not know the revision {excerpt}. It supports {', '.join(VERSIONS)}.",
            supported=list(VERSIONS),
            requested=excerpt,
        )
    if version == CURRENT:
        if headers is not None:
            name = {NAME_HEADER: parameters.get(NAME_PARAMETERS[method])} if method in NAME_PARAMETERS else {}
            _compare(headers, {METHOD_HEADER: method} | name)
        if meta_version is None or not isinstance(meta.get(CAPABILITIES), dict):
            raise RpcError(INVALID_PARAMS, NO_META)
    return str(version)


def _compare(headers: Mapping[str, str], expected: Object) -> None:
    """Refuse a request whose headers contradict its body, since proxies may have acted on the headers."""
    for header, expected_value in expected.items():
        value = headers.get(header)
        if value is None or (_decode(value) if header == NAME_HEADER else value) != expected_value:
            raise RpcError(
                HEADER_MISMATCH,
                de=f"Die Kopfzeile {header} fehlt oder widerspricht der Nachricht.",
                en=f"Header mismatch: {header} is missing, or contradicts the message.",
            )


def _decode(value: str) -> str | None:
    """Decode a header, which is Base64 where it could not hold the text itself; None if it is malformed."""
    match = re.fullmatch(r"=\?base64\?(.*)\?=", value)
    try:
        return b64decode(match[1], validate=True).decode() if match else value
    except ValueError:
        return None


def _call_method(method: str, parameters: Object, version: str) -> Object:
    run = METHODS[version].get(method)
    if run is None:
        raise RpcError(
            METHOD_NOT_FOUND, unknown_name(Text(de="Eine Methode", en="method"), method, METHODS[version]).text
        )
    result = run(parameters)
    if version != CURRENT:
        return result
    caching = {} if method == CALL else {"ttlMs": MAX_FRESH_MILLISECONDS, "cacheScope": "public"}
    return {"resultType": "complete", **result, **caching, "_meta": {SERVER_INFO: _server_info()}}


def _capabilities() -> Object:
    return {"capabilities": {"tools": {}, "resources": {}}, "instructions": instructions()}


def _server_info() -> Object:
    return {"name": "iqgraph", "title": localize(site().profile.title), "version": __version__}


def _call_tool(parameters: Object) -> Object:
    name, arguments = parameters.get("name"), parameters.get("arguments", {})
    tool = tools().get(name) if isinstance(name, str) else None
    if tool is None:
        raise RpcError(INVALID_PARAMS, unknown_name(Text(de="Ein Werkzeug", en="tool"), str(name), tools()).text)
    if not isinstance(arguments, dict):
        raise RpcError(INVALID_PARAMS, de="arguments ist kein Objekt.", en="arguments is not an object.")
    return call(tool, arguments)


def _read_resource(parameters: Object, code: int = INVALID_PARAMS) -> Object:
    uri = parameters.get("uri")
    content = read(uri) if isinstance(uri, str) else None
    if content is None:
        known = [resource["uri"] for resource in resources()]
        text = unknown_name(Text(de="Eine Ressource", en="resource"), str(uri), known).text
        raise RpcError(code, text, uri=shorten(str(uri)))
    return {"contents": [content]}


COMMON: Mapping[str, Method] = {
    "tools/list": lambda _: {"tools": [tool.definition() for tool in tools().values()]},
    CALL: _call_tool,
    "resources/list": lambda _: {"resources": resources()},
    "resources/templates/list": lambda _: {"resourceTemplates": []},
    "resources/read": _read_resource,
}
METHODS: Mapping[str, Mapping[str, Method]] = {
    CURRENT: {**COMMON, "server/discover": lambda _: {"supportedVersions": list(VERSIONS), **_capabilities()}},
    WITH_HANDSHAKE: {
        **COMMON,
        "initialize": lambda _: {"protocolVersion": WITH_HANDSHAKE, "serverInfo": _server_info(), **_capabilities()},
        "ping": lambda _: {},
        "resources/read": partial(_read_resource, code=-32002),  # "resource not found" of this revision
    },
}
