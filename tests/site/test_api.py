"""The table of the API is complete and correct: routes, parameters and examples."""

import re
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict

import iqgraph.web
from iqgraph.dataset.profile import UNKNOWN
from iqgraph.service.requests.front import Front
from iqgraph.web.guide.api import GROUPS, HEADERS, HTML, Address, groups
from test_front import Scope, ask
from visits import Draw, examples, site_of

CONVERTER = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")
HOSTILE = (
    "<b>",
    '">',
    "a b",
    "\\",
    "{{7}}",
    "[]",
    "%",
    "%25",
    "%00",
    "%0A",
    "%C2%85",
    "%ED%A0%80",
    "%FF",
    "%E2%80%AE",
    "..%2F",
)
STATIC = "/static/{filename}"
ADDRESSES = [address for group in GROUPS for address in group.addresses]
EXAMPLES = [(path, address) for address in ADDRESSES for path in examples(address) if not address.only_posted]
BY_THE_LOOP = ("/sparql", "/evidence", "/q/", "/picture/")  # or has a picture beside the page
WITH_FORM = ("/explore",)  # a form that keeps the graphs
READ = re.compile(r"""request\.args(?:\.get|\.getlist)?[(\[]["'](\w+)["']""")


def paths(rule: str) -> list[str]:
    """The paths of a route as the table writes them; a choice of words is one path for each."""
    choices = [
        [word.strip() for word in words.split(",")] if kind == "any" else [f"{{{name}}}"]
        for kind, words, name in CONVERTER.findall(rule)
    ]
    parts = CONVERTER.split(rule)[::4]
    return [
        "".join(part + word for part, word in zip(parts, (*choice, ""), strict=True)) for choice in product(*choices)
    ]


def shape(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"\{\w+\}", "{}", path)


def test_every_route_is_in_the_table(client: FlaskClient) -> None:
    """The table has no others."""
    routes = {shape(path) for rule in client.application.url_map.iter_rules() for path in paths(rule.rule)}
    table = [shape(path) for address in ADDRESSES for path in address.paths]

    assert len(table) == len(set(table))
    assert set(table) == routes - {shape(STATIC)}


def test_every_parameter_is_in_the_table() -> None:
    """All that the code reads; `v` names the content of a static file."""
    code = "".join(file.read_text(encoding="utf-8") for file in Path(iqgraph.web.__file__).parent.rglob("*.py"))
    table = {one.name for address in ADDRESSES for one in address.query_parameters}

    assert set(READ.findall(code)) - {"v"} <= table
    assert {"query", "default-graph-uri", "named-graph-uri", "timeout", "format", "output", "results"} <= table


class RecordingParameters(ImmutableMultiDict[str, str]):
    """Parameters that record which of them are read."""

    names: ClassVar[set[str]] = set()

    def get(self, key: str, *rest: Any, **how: Any) -> Any:  # noqa: ANN401 - as Werkzeug has it
        """The first value."""
        self.names.add(key)
        return super().get(key, *rest, **how)

    def getlist(self, key: str, *rest: Any) -> list[Any]:  # noqa: ANN401 - as Werkzeug has it
        """All values."""
        self.names.add(key)
        return super().getlist(key, *rest)


@pytest.mark.parametrize(("path", "address"), EXAMPLES, ids=[path for path, _ in EXAMPLES])
def test_each_address_has_the_parameters_that_it_reads(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, address: Address
) -> None:
    """An address reads only its own parameters, and language and version."""
    monkeypatch.setattr(Request, "parameter_storage_class", RecordingParameters)
    monkeypatch.setattr(RecordingParameters, "names", set())
    client.get(path, query_string={one.name: one.example for one in address.query_parameters}).close()

    anywhere = {"lang", "version"} | ({"default-graph-uri", "named-graph-uri"} if path in WITH_FORM else set())
    assert RecordingParameters.names - anywhere <= {one.name for one in address.query_parameters}


