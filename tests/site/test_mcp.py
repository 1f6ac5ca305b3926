"""Agents: what their tools and resources say of the bundled graph, that nothing is too long, and what is refused."""

import json
import re
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from werkzeug.test import TestResponse

from iqgraph.dataset import Dataset
from iqgraph.settings import Settings
from iqgraph.terms import SKOS
from iqgraph.web import create_app
from iqgraph.web.agents.inquiries import MAX_ANSWER_BYTES
from iqgraph.web.agents.jsonrpc import CAPABILITIES, CURRENT, PROTOCOL_VERSION
from iqgraph.web.agents.tools import TOOLS
from iqgraph.web.agents.transports import MAX_MESSAGE_BYTES, answer_locally, run
from visits import site_of

ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"


def post(client: FlaskClient, method: str, parameters: dict[str, Any], **headers: str) -> TestResponse:
    """The answer to a request of the current revision."""
    name = parameters.get("name", parameters.get("uri"))
    meta = {PROTOCOL_VERSION: CURRENT, CAPABILITIES: {}}
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**parameters, "_meta": meta}}
    given = {"MCP-Protocol-Version": CURRENT, "Mcp-Method": method, **headers} | (
        {"Mcp-Name": str(name)} if name else {}
    )
    return client.post("/mcp", json=message, headers=given)


def call(client: FlaskClient, tool: str, /, **arguments: object) -> dict[str, Any]:
    """The result of a tool, which is as its schema says, and never too long."""
    response = post(client, "tools/call", {"name": tool, "arguments": arguments})
    assert response.status_code == 200
    assert len(response.data) <= MAX_ANSWER_BYTES
    result: dict[str, Any] = response.get_json()["result"]
    if not result["isError"]:
        Draft202012Validator(TOOLS[tool].definition()["outputSchema"]).validate(result["structuredContent"])
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    return result


def content(client: FlaskClient, tool: str, /, **arguments: object) -> dict[str, Any]:
    """The values that a tool gives."""
    result = call(client, tool, **arguments)
    assert not result["isError"], result
    found: dict[str, Any] = result["structuredContent"]
    return found


def refused(client: FlaskClient, tool: str, /, **arguments: object) -> dict[str, Any]:
    """What a tool says of an error."""
    result = call(client, tool, **arguments)
    assert result["isError"], result
    found: dict[str, Any] = json.loads(result["content"][0]["text"])
    return found


def parts(client: FlaskClient, tool: str, items: str, /, **arguments: object) -> Iterator[Any]:
    """All items of an answer, part by part."""
    following: dict[str, object] | None = {}
    while following is not None:
        found = content(client, tool, **arguments, **following)
        yield from found[items]
        following = found["next"]


def test_tools_are_read_only_and_described(client: FlaskClient) -> None:
    """Each says what it is for, and its schemas are schemas."""
    tools = post(client, "tools/list", {}).get_json()["result"]["tools"]

    assert [one["name"] for one in tools] == list(TOOLS)
    for tool in tools:
        assert tool["annotations"]["readOnlyHint"] is True
        assert len(tool["description"]) > 80
        for schema in (tool["inputSchema"], tool["outputSchema"]):
            Draft202012Validator.check_schema(schema)
        assert all(one["description"] for one in tool["inputSchema"]["properties"].values())


# What somebody asks, the prepared question that it leads to, and a word of its answer.
GRANT = "how-much-does-the-land-give-for-recognition-advice"
QUESTIONS = (
    ("de", "Wer koordiniert das hessische Netzwerk?", "who-coordinates-the-network", "involas"),
    ("en", "Who coordinates the network in Hesse?", "who-coordinates-the-network", "involas"),
    ("de", "Geld des Landes für Anerkennugsberatung", GRANT, "800"),
    ("en", "money of the Land for recognition counselling", GRANT, "800"),
    ("de", "amtliche Schlüssel der Orte", "which-official-keys-do-the-places-have", "06413"),
    ("en", "official keys of places", "which-official-keys-do-the-places-have", "06413"),
    ("de", "Ende der Koordination angegeben", "is-an-end-of-the-coordination-stated", "false"),
    ("en", "end of the coordination stated", "is-an-end-of-the-coordination-stated", "false"),
    ("de", "Welche Ereignisse sind datiert?", "what-happened-when", "2013"),
    ("en", "Which events are dated?", "what-happened-when", "2013"),
)


