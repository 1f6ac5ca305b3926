"""The Model Context Protocol: one message of JSON-RPC in, one out; it knows neither transport nor data.

All revisions are answered without a session. Batches were taken out of the protocol with revision 2025-06-18
(https://modelcontextprotocol.io/specification/2025-06-18/changelog), the oldest that is spoken here.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple

from ... import __version__
from ...bilingual import Text
from ...errors import shortened
from .revisions import CURRENT, PARAMETERS, SERVER_INFO, VERSIONS, WITH_HANDSHAKE, Fault, Object, revision

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
BATCH = Text(
    de="Mehrere Nachrichten auf einmal gibt es in diesem Protokoll nicht. Senden Sie jede für sich.",
    en="This protocol has no batches. Send each message by itself.",
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


class Reply(NamedTuple):
    """What is sent back, and with which status by HTTP; to a notification nothing is."""

    status: int
    message: Object | None = None

    @property
    def content(self) -> bytes:
        """The message in one line."""
        return b"" if self.message is None else json.dumps(self.message, ensure_ascii=False).encode()


class Service(ABC):
    """What is offered: the tools, the resources, and how to use them."""

    @abstractmethod
    def say(self, text: Text) -> str:
        """A text in the language of the client."""

    @abstractmethod
    def introduce(self) -> tuple[str, str]:
        """A title, and how to go about it."""

    @abstractmethod
    def tools(self) -> list[Object]:
        """All tools."""

    @abstractmethod
    def call(self, name: str, arguments: Object) -> Object | None:
        """The result of a tool, which may tell of an error; None if there is no such tool."""

    @abstractmethod
    def resources(self) -> tuple[list[Object], list[Object]]:
        """All resources, and the templates of more."""

    @abstractmethod
    def read(self, uri: str) -> Object | None:
        """The content of a resource, if there is one of this name."""


def answer(body: bytes, service: Service, headers: Mapping[str, str] | None = None) -> Reply:
    """The answer to a message; `headers` are those of HTTP, in lower case, where that is the transport."""
    identity: Object = {}
    try:
        message = _parsed(body)
        method, parameters = _read(message)
        if "id" not in message:
            return Reply(202)
        identity = {"id": _identity(message["id"])}
        version = revision(method, parameters, headers)
        result = _result(method, parameters, version, service)
    except Fault as fault:
        error = {"code": fault.code, "message": service.say(fault.text)} | ({"data": fault.data} if fault.data else {})
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
    if isinstance(message, list):
        raise Fault(INVALID, BATCH)
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


def _result(method: str, parameters: Object, version: str, service: Service) -> Object:
    result = _introduction(method, parameters, version, service) or _content(method, parameters, version, service)
    if result is None:
        given = shortened(method)
        text = Text(de=f"Eine Methode {given} gibt es hier nicht.", en=f"Method not found: {given}.")
        raise Fault(UNKNOWN, text, 404 if version == CURRENT else 200)
    if version != CURRENT:
        return result
    fresh = {"ttlMs": MAX_FRESH_MILLISECONDS, "cacheScope": "public"} if method in FRESH else {}
    return {"resultType": "complete", **result, **fresh, "_meta": {SERVER_INFO: _server(service)}}


def _introduction(method: str, parameters: Object, version: str, service: Service) -> Object | None:
    """What is said of the server: before anything else in revisions with a handshake, else when it is asked for."""
    about: Object = {"capabilities": {"tools": {}, "resources": {}}, "instructions": service.introduce()[1]}
    if version == CURRENT:
        return {"supportedVersions": list(VERSIONS), **about} if method == "server/discover" else None
    if method == "initialize":
        wanted = parameters.get("protocolVersion")
        if not isinstance(wanted, str):
            raise Fault(PARAMETERS, NO_VERSION, _status(version))
        agreed = wanted if wanted in WITH_HANDSHAKE else WITH_HANDSHAKE[0]
        return {"protocolVersion": agreed, "serverInfo": _server(service), **about}
    return None


def _server(service: Service) -> Object:
    return {"name": "iqgraph", "title": service.introduce()[0], "version": __version__}


def _content(method: str, parameters: Object, version: str, service: Service) -> Object | None:
    if method == "ping" and version != CURRENT:
        return {}
    if method.endswith("/list") and parameters.get("cursor") is not None:
        raise Fault(
            PARAMETERS,
            Text(de="Die Liste hat keine weiteren Teile.", en="Invalid cursor: the list has no further parts."),
            _status(version),
        )
    if method == "tools/list":
        return {"tools": service.tools()}
    if method == "resources/list":
        return {"resources": service.resources()[0]}
    if method == "resources/templates/list":
        return {"resourceTemplates": service.resources()[1]}
    if method == "resources/read":
        return _resource(parameters.get("uri"), version, service)
    return _called(parameters, version, service) if method == "tools/call" else None


def _called(parameters: Object, version: str, service: Service) -> Object:
    name, arguments = parameters.get("name"), parameters.get("arguments", {})
    known = isinstance(name, str) and isinstance(arguments, dict)
    result = service.call(str(name), arguments) if known else None
    if result is None:
        given, offered = shortened(str(name)), ", ".join(tool["name"] for tool in service.tools())
        text = Text(
            de=f"Ein Werkzeug {given} gibt es nicht, oder arguments ist kein Objekt. Es gibt: {offered}.",
            en=f"Unknown tool: {given}, or arguments is no object. There are: {offered}.",
        )
        raise Fault(PARAMETERS, text, _status(version))
    return result


def _resource(uri: object, version: str, service: Service) -> Object:
    found = service.read(uri) if isinstance(uri, str) else None
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