def test_headers_do_what_is_told_of_them(app: Flask) -> None:
    """The statuses in their descriptions are those of answers."""
    front, thing = Front(app), "/id/involas"
    tag = dict(ask(front, Scope(path=f"{thing}.ttl")).headers)["etag"]
    requests = [("Accept", "application/pdf", thing), ("If-None-Match", tag, f"{thing}.ttl")]
    headers = [(name, path, {"host": "a.example:80", name.lower(): value}) for name, value, path in requests]
    answers = {(name, str(ask(front, Scope(path=path, headers=fields)).status)) for name, path, fields in headers}
    texts = [(header.name, text) for header in HEADERS for text in header.description]

    assert {(name, one) for name, text in texts for one in re.findall(r"\b[345]\d\d\b", text)} == answers


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: next(iter(address.paths)))
def test_parameters_in_paths_are_explained(address: Address) -> None:
    """Each has a description in both languages."""
    for path, inside in address.paths.items():
        assert [one.name for one in inside] == re.findall(r"\{(\w+)\}", path)
    for one in address.parameters:
        assert all(one.description)


@pytest.mark.parametrize(("path", "address"), EXAMPLES, ids=[path for path, _ in EXAMPLES])
def test_examples_answer(client: FlaskClient, path: str, address: Address) -> None:
    """Each address with its examples answers in one of its formats."""
    query = {one.name: one.example for one in address.query_parameters if one.example and one.name != "date"}
    if "graph" in {one.name for one in address.query_parameters}:
        query = {"default": ""}
    if path.startswith("/describe."):
        query.pop("format")
    for parameters in ({}, query) if "graph" not in {one.name for one in address.query_parameters} else (query,):
        if not parameters and any(one.required for one in address.query_parameters):
            continue
        with client.get(path, query_string=parameters, headers={"Accept": "*/*"}, follow_redirects=True) as response:
            assert response.status_code == 200, response.get_data(as_text=True)[:300]
            # Answers for programs come from the loop of the server; here they are pages.
            assert response.mimetype in address.media_types
            assert not response.mimetype.startswith("text/") or response.mimetype_params["charset"] == "utf-8"
            # Accept: */* gets the format for programs if there is one.
            assert response.mimetype != HTML or address.media_types == (HTML,) or path.startswith(BY_THE_LOOP)


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: next(iter(address.paths)))
def test_hostile_addresses_are_no_fault(client: FlaskClient, draw: Draw, address: Address) -> None:
    """Any value of a parameter has an answer or a problem of the client."""
    parts = [(path, inside) for path in address.paths for inside in re.findall(r"\{\w+\}", path)]
    candidates = [path.replace(inside, word) for path, inside in parts for word in HOSTILE]
    candidates += [
        f"{path}?{one.name}={word}" for path in address.paths for one in address.query_parameters for word in HOSTILE
    ]
    for path in draw(candidates):
        with client.get(path) as response:
            assert response.status_code < 500, path


@pytest.mark.parametrize("path", [path for address in ADDRESSES for path in address.paths if "{" in path])
def test_an_unknown_name_in_a_path_is_not_found(client: FlaskClient, path: str) -> None:
    """Where nothing has the name in the path of an address, the answer is 404, or 400 if a parameter is missing too."""
    with client.get(re.sub(r"\{\w+\}", "nonesuch", path)) as response:
        assert response.status_code in {400, 404}


def test_pages_can_be_had_in_both_languages() -> None:
    """Each page has the parameter for its language."""
    without = [
        one.paths
        for one in ADDRESSES
        if HTML in one.media_types and "lang" not in {each.name for each in one.query_parameters}
    ]

    assert without == []


def test_other_files_have_less(tmp_path: Path) -> None:
    """The table omits the addresses of the bundled graph only; all others answer."""
    client = site_of(tmp_path, "<http://a.example/s> <http://a.example/p> 1 .")
    rest = [address for group in groups(UNKNOWN) for address in group.addresses]

    assert [one for one in rest if one.ours] == []
    assert not [one for one in rest if "version" in {each.name for each in one.query_parameters}]
    assert not [path for one in rest for path in examples(one) if "who-" in path]
    assert not [one for one in rest for word in ("question", "passage") if word in one.description.en and not one.ours]
    for address in [one for one in rest if not one.only_posted]:
        for path in [
            one
            for one in address.paths
            if "{" not in one and one not in ("/chart", "/document", "/describe", "/evidence")
        ]:
            response = client.get(path, headers={"Accept": "*/*"}, buffered=True)  # a file that is sent is closed
            assert response.status_code in (200, 303), path