@pytest.mark.parametrize(("language", "words", "name", "expected"), QUESTIONS)
def test_questions_lead_to_rows_and_passages(
    client: FlaskClient, language: str, words: str, name: str, expected: str
) -> None:
    """The words of somebody who asks find the question; its answer holds, and says what it rests on."""
    found = content(client, "search", words=words, language=language)
    names = [one["name"] for one in found["results"] if one["sort"] == "question"]
    answer = content(client, "answer_question", name=name, language=language)

    assert name in names[:3]
    assert not words.endswith("?") or found["results"][0]["sort"] == "question"
    assert expected in json.dumps(answer["rows"] or answer["truth"])
    assert answer["passages"] or answer["sources"]
    assert answer["next"] is None
    if answer["rows"]:
        witness = content(client, "evidence", query=answer["query"], rows=[0])["rows"][0]["witnesses"][0]
        assert witness["passages"] or witness["sources"]


def test_the_whole_store_is_told_in_parts(client: FlaskClient, dataset: Dataset) -> None:
    """One answer holds what fits; the next begins where it ends, in the same version."""
    first = content(client, "query", query=ALL)
    second = content(client, "query", query=ALL, **first["next"])

    assert (first["total"], first["truncated"]) == (dataset.statements, True)
    assert first["next"] == {"offset": len(first["rows"]), "version": first["version"]}
    rows = content(client, "query", query=f"{ALL} LIMIT 300")
    assert [*first["rows"], *second["rows"]][: len(rows["rows"])] == rows["rows"]


@pytest.mark.parametrize(
    ("tool", "items", "arguments"),
    [
        ("list_questions", "questions", {}),
        ("search", "results", {"words": "hessen"}),
        ("describe", "statements", {"thing": "id:hessen"}),
        ("query", "rows", {"query": "CONSTRUCT { ?s a ?o } { ?s a ?o } LIMIT 200"}),
    ],
)
def test_parts_are_the_whole(client: FlaskClient, tool: str, items: str, arguments: dict[str, Any]) -> None:
    """Nothing is lost or said twice where an answer is cut."""
    found = [json.dumps(one) for one in parts(client, tool, items, **arguments)]

    assert len(found) == len(set(found)) == content(client, tool, **arguments)["total"]


def test_questions_on_words_as_the_search_ranks_them(client: FlaskClient) -> None:
    """What fits best comes first, not what comes first by name."""
    words = "who coordinates the network"
    listed = [one["name"] for one in content(client, "list_questions", words=words)["questions"]]
    ranked = [one["name"] for one in content(client, "search", words=words)["results"] if one["sort"] == "question"]

    assert ranked
    assert listed[: len(ranked)] == ranked != sorted(ranked)


def test_evidence_in_parts(client: FlaskClient) -> None:
    """Rows keep their numbers."""
    asked = "SELECT ?label { ?organisation a <http://www.w3.org/ns/org#Organization> ; "
    asked += f"<{SKOS.prefLabel.value}> ?label }} ORDER BY ?label LIMIT 12"

    assert [one["row"] for one in parts(client, "evidence", "rows", query=asked, limit=5)] == list(range(12))


def test_older_versions(client: FlaskClient) -> None:
    """What was begun in a version that is kept goes on in it, and what it did not have is not there."""
    old = content(client, "query", query="SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", version="0.3.0")
    now = content(client, "query", query="SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")

    assert old["version"] == "0.3.0"
    assert int(old["rows"][0][0]) < int(now["rows"][0][0])
    assert "0.3.0" in refused(client, "query", query=ALL, version="9.9.9")["error"]


