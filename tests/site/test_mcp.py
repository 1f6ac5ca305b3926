"""Agents: the tools and resources of the bundled graph, their limits and their errors."""

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
    fields = {"MCP-Protocol-Version": CURRENT, "Mcp-Method": method, **headers} | (
        {"Mcp-Name": str(name)} if name else {}
    )
    return client.post("/mcp", json=message, headers=fields)


def call(client: FlaskClient, tool: str, /, **arguments: object) -> dict[str, Any]:
    """The result of a tool, which fits its schema and is never too long."""
    response = post(client, "tools/call", {"name": tool, "arguments": arguments})
    assert response.status_code == 200
    assert len(response.data) <= MAX_ANSWER_BYTES
    result: dict[str, Any] = response.get_json()["result"]
    if not result["isError"]:
        Draft202012Validator(TOOLS[tool].definition()["outputSchema"]).validate(result["structuredContent"])
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    return result


def content(client: FlaskClient, tool: str, /, **arguments: object) -> dict[str, Any]:
    """The structured content of a tool's result."""
    result = call(client, tool, **arguments)
    assert not result["isError"], result
    values: dict[str, Any] = result["structuredContent"]
    return values


def error(client: FlaskClient, tool: str, /, **arguments: object) -> dict[str, Any]:
    """The error of a tool."""
    result = call(client, tool, **arguments)
    assert result["isError"], result
    values: dict[str, Any] = json.loads(result["content"][0]["text"])
    return values


def parts(client: FlaskClient, tool: str, items: str, /, **arguments: object) -> Iterator[Any]:
    """All items of an answer, part by part."""
    following: dict[str, object] | None = {}
    while following is not None:
        part = content(client, tool, **arguments, **following)
        yield from part[items]
        following = part["next"]


def test_tools_are_read_only_and_described(client: FlaskClient) -> None:
    """Each has a description, and its schemas are valid."""
    tools = post(client, "tools/list", {}).get_json()["result"]["tools"]

    assert [one["name"] for one in tools] == list(TOOLS)
    for tool in tools:
        assert tool["annotations"]["readOnlyHint"] is True
        assert len(tool["description"]) > 80
        for schema in (tool["inputSchema"], tool["outputSchema"]):
            Draft202012Validator.check_schema(schema)
        assert all(one["description"] for one in tool["inputSchema"]["properties"].values())


# The words of a reader, the prepared question, and a word of its answer.
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
    """The words find the question; its answer is right and has evidence."""
    hits = content(client, "search", words=words, language=language)
    names = [one["name"] for one in hits["results"] if one["sort"] == "question"]
    answer = content(client, "answer_question", name=name, language=language)

    assert name in names[:3]
    assert not words.endswith("?") or hits["results"][0]["sort"] == "question"
    assert expected in json.dumps(answer["rows"] or answer["truth"])
    assert answer["passages"] or answer["sources"]
    assert answer["next"] is None
    if answer["rows"]:
        witness = content(client, "evidence", query=answer["query"], rows=[0])["rows"][0]["witnesses"][0]
        assert witness["passages"] or witness["sources"]


def test_a_long_answer_comes_in_parts(client: FlaskClient, dataset: Dataset) -> None:
    """Each part begins where the one before ends, in the same version."""
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
    """Nothing is lost or repeated between parts."""
    all_items = [json.dumps(one) for one in parts(client, tool, items, **arguments)]

    assert len(all_items) == len(set(all_items)) == content(client, tool, **arguments)["total"]


def test_questions_on_words_as_the_search_ranks_them(client: FlaskClient) -> None:
    """The best match comes first, not the first name."""
    words = "who coordinates the network"
    names = [one["name"] for one in content(client, "list_questions", words=words)["questions"]]
    hits = [one["name"] for one in content(client, "search", words=words)["results"] if one["sort"] == "question"]

    assert hits
    assert names[: len(hits)] == hits != sorted(hits)


def test_evidence_in_parts(client: FlaskClient) -> None:
    """Rows keep their numbers."""
    query = "SELECT ?label { ?organisation a <http://www.w3.org/ns/org#Organization> ; "
    query += f"<{SKOS.prefLabel.value}> ?label }} ORDER BY ?label LIMIT 12"

    assert [one["row"] for one in parts(client, "evidence", "rows", query=query, limit=5)] == list(range(12))


