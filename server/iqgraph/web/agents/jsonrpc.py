"""The Model Context Protocol: one message of JSON-RPC in, one out, whichever way it came.

Both revisions are answered without a session.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from ... import __version__
from ...bilingual import Text
from ...errors import shortened
from ..http.language import localize
from ..site import site
from .calls import Object, call
from .resources import read, resources, templates
from .revisions import CURRENT, PARAMETERS, SERVER_INFO, VERSIONS, WITH_HANDSHAKE, Fault, revision
from .tools import tools

MAX_ID_CHARS = 256
MAX_FRESH_MILLISECONDS = 300_000  # the lists change with the data only, which an operator may exchange at any time
PARSE, INVALID, UNKNOWN, INTERNAL = -32700, -32600, -32601, -32603
NO_RESOURCE_OF_OLD = -32002
FRESH = {"server/discover", "tools/list", "resources/list", "resources/templates/list", "resources/read"}

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
NO_VERSION = Text(
    de="params.protocolVersion ist kein Text. Nennen Sie die Revision des Protokolls, etwa 2025-11-25.",
    en="params.protocolVersion is not a text. Name the revision of the protocol, as in 2025-11-25.",
)
OURS = (
    "Search first, with search. If a prepared question fits, answer_question gives the tested answer; else write a "
    "query of your own (read iqgraph://model and iqgraph://ontology before). Name for each statement its passage or "
    "source; evidence finds it. Questions and answers may be German or English."
)
OF_ANYBODY = (
    "Ask with query, for instance first for the classes and properties that there are; describe tells what is said of "
    "a thing, evidence which named graphs a row rests on; where there is search, it finds things by their names."
)
USE = (
    "If truncated is true, call the same tool again with the values of next added. What is not in the data, the data "
    "does not know: add nothing."
)


class Reply(NamedTuple):
    """What is sent back, and with which status by HTTP; to a notification nothing is."""

    status: int
    message: Object | None = None

    @property
    def content(self) -> bytes:
        """The message in one line."""
        return b"" if self.message is None else json.dumps(self.message, ensure_ascii=False).encode()


def answer(body: bytes, headers: Mapping[str, str] | None = None) -> Reply:
    """The answer to a message; `headers` are those of HTTP, in lower case, where that is the transport."""
    identity: Object = {}
    try:
        message = _parsed(body)
        method, parameters = _read(message)
        if "id" not in message:
            return Reply(202)
        identity = {"id": _identity(message["id"])}
        version = revision(method, parameters, headers)
        result = _result(method, parameters, version)
    except Fault as fault:
        error = {"code": fault.code, "message": localize(fault.text)} | ({"data": fault.data} if fault.data else {})
        return Reply(fault.status, {"jsonrpc": "2.0", **identity, "error": error})
    return Reply(200, {"jsonrpc": "2.0", **identity, "result": result})


def _parsed(body: bytes) -> Any:  # noqa: ANN401 - whatever was sent
    """The message; what could not be sent back as it is, such as half of a surrogate pair, is no JSON either."""
    try:
        message = json.loads(body)
        json.dumps(message, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise Fault(PARSE, NO_JSON) from error
    return message


def _read(message: Any) -> tuple[str, Object]:  # noqa: ANN401 - whatever was sent
    """The method and its parameters."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or not isinstance(message.get("method"), str):
        raise Fault(INVALID, NO_REQUEST)
    parameters = message.get("params", {})
    if not isinstance(parameters, dict):
        raise Fault(INVALID, NO_REQUEST)
    return message["method"], parameters


def _identity(given: object) -> str | float:
    if isinstance(given, bool) or not isinstance(given, str | int | float) or len(str(given)) > MAX_ID_CHARS:
        raise Fault(INVALID, NO_REQUEST)
    return given


def _result(method: str, parameters: Object, version: str) -> Object:
    result = _introduction(method, parameters, version) or _content(method, parameters, version)
    if result is None:
        given = shortened(method)
        text = Text(de=f"Eine Methode {given} gibt es hier nicht.", en=f"Method not found: {given}.")
        raise Fault(UNKNOWN, text, 404 if version == CURRENT else 200)
    if version != CURRENT:
        return result
    fresh = {"ttlMs": MAX_FRESH_MILLISECONDS, "cacheScope": "public"} if method in FRESH else {}
    return {"resultType": "complete", **result, **fresh, "_meta": {SERVER_INFO: _server()}}


def _introduction(method: str, parameters: Object, version: str) -> Object | None:
    """What is said of the server: before anything else in revisions with a handshake, else when it is asked for."""
    about: Object = {"capabilities": {"tools": {}, "resources": {}}, "instructions": _instructions()}
    if version == CURRENT:
        return {"supportedVersions": list(VERSIONS), **about} if method == "server/discover" else None
    if method == "initialize":
        if not isinstance(parameters.get("protocolVersion"), str):
            raise Fault(PARAMETERS, NO_VERSION, _status(version))
        return {"protocolVersion": WITH_HANDSHAKE, "serverInfo": _server(), **about}
    return None


def _server() -> Object:
    return {"name": "iqgraph", "title": localize(site().profile.title), "version": __version__}


def _instructions() -> str:
    """What is served, and how to use the tools."""
    about = site().profile.description
    said = [localize(about)] if about else []
    return " ".join([*said, OURS if site().bundled else OF_ANYBODY, USE])


def _content(method: str, parameters: Object, version: str) -> Object | None:
    if method == "ping" and version != CURRENT:
        return {}
    if method.endswith("/list") and parameters.get("cursor") is not None:
        raise Fault(
            PARAMETERS,
            Text(de="Die Liste hat keine weiteren Teile.", en="Invalid cursor: the list has no further parts."),
            _status(version),
        )
    if method == "tools/list":
        return {"tools": [tool.listed() for tool in tools().values()]}
    if method == "resources/list":
        return {"resources": [one.listed() for one in resources()]}
    if method == "resources/templates/list":
        return {"resourceTemplates": templates()}
    if method == "resources/read":
        return _resource(parameters.get("uri"), version)
    return _called(parameters, version) if method == "tools/call" else None


def _called(parameters: Object, version: str) -> Object:
    name, arguments = parameters.get("name"), parameters.get("arguments", {})
    tool = tools().get(name) if isinstance(name, str) else None
    if tool is None or not isinstance(arguments, dict):
        given, offered = shortened(str(name)), ", ".join(tools())
        text = Text(
            de=f"Ein Werkzeug {given} gibt es nicht, oder arguments ist kein Objekt. Es gibt: {offered}.",
            en=f"Unknown tool: {given}, or arguments is no object. There are: {offered}.",
        )
        raise Fault(PARAMETERS, text, _status(version))
    return call(tool, arguments)


def _resource(uri: object, version: str) -> Object:
    found = read(uri) if isinstance(uri, str) else None
    if found is None:
        given = shortened(str(uri))
        text = Text(
            de=f"Eine Ressource {given} gibt es nicht. resources/list nennt alle.",
            en=f"Resource not found: {given}. resources/list names them all.",
        )
        code = PARAMETERS if version == CURRENT else NO_RESOURCE_OF_OLD
        raise Fault(code, text, _status(version), {"uri": given})
    return {"contents": [found]}


def _status(version: str) -> int:
    """How HTTP tells of an error in parameters; in revisions with a handshake only the message does."""
    return 400 if version == CURRENT else 200