def test_a_thing_by_its_name_with_a_prefix(client: FlaskClient) -> None:
    """Each statement has its sources, and what it links has a name."""
    found = content(client, "describe", thing="id:involas", language="de")

    assert (found["label"], found["kind"]) == ("involas", "Organisation")
    assert all(one["sources"] for one in found["statements"])
    assert any(one["label"] for one in found["statements"])


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("query", {"query": "SELECT * {?s ?p ?o"}, {"line": 1, "column": 10, "status": 400}),
        ("query", {"query": "INSERT DATA { <a:a> <a:b> 1 }"}, {"status": 403}),
        ("query", {"query": "SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }"}, {"status": 403}),
        ("evidence", {"query": "DESCRIBE <http://a.example/>"}, {"status": 422}),
        ("query", {"query": "SELECT (GROUP_CONCAT(STR(?o)) AS ?x) { ?s ?p ?o }"}, {}),
        ("query", {}, {}),
        ("query", {"query": ALL, "limit": 7}, {}),
        ("query", {"query": 7}, {}),
        ("query", {"query": "x" * 9000}, {}),
        ("query", {"query": ALL, "offset": -1}, {}),
        ("query", {"query": ALL, "offset": True}, {}),
        ("query", {"query": ALL, "language": "fr"}, {}),
        ("evidence", {"query": ALL, "rows": [0.5]}, {}),
        ("evidence", {"query": ALL, "rows": list(range(99))}, {}),
        ("answer_question", {"name": "nothing"}, {}),
        ("answer_question", {"name": "who-coordinates-network"}, {}),
        ("describe", {"thing": "id:involass"}, {}),
        ("describe", {"thing": "<not an iri>"}, {}),
    ],
)
def test_mistakes_are_told(client: FlaskClient, tool: str, arguments: dict[str, Any], said: dict[str, Any]) -> None:
    """As an error of the tool in a sentence or two, in the language that is wanted, with place and kind if known."""
    english, german = (refused(client, tool, **{"language": one, **arguments}) for one in ("en", "de"))

    assert said.items() <= english.items()
    assert english["error"].endswith(".")
    assert english["error"] != german["error"] or arguments.get("language")
    assert len(english["error"]) < 1000


@pytest.mark.parametrize(
    ("tool", "given", "hint"),
    [
        ("answer_question", "who-coordinates-network", "Similar names: who-coordinates-the-network"),
        ("describe", "id:involass", "Similar names: "),
        ("describe", "nobody:xyzzyq", "iqgraph://prefixes lists the prefixes."),
        ("describe", "urn:xyzzy:q", "no thing urn:xyzzy:q. Look"),
    ],
)
def test_what_was_meant_is_named(client: FlaskClient, tool: str, given: str, hint: str) -> None:
    """Near names, and where prefixes are told; where there are no near names, nothing is said of them."""
    argument = next(iter(TOOLS[tool].required))

    assert hint in refused(client, tool, language="en", **{argument: given})["error"]


@pytest.mark.parametrize("version", ["0.4.0", "0.5.0"])
def test_headers_tell_the_version(client: FlaskClient, version: str) -> None:
    """From which data an answer comes, its headers say too, if the call names another than the current version."""
    response = post(
        client, "tools/call", {"name": "describe", "arguments": {"thing": "id:involas", "version": version}}
    )

    assert response.headers["Dataset-Version"] == version
    assert response.get_json()["result"]["structuredContent"]["version"] == version