def test_a_query_without_rows_names_what_the_data_lacks(client: FlaskClient) -> None:
    """With a similar name, since an agent may guess one."""
    query = "PREFIX iq: <https://w3id.org/iq-hessen/ontology#> SELECT * { ?x iq:coordinats ?y }"
    answer = content(client, "query", query=query)

    assert answer["unknown_terms"] == {"iq:coordinats": "https://w3id.org/iq-hessen/ontology#coordinates"}
    assert content(client, "query", query=f"{ALL} LIMIT 1")["unknown_terms"] == {}


def test_what_only_names_a_thing_is_not_to_be_cited(client: FlaskClient) -> None:
    """The text names the programme that another source counts in; evidence keeps the two apart."""
    query = content(client, "answer_question", name="how-many-consultations-were-there")["query"]
    rows = content(client, "evidence", query=query)["rows"]
    cited = {one["title"] for row in rows for one in row["witnesses"][0]["cite"] if one["support"] == "other-source"}

    assert "Record according to: bq-portal.de: statistics on recognition counselling" in cited
    assert not any("involas" in title for title in cited)


def test_older_versions(client: FlaskClient) -> None:
    """A query of an older version has the answer of that version; an unknown version is an error."""
    old = content(client, "query", query="SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", version="0.3.0")
    now = content(client, "query", query="SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")

    assert old["version"] == "0.3.0"
    assert int(old["rows"][0][0]) < int(now["rows"][0][0])
    assert "0.3.0" in error(client, "query", query=ALL, version="9.9.9")["error"]


def test_a_thing_by_its_name_with_a_prefix(client: FlaskClient) -> None:
    """Each statement has its sources, and linked things have labels."""
    thing = content(client, "describe", thing="id:involas", language="de")

    assert (thing["label"], thing["kind"]) == ("involas", "Organisation")
    assert all(one["sources"] for one in thing["statements"])
    assert any(one["label"] for one in thing["statements"])


