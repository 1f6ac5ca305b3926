"""Revisions of the Model Context Protocol: which one a request speaks, and whether its headers agree with it.

Requests of the current revision say for themselves which revision they speak; those before it begin with `initialize`.
https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning
"""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from ...bilingual import Text
from ...errors import LocalizedError, shortened

CURRENT = "2026-07-28"
WITH_HANDSHAKE = "2025-11-25"
VERSIONS = (CURRENT, WITH_HANDSHAKE)
PARAMETERS, HEADERS_DIFFER, VERSION_UNKNOWN = -32602, -32020, -32022
META = "io.modelcontextprotocol/"
PROTOCOL_VERSION, CAPABILITIES, SERVER_INFO = (
    f"{META}{name}" for name in ("protocolVersion", "clientCapabilities", "serverInfo")
)
VERSION_HEADER, METHOD_HEADER, NAME_HEADER = HEADERS = ("mcp-protocol-version", "mcp-method", "mcp-name")
# What Mcp-Name repeats, by method: https://modelcontextprotocol.io/specification/2026-07-28/basic/transports
NAMED = {"tools/call": "name", "resources/read": "uri", "prompts/get": "name"}
Object = dict[str, Any]
NO_META = Text(
    de=f"In params._meta fehlen {PROTOCOL_VERSION} und {CAPABILITIES}, die jede Anfrage dieser Revision braucht.",
    en=f"params._meta lacks {PROTOCOL_VERSION} and {CAPABILITIES}, which each request of this revision needs.",
)


class Fault(LocalizedError):
    """A message that the protocol does not allow, or that asks for what there is not."""

    def __init__(self, code: int, detail: Text, status: int = 400, data: Object | None = None) -> None:
        super().__init__(detail)
        self.code, self.status, self.data = code, status, data


def revision(method: str, parameters: Object, headers: Mapping[str, str] | None) -> str:
    """The revision that a request speaks; a Fault if it is not known here, or its headers say something else."""
    meta = parameters.get("_meta", {})
    stated = meta.get(PROTOCOL_VERSION) if isinstance(meta, dict) else None
    sent = (headers or {}).get(VERSION_HEADER)
    if headers is not None and stated is not None:
        _compare(headers, {VERSION_HEADER: stated})
    version = stated or sent or WITH_HANDSHAKE  # clients of old send no header before they have agreed
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
            _compare(headers, {METHOD_HEADER: method} | _name(method, parameters))
        if stated is None or not isinstance(meta.get(CAPABILITIES), dict):
            raise Fault(PARAMETERS, NO_META)
    return str(version)


def _name(method: str, parameters: Object) -> Object:
    return {NAME_HEADER: parameters.get(NAMED[method])} if method in NAMED else {}


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
    coded = value.removeprefix("=?base64?").removesuffix("?=")
    if len(coded) != len(value) - len("=?base64??="):
        return value
    try:
        return b64decode(coded, validate=True).decode()
    except ValueError:
        return None