def test_resources(client: FlaskClient) -> None:
    """Each can be read, none is too long, and what they name is there."""
    listed = [one["uri"] for one in post(client, "resources/list", {}).get_json()["result"]["resources"]]
    texts = {uri: post(client, "resources/read", {"uri": uri}) for uri in listed}

    assert listed == [f"iqgraph://{name}" for name in ("model", "ontology", "shapes", "prefixes", "questions")]
    assert all(len(one.data) <= MAX_ANSWER_BYTES for one in texts.values())
    told = {uri: one.get_json()["result"]["contents"][0]["text"] for uri, one in texts.items()}
    assert "PREFIX iq: <" in told["iqgraph://prefixes"]
    assert "iq:roleHolder" in told["iqgraph://ontology"]
    assert "concept:coordination" in told["iqgraph://ontology"]
    assert "sh:targetClass iq:Offer" in told["iqgraph://shapes"]
    assert "what-became-of-the-iq-networks" in told["iqgraph://questions"]
    assert post(client, "resources/read", {"uri": "iqgraph://nothing"}).status_code == 400


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:6274", 200),
        ("http://127.0.0.1", 200),
        ("http://[::1]:7", 200),
        ("https://a.example", 403),
        ("http://localhost.a.example", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
def test_origin(client: FlaskClient, origin: str, status: int) -> None:
    """A page of another site cannot ask through a reader's browser, whatever its name leads to."""
    response = post(client, "tools/list", {}, Origin=origin)

    assert response.status_code == status
    assert ("Cache-Control", "no-store") in response.headers.items()
    assert client.options("/mcp", headers={"Origin": origin}).status_code == status


def test_the_origin_of_the_site(dataset: Dataset) -> None:
    """A page of its own may ask by the address that the operator gave, and by that alone."""
    client = create_app(dataset, settings=Settings(public_url="https://iq.example/graph")).test_client()

    for origin, status in {"https://iq.example": 200, "http://iq.example": 403, "https://a.iq.example": 403}.items():
        assert post(client, "tools/list", {}, Origin=origin).status_code == status


def test_the_description_tells_a_message_from_what_is_none(client: FlaskClient) -> None:
    """What it calls valid is answered; what it does not is an error of a type that it names."""
    operation = client.get("/openapi.json").get_json()["paths"]["/mcp"]["post"]
    message = Draft202012Validator(operation["requestBody"]["content"]["application/json"]["schema"])
    good, bad = {"jsonrpc": "2.0", "id": 1, "method": "ping"}, {"jsonrpc": "2.0", "method": 7}
    answers = [client.post("/mcp", json=one) for one in (good, bad)]

    assert [message.is_valid(one) for one in (good, bad)] == [True, False]
    assert [one.status_code for one in answers] == [200, 400]
    assert all(one.content_type in operation["responses"][str(one.status_code)]["content"] for one in answers)


def test_only_posted_json(client: FlaskClient) -> None:
    """Streams and sessions there are none, and no form can send a message."""
    notified = client.post("/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (notified.status_code, notified.data, "Content-Type" in notified.headers) == (202, b"", False)
    streamed = client.get("/mcp", headers={"Accept": "application/json"})
    assert streamed.status_code == 405
    assert "version" not in streamed.get_json()["detail"]
    assert client.delete("/mcp").status_code == 405
    assert client.post("/mcp", data="{}", content_type="text/plain").status_code == 415
    assert client.post("/mcp", data=b"", headers={"Content-Type": "application/json"}).status_code == 400


def test_somebodys_files(tmp_path: Path) -> None:
    """They can be searched, described and queried; there is no question."""
    client = site_of(tmp_path, f'<http://a.example/s> <{SKOS.prefLabel.value}> "Brücke" .')
    tools = post(client, "tools/list", {}).get_json()["result"]["tools"]

    said = post(client, "server/discover", {}).get_json()["result"]["instructions"]

    assert [one["name"] for one in tools] == ["search", "describe", "query", "evidence"]
    assert all(re.search(rf"\b{one['name']}\b", said) for one in tools)
    assert "iqgraph://" not in said
    assert content(client, "query", query=ALL)["rows"] == [
        ["<http://a.example/s>", f"<{SKOS.prefLabel.value}>", '"Brücke"']
    ]
    assert content(client, "describe", thing="http://a.example/s")["total"] == 1
    assert content(client, "search", words="Brücke")["results"][0]["iri"] == "http://a.example/s"
    assert [one["uri"] for one in post(client, "resources/list", {}).get_json()["result"]["resources"]] == [
        "iqgraph://prefixes"
    ]


def test_lines(client: FlaskClient, dataset: Dataset) -> None:
    """On the standard streams each has an answer, but for notifications and empty ones; no line ends the talk."""
    asked = {"name": "query", "arguments": {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}}
    lines = [
        b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25"}}\n',
        b'{"jsonrpc": "2.0", "method": "notifications/initialized"}\n',
        b"\n",
        b"no message\n",
        b'{"jsonrpc": "2.0", "id": 2, "method": "' + b"x" * 2 * MAX_MESSAGE_BYTES + b'"}\n',
        json.dumps({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": asked}).encode(),
    ]
    outgoing = BytesIO()
    run(partial(answer_locally, client.application), BytesIO(b"".join(lines)), outgoing)
    found = [json.loads(line) for line in outgoing.getvalue().splitlines()]

    assert [one.get("id") for one in found] == [1, None, None, 3]
    assert found[-1]["result"]["structuredContent"]["rows"] == [[str(dataset.statements)]]