@pytest.mark.parametrize(
    ("tool", "arguments", "part"),
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
def test_mistakes_are_errors(client: FlaskClient, tool: str, arguments: dict[str, Any], part: dict[str, Any]) -> None:
    """In a sentence or two, in the requested language, with place and status if known."""
    english, german = (error(client, tool, **{"language": one, **arguments}) for one in ("en", "de"))

    assert part.items() <= english.items()
    assert english["error"].endswith(".")
    assert english["error"] != german["error"] or arguments.get("language")
    assert len(english["error"]) < 1000


@pytest.mark.parametrize(
    ("tool", "name", "hint"),
    [
        ("answer_question", "who-coordinates-network", "Similar names: who-coordinates-the-network"),
        ("describe", "id:involass", "Similar names: "),
        ("describe", "nobody:xyzzyq", "iqgraph://prefixes lists the prefixes."),
        ("describe", "urn:xyzzy:q", "no thing urn:xyzzy:q. Look"),
    ],
)
def test_similar_names_are_suggested(client: FlaskClient, tool: str, name: str, hint: str) -> None:
    """Or the list of prefixes; without similar names the error mentions none."""
    argument = next(iter(TOOLS[tool].required))

    assert hint in error(client, tool, language="en", **{argument: name})["error"]


@pytest.mark.parametrize("version", ["0.4.0", "0.5.0"])
def test_headers_have_the_version(client: FlaskClient, version: str) -> None:
    """Also if the call names another version than the current one."""
    response = post(
        client, "tools/call", {"name": "describe", "arguments": {"thing": "id:involas", "version": version}}
    )

    assert response.headers["Dataset-Version"] == version
    assert response.get_json()["result"]["structuredContent"]["version"] == version


def test_resources(client: FlaskClient) -> None:
    """Each can be read, none is too long, and each has its content."""
    uris = [one["uri"] for one in post(client, "resources/list", {}).get_json()["result"]["resources"]]
    texts = {uri: post(client, "resources/read", {"uri": uri}) for uri in uris}

    assert uris == [f"iqgraph://{name}" for name in ("model", "ontology", "shapes", "prefixes", "questions")]
    assert all(len(one.data) <= MAX_ANSWER_BYTES for one in texts.values())
    contents = {uri: one.get_json()["result"]["contents"][0]["text"] for uri, one in texts.items()}
    assert "PREFIX iq: <" in contents["iqgraph://prefixes"]
    assert "iq:roleHolder" in contents["iqgraph://ontology"]
    assert "concept:coordination" in contents["iqgraph://ontology"]
    assert "sh:targetClass iq:Offer" in contents["iqgraph://shapes"]
    assert "what-became-of-the-iq-networks" in contents["iqgraph://questions"]
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
    """A page of another site cannot send requests through a reader's browser (DNS rebinding)."""
    response = post(client, "tools/list", {}, Origin=origin)

    assert response.status_code == status
    assert ("Cache-Control", "no-store") in response.headers.items()
    assert client.options("/mcp", headers={"Origin": origin}).status_code == status


def test_the_origin_of_the_site(dataset: Dataset) -> None:
    """Only pages of the public address may send requests."""
    client = create_app(dataset, settings=Settings(public_url="https://iq.example/graph")).test_client()

    for origin, status in {"https://iq.example": 200, "http://iq.example": 403, "https://a.iq.example": 403}.items():
        assert post(client, "tools/list", {}, Origin=origin).status_code == status


def test_the_openapi_description_validates_messages(client: FlaskClient) -> None:
    """A valid message has an answer; an invalid one has an error of a documented type."""
    operation = client.get("/openapi.json").get_json()["paths"]["/mcp"]["post"]
    message = Draft202012Validator(operation["requestBody"]["content"]["application/json"]["schema"])
    good, bad = {"jsonrpc": "2.0", "id": 1, "method": "ping"}, {"jsonrpc": "2.0", "method": 7}
    answers = [client.post("/mcp", json=one) for one in (good, bad)]

    assert [message.is_valid(one) for one in (good, bad)] == [True, False]
    assert [one.status_code for one in answers] == [200, 400]
    assert all(one.content_type in operation["responses"][str(one.status_code)]["content"] for one in answers)


def test_only_posted_json(client: FlaskClient) -> None:
    """There are no streams or sessions, and no form can send a message."""
    notification = client.post("/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (notification.status_code, notification.data, "Content-Type" in notification.headers) == (202, b"", False)
    stream = client.get("/mcp", headers={"Accept": "application/json"})
    assert stream.status_code == 405
    assert "version" not in stream.get_json()["detail"]
    assert client.delete("/mcp").status_code == 405
    assert client.post("/mcp", data="{}", content_type="text/plain").status_code == 415
    assert client.post("/mcp", data=b"", headers={"Content-Type": "application/json"}).status_code == 400


def test_other_files(tmp_path: Path) -> None:
    """They can be searched, described and queried, without prepared questions."""
    client = site_of(tmp_path, f'<http://a.example/s> <{SKOS.prefLabel.value}> "Brücke" .')
    tools = post(client, "tools/list", {}).get_json()["result"]["tools"]

    instructions = post(client, "server/discover", {}).get_json()["result"]["instructions"]

    assert [one["name"] for one in tools] == ["search", "describe", "query", "evidence"]
    assert all(re.search(rf"\b{one['name']}\b", instructions) for one in tools)
    assert "iqgraph://" not in instructions
    assert content(client, "query", query=ALL)["rows"] == [
        ["<http://a.example/s>", f"<{SKOS.prefLabel.value}>", '"Brücke"']
    ]
    assert content(client, "describe", thing="http://a.example/s")["total"] == 1
    assert content(client, "search", words="Brücke")["results"][0]["iri"] == "http://a.example/s"
    assert [one["uri"] for one in post(client, "resources/list", {}).get_json()["result"]["resources"]] == [
        "iqgraph://prefixes"
    ]


def test_lines(client: FlaskClient, dataset: Dataset) -> None:
    """Each line of standard input has an answer, except notifications and empty lines; no line ends the session."""
    parameters = {"name": "query", "arguments": {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}}
    lines = [
        b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25"}}\n',
        b'{"jsonrpc": "2.0", "method": "notifications/initialized"}\n',
        b"\n",
        b"no message\n",
        b'{"jsonrpc": "2.0", "id": 2, "method": "' + b"x" * 2 * MAX_MESSAGE_BYTES + b'"}\n',
        json.dumps({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": parameters}).encode(),
    ]
    outgoing = BytesIO()
    run(partial(answer_locally, client.application), BytesIO(b"".join(lines)), outgoing)
    answers = [json.loads(line) for line in outgoing.getvalue().splitlines()]

    assert [one.get("id") for one in answers] == [1, None, None, 3]
    assert answers[-1]["result"]["structuredContent"]["rows"] == [[str(dataset.statements)]]
