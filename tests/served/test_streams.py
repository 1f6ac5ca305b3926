"""Agents at a running server: the official client over HTTP, and the command that forwards standard streams."""

import asyncio
import importlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from iqgraph.cli import main
from iqgraph.dataset import Dataset
from iqgraph.errors import CallError
from iqgraph.web.agents.jsonrpc import CAPABILITIES, CURRENT, PROTOCOL_VERSION
from iqgraph.web.agents.transports import forward, mcp_server, run
from loopback import answer, other
from repository import ROOT

EXAMPLE = "http://localhost:8000"
OF_OLD = "2025-11-25"
QUERY = "SELECT (COUNT(*) AS ?count) { ?s ?p ?o }"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
READY = b'{"jsonrpc": "2.0", "method": "notifications/initialized"}\n'
META = {PROTOCOL_VERSION: CURRENT, CAPABILITIES: {}}


def message(number: int, method: str, **parameters: object) -> bytes:
    """A request as a line of JSON."""
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}).encode() + b"\n"


def replies(answer_to: Callable[[bytes], bytes], *lines: bytes) -> list[dict[str, Any]]:
    """The replies to lines."""
    outgoing = io.BytesIO()
    run(answer_to, io.BytesIO(b"".join(lines)), outgoing)
    return [json.loads(line) for line in outgoing.getvalue().splitlines()]


def settings() -> list[dict[str, Any]]:
    """The client settings on the page: for an address, and for a program."""
    page = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
    matches = re.findall(r"^```json\n(.+?)^```$", page, re.MULTILINE | re.DOTALL)
    return [json.loads(block)["mcpServers"]["iqgraph"] for block in matches]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_official_client(server_url: str, dataset: Dataset, mode: str) -> None:
    """The official client gets tools, values and errors at the address of the page, in both revisions."""
    mcp = importlib.import_module("mcp")  # slow to import, and every worker of pytest collects this file

    async def talk() -> None:
        async with mcp.Client(settings()[0]["url"].replace(EXAMPLE, server_url), mode=mode) as client:
            tools = await client.list_tools()
            answer_to_query = await client.call_tool("query", {"query": QUERY})
            wrong = await client.call_tool("query", {"query": "SELECT * {"})
            read = await client.read_resource("iqgraph://prefixes")

            assert [one.name for one in tools.tools][:2] == ["search", "list_questions"]
            assert answer_to_query.structured_content
            assert answer_to_query.structured_content["rows"] == [[str(dataset.statements)]]
            assert wrong.is_error
            assert "PREFIX iq:" in read.model_dump_json()

    asyncio.run(talk())


def test_a_query_has_the_limits_of_the_service(server_url: str) -> None:
    """A query that takes too long is stopped, and the agent gets the problem."""
    answer_to = partial(forward, mcp_server(f"{server_url}/sparql"), "en")
    (reply,) = replies(answer_to, message(1, "tools/call", name="query", arguments={"query": ENDLESS}, _meta=META))

    assert reply["result"]["isError"]
    assert json.loads(reply["result"]["content"][0]["text"])["status"] == 422


def test_lines_for_a_running_server(
    server_url: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The command of the page forwards lines in either revision, also with names that need encoding in a header."""
    lines = [
        message(1, "initialize", protocolVersion=OF_OLD),
        message(2, "server/discover", _meta=META),
        message(3, "resources/read", uri="iqgraph://ä", _meta=META),
        READY,
        message(4, "tools/call", name="describe", arguments={"thing": "id:hessen"}, _meta=META),
    ]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"".join(lines))))
    code = main([one.replace(EXAMPLE, server_url) for one in settings()[1]["args"]])
    answers_received = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]

    assert code == 0
    assert [one["id"] for one in answers_received] == [1, 2, 3, 4]
    assert answers_received[2]["error"]["code"] == -32602
    assert answers_received[3]["result"]["structuredContent"]["iri"].endswith("/id/hessen")


@pytest.mark.sample(0)  # it loads all versions in its own process
def test_lines_for_the_bundled_graph() -> None:
    """The command alone answers from each version, within the limits of the settings, and exits."""
    older = {"name": "query", "arguments": {"query": QUERY, "version": "0.1.0"}}
    endless = {"name": "query", "arguments": {"query": ENDLESS}}
    lines = message(1, "tools/call", **older) + message(2, "tools/call", **endless)
    command, environment = [sys.executable, "-m", "iqgraph", "mcp"], os.environ | {"IQGRAPH_ANSWER_SIZE": "1"}
    process = subprocess.run(command, input=lines, env=environment, capture_output=True, check=True)
    results = [json.loads(line)["result"] for line in process.stdout.splitlines()]

    assert results[0]["structuredContent"]["version"] == "0.1.0"
    assert "larger than 1 MiB" in json.dumps(results[1])


def test_another_server() -> None:
    """With another server each request gets an error, a notification none."""
    with other(answer(404, b"Not here")) as there:
        answer_to = partial(forward, mcp_server(f"{there.url}/sparql"), "en")
        refusals = replies(
            answer_to, message(1, "tools/list"), b'{"jsonrpc": "2.0", "method": "notifications/initialized"}'
        )
    failures = replies(answer_to, message(2, "tools/list"))

    assert [one["id"] for one in refusals] == [1]
    assert "404 Not here" in json.dumps(refusals)
    assert "does not answer" in json.dumps(failures)


def test_the_address_is_that_of_queries() -> None:
    """The address must end with /sparql, from which that for agents is derived."""
    with pytest.raises(CallError, match="does not end with /sparql"):
        mcp_server("http://localhost:8000/query")
