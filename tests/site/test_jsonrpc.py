"""The Model Context Protocol without a transport: revisions, invalid messages, and error codes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from iqgraph.web.agents.jsonrpc import CAPABILITIES, CURRENT, PROTOCOL_VERSION, VERSIONS, answer

OLD = "2025-11-25"
META = {PROTOCOL_VERSION: CURRENT, CAPABILITIES: {}}
PREFIXES = "iqgraph://prefixes"
IN_BASE64 = "=?base64?aXFncmFwaDovL3ByZWZpeGVz?="


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    """A request to the site."""
    with app.test_request_context("/mcp"):
        yield


def ask(method: str, headers: dict[str, str] | None = None, **parameters: object) -> tuple[int, dict[str, Any]]:
    """The status and the message that answers a request."""
    message = {"jsonrpc": "2.0", "id": 7, "method": method, "params": parameters}
    status, content = answer(json.dumps(message).encode(), headers)
    response = json.loads(content)
    assert response["id"] == 7
    return status, response


def test_current_revision() -> None:
    """Without a handshake; results have their type, the server, and the time that lists stay fresh."""
    result = ask("tools/list", _meta=META)[1]["result"]
    discovery = ask("server/discover", _meta=META)[1]["result"]

    assert result["tools"][0]["name"] == "search"
    assert (result["resultType"], result["cacheScope"]) == ("complete", "public")
    assert result["ttlMs"] > 0
    assert next(iter(result["_meta"].values()))["title"] == "IQ Hessen Knowledge Graph"
    assert discovery["supportedVersions"] == list(VERSIONS)
    assert "Begin with search" in discovery["instructions"]


@pytest.mark.parametrize(("request_version", "version"), [(OLD, OLD), ("2025-06-18", OLD), (CURRENT, OLD)])
def test_handshake(request_version: str, version: str) -> None:
    """Older clients get the newest revision with a handshake, and answers without later members."""
    result = ask("initialize", protocolVersion=request_version)[1]["result"]

    assert result["protocolVersion"] == version
    assert result["serverInfo"]["name"] == "iqgraph"
    assert ask("ping")[1]["result"] == {}
    assert list(ask("tools/list")[1]["result"]) == ["tools"]


def test_notifications_have_no_answer() -> None:
    """The HTTP status is 202."""
    assert answer(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}', {}) == (202, b"")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"{", -32700),
        (b"\xff\xfe\xfd", -32700),
        (b"[" * 100_000, -32700),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"a": NaN}}', -32700),
        (b'{"jsonrpc": "2.0", "id": 1e999, "method": "ping"}', -32700),
        (b'{"jsonrpc": "2.0", "id": "\\ud800", "method": "ping"}', -32700),
        (b'{"jsonrpc": "2.0", "id": ' + b"1" * 5000 + b', "method": "ping"}', -32700),
        (b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]', -32600),
        (b"7", -32600),
        (b'{"id": 1, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 7}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "result": {}}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}', -32600),
        (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": true, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": "' + b"x" * 300 + b'", "method": "ping"}', -32600),
    ],
    ids=lambda value: str(value)[:60],
)
def test_invalid_messages(body: bytes, code: int) -> None:
    """They are refused with the code of JSON-RPC, without their content."""
    status, content = answer(body, {})
    response = json.loads(content)

    assert (status, response["error"]["code"]) == (400, code)
    assert "id" not in response
    assert len(content) < 400


@pytest.mark.parametrize(
    ("method", "parameters", "code", "statuses"),
    [
        ("prompts/list", {}, -32601, (404, 200)),
        ("tools/call", {"name": "none"}, -32602, (400, 200)),
        ("tools/call", {"name": ["query"]}, -32602, (400, 200)),
        ("tools/call", {"name": "query", "arguments": []}, -32602, (400, 200)),
    ],
)
def test_unknown_methods(method: str, parameters: dict[str, Any], code: int, statuses: tuple[int, int]) -> None:
    """The current revision also has an HTTP status; older ones have the error in the message only."""
    now, of_old = ask(method, _meta=META, **parameters), ask(method, **parameters)

    assert (now[1]["error"]["code"], of_old[1]["error"]["code"]) == (code, code)
    assert (now[0], of_old[0]) == statuses


def test_missing_resources() -> None:
    """Their code depends on the revision; the error has their URI."""
    now, of_old = ask("resources/read", _meta=META, uri="a:b"), ask("resources/read", uri="a:b")

    assert [one[1]["error"]["code"] for one in (now, of_old)] == [-32602, -32002]
    assert now[1]["error"]["data"] == {"uri": "a:b"}


@pytest.mark.parametrize("meta", [{PROTOCOL_VERSION: "1900-01-01"}, {PROTOCOL_VERSION: [CURRENT]}])
def test_unknown_revisions(meta: dict[str, Any]) -> None:
    """The error has the supported ones."""
    status, message = ask("tools/list", _meta=meta)

    assert (status, message["error"]["code"], message["error"]["data"]["supported"]) == (400, -32022, list(VERSIONS))


@pytest.mark.parametrize("meta", [{PROTOCOL_VERSION: CURRENT}, {PROTOCOL_VERSION: CURRENT, CAPABILITIES: 7}])
def test_what_each_request_needs(meta: dict[str, Any]) -> None:
    """A request needs the revision and the capabilities."""
    assert ask("tools/list", _meta=meta)[1]["error"]["code"] == -32602


def headers(version: str = CURRENT, method: str = "resources/read", name: str = IN_BASE64) -> dict[str, str]:
    """The headers of a request for the resource."""
    return {"mcp-protocol-version": version, "mcp-method": method, "mcp-name": name}


def test_headers_repeat_the_message() -> None:
    """Values not allowed in a header are in Base64."""
    assert ask("resources/read", headers(), _meta=META, uri=PREFIXES)[1]["result"]["contents"][0]["uri"] == PREFIXES


@pytest.mark.parametrize(
    "fields",
    [
        {},
        headers(version=OLD),
        headers(version="1900-01-01"),
        headers(method="tools/call"),
        headers(method="RESOURCES/READ"),
        headers(name="other"),
        headers(name="=?base64?%%?="),
        headers(name="=?base64?/w==?="),
    ],
    ids=str,
)
def test_headers_that_differ(fields: dict[str, str]) -> None:
    """Intermediaries may have used the header, so the message is refused."""
    status, message = ask("resources/read", fields, _meta=META, uri=PREFIXES)

    assert (status, message["error"]["code"]) == (400, -32020)


def test_a_revision_in_the_header_alone() -> None:
    """It is enough for those with a handshake, but not for the current one; an unknown one is refused."""
    assert "result" in ask("tools/list", {"mcp-protocol-version": OLD})[1]
    assert "result" in ask("tools/list", {"mcp-protocol-version": ""})[1]
    assert ask("tools/list", headers(method="tools/list"))[1]["error"]["code"] == -32602
    assert ask("tools/list", {"mcp-protocol-version": "1900-01-01"})[1]["error"]["code"] == -32022
