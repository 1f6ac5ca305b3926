"""The OpenAPI description is valid, and has the content of the table."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset.profile import BUNDLED
from iqgraph.web.guide.api import groups
from iqgraph.web.http.messages import Request
from iqgraph.web.http.problems import Problem
from iqgraph.web.query.protocol import read_request


def strip(part: Any) -> Any:  # noqa: ANN401 - any JSON
    """A description without its texts for people."""
    if isinstance(part, dict):
        return {
            name: strip(one) for name, one in part.items() if name not in ("title", "summary", "description", "tags")
        }
    return [strip(one) for one in part if not isinstance(one, str)] if isinstance(part, list) else part


def test_it_is_openapi(client: FlaskClient) -> None:
    """Valid by the schema of OpenAPI 3.1; languages differ only in texts."""
    german, english = (client.get("/openapi.json", query_string={"lang": lang}) for lang in ("de", "en"))
    description = english.get_json()
    # The validator is loaded here, as it takes long and no other test needs it.
    from openapi_spec_validator import validate  # noqa: PLC0415

    validate(description)

    assert description["openapi"] == "3.1.0"
    assert description["servers"] == [{"url": "http://localhost"}]
    assert german.vary.as_set() >= {"accept-language"}
    assert german.get_json() != description
    assert strip(german.get_json()) == strip(description)


@pytest.mark.parametrize(
    "timeout", ["", "2", "05", "0.50", "0.10s", "500ms", "0", "0.0", "00ms", "soon", "1.", ".5", "1234567890", "2m"]
)
def test_the_pattern_of_a_timeout_is_what_the_server_accepts(client: FlaskClient, timeout: str) -> None:
    """The schema and the server accept the same values."""
    parameters = client.get("/openapi.json").get_json()["paths"]["/sparql"]["get"]["parameters"]
    (pattern,) = (one["schema"]["pattern"] for one in parameters if one["name"] == "timeout")
    request = Request(query=urlencode({"query": "ASK {}", "timeout": timeout}))
    try:
        read_request(request, is_bundled=True)
        is_taken = True
    except Problem:
        is_taken = False

    assert bool(re.search(pattern, timeout)) == is_taken


def test_every_path_is_there(client: FlaskClient) -> None:
    """The paths are those of the table; the endpoint also takes queries by POST."""
    paths = client.get("/openapi.json").get_json()["paths"]

    assert set(paths) == {path for group in groups(BUNDLED) for one in group.addresses for path in one.paths}
    assert set(paths["/sparql"]["post"]["requestBody"]["content"]) == {
        "application/sparql-query",
        "application/x-www-form-urlencoded",
    }
    assert [path for path, item in paths.items() if "post" in item] == ["/evidence", "/mcp", "/reconcile", "/sparql"]
    assert [path for path, item in paths.items() if "get" not in item] == ["/mcp"]


def test_what_a_program_must_know(client: FlaskClient) -> None:
    """Each operation has a unique id; parameters have types, and are required if they are."""
    paths = client.get("/openapi.json").get_json()["paths"]
    operations = [each[method] for each in paths.values() for method in ("get", "post") if method in each]
    names = [one["operationId"] for one in operations]
    parameters = {
        path: {one["name"]: one for one in each["get"]["parameters"]} for path, each in paths.items() if "get" in each
    }

    assert len(names) == len(set(names))
    assert {"getDescribe", "getDescribeExtension", "getVersionIndex", "postSparql"} <= set(names)
    assert parameters["/describe"]["uri"]["required"] is True
    assert parameters["/evidence"]["query"]["required"] is True
    assert "required" not in parameters["/sparql"]["query"]
    assert parameters["/sparql"]["default-graph-uri"]["schema"]["items"] == {
        "type": "string",
        "format": "iri",
        "minLength": 1,
    }
    assert parameters["/evidence"]["row"]["example"] == [0]


def test_answers_have_their_kind(client: FlaskClient) -> None:
    """JSON answers are objects, all others strings."""
    paths = client.get("/openapi.json").get_json()["paths"]
    operations = [item[method] for item in paths.values() for method in ("get", "post") if method in item]
    answers = [content for one in operations for content in one["responses"]["200"].get("content", {}).items()]
    kinds = {(format, content["schema"].get("type", "object")) for format, content in answers}

    assert len(kinds) > 10
    assert {kind for kind in kinds if (kind[1] == "object") != kind[0].endswith("json")} == set()


def test_each_operation_may_be_a_problem(client: FlaskClient) -> None:
    """All errors have the same schema."""
    description = client.get("/openapi.json").get_json()
    operations = [item.get("get") or item["post"] for item in description["paths"].values()]
    answers = [operation["responses"] for operation in operations]

    assert {one["default"]["$ref"] for one in answers} == {"#/components/responses/Problem"}
    schema = description["components"]["responses"]["Problem"]["content"]["application/problem+json"]["schema"]
    problem = client.get("/id/nobody", headers={"Accept": "application/json"}).get_json()
    assert set(schema["required"]) == set(schema["properties"]) <= set(problem)
