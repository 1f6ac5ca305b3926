"""Agents that reach a running server: by the official client over HTTP, and by standard streams that lead there."""

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

SHOWN = "http://localhost:8000"
OF_OLD = "2025-11-25"
QUERY = "SELECT (COUNT(*) AS ?count) { ?s ?p ?o }"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
READY = b'{"jsonrpc": "2.0", "method": "notifications/initialized"}\n'
META = {PROTOCOL_VERSION: CURRENT, CAPABILITIES: {}}


def message(number: int, method: str, **parameters: object) -> bytes:
    """A request in a line."""
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}).encode() + b"\n"


def spoken(answer_to: Callable[[bytes], bytes], *lines: bytes) -> list[dict[str, Any]]:
    """What comes back for some lines."""
    outgoing = io.BytesIO()
    run(answer_to, io.BytesIO(b"".join(lines)), outgoing)
    return [json.loads(line) for line in outgoing.getvalue().splitlines()]


def settings() -> list[dict[str, Any]]:
    """What the page tells to write into the settings of a client: for an address, and for a program."""
    page = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
    found = re.findall(r"^```json\n(.+?)^```$", page, re.MULTILINE | re.DOTALL)
    return [json.loads(block)["mcpServers"]["iqgraph"] for block in found]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_official_client(served: str, dataset: Dataset, mode: str) -> None:
    """At the address that is shown it finds tools, values and errors as what they are; in both revisions."""
    mcp = importlib.import_module("mcp")  # it is large, and every process of a run collects this file

    async def talk() -> None:
        async with mcp.Client(settings()[0]["url"].replace(SHOWN, served), mode=mode) as client:
            tools = await client.list_tools()
            counted = await client.call_tool("query", {"query": QUERY})
            wrong = await client.call_tool("query", {"query": "SELECT * {"})
            read = await client.read_resource("iqgraph://prefixes")

            assert [one.name for one in tools.tools][:2] == ["search", "list_questions"]
            assert counted.structured_content
            assert counted.structured_content["rows"] == [[str(dataset.statements)]]
            assert wrong.is_error
            assert "PREFIX iq:" in read.model_dump_json()

    asyncio.run(talk())


def test_a_query_has_the_limits_of_the_service(served: str) -> None:
    """It runs in a worker, which is ended; the agent is told what to do."""
    answer_to = partial(forward, mcp_server(f"{served}/sparql"), "en")
    (found,) = spoken(answer_to, message(1, "tools/call", name="query", arguments={"query": ENDLESS}, _meta=META))

    assert found["result"]["isError"]
    assert json.loads(found["result"]["content"][0]["text"])["status"] == 422


def test_lines_for_a_running_server(
    served: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """As it is shown, they are handed on, in either revision, also with a name that no header can hold as it is."""
    lines = [
        message(1, "initialize", protocolVersion=OF_OLD),
        message(2, "server/discover", _meta=META),
        message(3, "resources/read", uri="iqgraph://ä", _meta=META),
        READY,
        message(4, "tools/call", name="describe", arguments={"thing": "id:hessen"}, _meta=META),
    ]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"".join(lines))))
    code = main([one.replace(SHOWN, served) for one in settings()[1]["args"]])
    found = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]

    assert code == 0
    assert [one["id"] for one in found] == [1, 2, 3, 4]
    assert found[2]["error"]["code"] == -32602
    assert found[3]["result"]["structuredContent"]["iri"].endswith("/id/hessen")


@pytest.mark.sample(0)  # it loads all versions in a process of its own
def test_lines_for_the_bundled_graph() -> None:
    """The command alone answers of each version that is kept, within the limits that are set, and then ends."""
    older = {"name": "query", "arguments": {"query": QUERY, "version": "0.1.0"}}
    endless = {"name": "query", "arguments": {"query": ENDLESS}}
    lines = message(1, "tools/call", **older) + message(2, "tools/call", **endless)
    command, limited = [sys.executable, "-m", "iqgraph", "mcp"], os.environ | {"IQGRAPH_ANSWER_SIZE": "1"}
    done = subprocess.run(command, input=lines, env=limited, capture_output=True, check=True)
    found = [json.loads(line)["result"] for line in done.stdout.splitlines()]

    assert found[0]["structuredContent"]["version"] == "0.1.0"
    assert "larger than 1 MiB" in json.dumps(found[1])


def test_another_server() -> None:
    """What is no server of ours is told as an error of each request; a notification has none."""
    with other(answer(404, b"Not here")) as there:
        answer_to = partial(forward, mcp_server(f"{there.url}/sparql"), "en")
        found = spoken(
            answer_to, message(1, "tools/list"), b'{"jsonrpc": "2.0", "method": "notifications/initialized"}'
        )
    gone = spoken(answer_to, message(2, "tools/list"))

    assert [one["id"] for one in found] == [1]
    assert "404 Not here" in json.dumps(found)
    assert "does not answer" in json.dumps(gone)


def test_the_address_is_that_of_queries() -> None:
    """Of another one it cannot be known where agents are answered."""
    with pytest.raises(CallError, match="does not end with /sparql"):
        mcp_server("http://localhost:8000/query")
