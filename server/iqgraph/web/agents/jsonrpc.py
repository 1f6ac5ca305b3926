"""The Model Context Protocol: one message of JSON-RPC in, one out, whichever way it came.

Both revisions are answered without a session. Requests of the current one say for themselves which revision they speak;
those before it begin with `initialize` (https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning).
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ... import __version__
from ...bilingual import Text
from ...errors import LocalizedError, shortened
from ..http.language import localize
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
# What Mcp-Name repeats, by method:
# https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#standard-request-headers
NAMED = {CALL: "name", "resources/read": "uri", "prompts/get": "name"}
MAX_ID_CHARS = 256
MAX_FRESH_MILLISECONDS = 300_000  # the lists change with the data only, which an operator may exchange at any time
# https://www.jsonrpc.org/specification#error_object; those from -32020 on are of the current revision:
# https://modelcontextprotocol.io/specification/2026-07-28/basic#error-codes
PARSE, INVALID, UNKNOWN, PARAMETERS, INTERNAL = -32700, -32600, -32601, -32602, -32603
HEADERS_DIFFER, VERSION_UNKNOWN = -32020, -32022
Method = Callable[[Object], Object]

NO_JSON = Text(
    de="Die Nachricht ist kein JSON in UTF-8, oder sie ist zu tief verschachtelt. Senden Sie eine Nachricht nach "
    "JSON-RPC 2.0.",
    en="The message is not JSON in UTF-8, or is nested too deeply. Send one message of JSON-RPC 2.0.",
)
NO_REQUEST = Text(
    de="Die Nachricht ist keine Anfrage nach JSON-RPC 2.0: Sie braucht jsonrpc, method und eine id, die ein kurzer "
    "Text oder eine Zahl ist; params ist ein Objekt.",
    en="The message is no request of JSON-RPC 2.0: it needs jsonrpc, method, and an id that is a short text or a "
    "number; params is an object.",
)
NO_META = Text(
    de=f"In params._meta fehlen {PROTOCOL_VERSION} und {CAPABILITIES}, die jede Anfrage dieser Revision braucht.",
    en=f"params._meta lacks {PROTOCOL_VERSION} and {CAPABILITIES}, which each request of this revision needs.",
)


class Fault(LocalizedError):
    """A message that the protocol does not allow, or that asks for what there is not."""

    def __init__(self, code: int, detail: Text, data: Object | None = None) -> None:
        super().__init__(detail)
        self.code, self.data = code, data


def answer(body: bytes, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """The status by HTTP and the answer to a message, in one line; to a notification there is none.

    The `headers` are those of HTTP, in lower case, where that is the transport.
    """
    told: Object = {"jsonrpc": "2.0"}
    version = ""
    try:
        message = _message(body)
        if "id" not in message:
            return 202, b""
        told["id"] = message["id"]
        version = _revision(message["method"], message["params"], headers)
        status, told["result"] = 200, _result(message["method"], message["params"], version)
    except Fault as fault:
        # In the revision with a handshake HTTP tells only of what is no message.
        status = 200 if version == WITH_HANDSHAKE else 404 if fault.code == UNKNOWN else 400
        data = {"data": fault.data} if fault.data else {}
        told["error"] = {"code": fault.code, "message": localize(fault.text), **data}
    return status, json.dumps(told, ensure_ascii=False).encode()


def _message(body: bytes) -> Object:
    """The request or notification; what could not be sent back, such as half of a surrogate pair, is no JSON either."""
    try:
        message: Any = json.loads(body)
        # json reads NaN and Infinity, which are no JSON (RFC 8259, section 6)
        json.dumps(message, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise Fault(PARSE, NO_JSON) from error
    found: Object = message if isinstance(message, dict) else {}
    is_named = found.get("jsonrpc") == "2.0" and isinstance(found.get("method"), str)
    name = found.get("id", 0)
    # a truth value is a number in Python, and not in JSON
    is_id = isinstance(name, str | int | float) and not isinstance(name, bool) and len(str(name)) <= MAX_ID_CHARS
    if not (is_named and is_id and isinstance(found.setdefault("params", {}), dict)):
        raise Fault(INVALID, NO_REQUEST)
    return found


def _revision(method: str, parameters: Object, headers: Mapping[str, str] | None) -> str:
    """The revision that a request speaks; a Fault if it is not known here, or its headers say something else."""
    meta = parameters.get("_meta", {})
    stated = meta.get(PROTOCOL_VERSION) if isinstance(meta, dict) else None
    if headers is not None and stated is not None:
        _compare(headers, {VERSION_HEADER: stated})
    version = stated or (headers or {}).get(VERSION_HEADER) or WITH_HANDSHAKE  # clients of old begin without one
    if version not in VERSIONS:
        requested = shortened(str(version))
        raise Fault(
            VERSION_UNKNOWN,
            Text(
                de=f"Die Revision {requested} kennt dieser Server nicht. Er spricht {', '.join(VERSIONS)}.",
                en=f"This server does not know the revision {requested}. It speaks {', '.join(VERSIONS)}.",
            ),
            data={"supported": list(VERSIONS), "requested": requested},
        )
    if version == CURRENT:
        if headers is not None:
            named = {NAME_HEADER: parameters.get(NAMED[method])} if method in NAMED else {}
            _compare(headers, {METHOD_HEADER: method} | named)
        if stated is None or not isinstance(meta.get(CAPABILITIES), dict):
            raise Fault(PARAMETERS, NO_META)
    return str(version)


def _compare(headers: Mapping[str, str], expected: Object) -> None:
    """Refuse a request whose headers are not what its body says, since others may have acted by them."""
    for header, value in expected.items():
        given = headers.get(header)
        if given is None or (_decoded(given) if header == NAME_HEADER else given) != value:
            raise Fault(
                HEADERS_DIFFER,
                Text(
                    de=f"Die Kopfzeile {header} fehlt oder sagt etwas anderes als die Nachricht.",
                    en=f"Header mismatch: {header} is missing, or says something else than the message.",
                ),
            )


def _decoded(value: str) -> str | None:
    """A value that is in Base64 where a header cannot hold it as it is."""
    coded = re.fullmatch(r"=\?base64\?(.*)\?=", value)
    try:
        return b64decode(coded[1], validate=True).decode() if coded else value
    except ValueError:
        return None


def _result(method: str, parameters: Object, version: str) -> Object:
    run = METHODS[version].get(method)
    if run is None:
        given = shortened(method)
        raise Fault(UNKNOWN, Text(de=f"Eine Methode {given} gibt es hier nicht.", en=f"Method not found: {given}."))
    result = run(parameters)
    if version != CURRENT:
        return result
    fresh = {} if method == CALL else {"ttlMs": MAX_FRESH_MILLISECONDS, "cacheScope": "public"}
    return {"resultType": "complete", **result, **fresh, "_meta": {SERVER_INFO: _server()}}


def _about() -> Object:
    return {"capabilities": {"tools": {}, "resources": {}}, "instructions": instructions()}


def _server() -> Object:
    return {"name": "iqgraph", "title": localize(site().profile.title), "version": __version__}


def _called(parameters: Object) -> Object:
    name, arguments = parameters.get("name"), parameters.get("arguments", {})
    tool = tools().get(name) if isinstance(name, str) else None
    if tool is None:
        given, offered = shortened(str(name)), ", ".join(tools())
        text = Text(
            de=f"Ein Werkzeug {given} gibt es nicht. Es gibt: {offered}.",
            en=f"Unknown tool: {given}. There are: {offered}.",
        )
        raise Fault(PARAMETERS, text)
    if not isinstance(arguments, dict):
        raise Fault(PARAMETERS, Text(de="arguments ist kein Objekt.", en="arguments is no object."))
    return call(tool, arguments)


def _resource(parameters: Object, code: int = PARAMETERS) -> Object:
    uri = parameters.get("uri")
    found = read(uri) if isinstance(uri, str) else None
    if found is None:
        given = shortened(str(uri))
        text = Text(
            de=f"Eine Ressource {given} gibt es nicht. resources/list nennt alle.",
            en=f"Resource not found: {given}. resources/list names them all.",
        )
        raise Fault(code, text, {"uri": given})
    return {"contents": [found]}


COMMON: Mapping[str, Method] = {
    "tools/list": lambda _: {"tools": [tool.listed() for tool in tools().values()]},
    CALL: _called,
    "resources/list": lambda _: {"resources": resources()},
    "resources/templates/list": lambda _: {"resourceTemplates": []},
    "resources/read": _resource,
}
METHODS: Mapping[str, Mapping[str, Method]] = {
    CURRENT: {**COMMON, "server/discover": lambda _: {"supportedVersions": list(VERSIONS), **_about()}},
    WITH_HANDSHAKE: {
        **COMMON,
        "initialize": lambda _: {"protocolVersion": WITH_HANDSHAKE, "serverInfo": _server(), **_about()},
        "ping": lambda _: {},
        "resources/read": partial(_resource, code=-32002),  # before the current revision, an error of its own
    },
}
