"""Reconciliation as OpenRefine does it: what it sends, and what it has to be told; and names as people write them."""

import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from iqgraph.dataset import Dataset
from iqgraph.model.model import Model
from iqgraph.model.search import Entry
from iqgraph.terms import ID, IQ
from iqgraph.web.extension import MAX_IDS, MAX_PROPERTIES
from iqgraph.web.reconciliation import MAX_CANDIDATES, MAX_QUERIES
from iqgraph.web.site import EXTENSION
from visits import problem

SCHEMAS = "RECONCILIATION_SCHEMAS"
KINDS = ("organisation", "offer", "project", "law", "place", "group")
# What OpenRefine sends with each call (its class ReconciledDataExtensionJob and others use the same client).
CLIENT = {"Accept": "*/*", "User-Agent": "OpenRefine/3.9"}
MANIFEST: dict[str, type] = {
    "versions": list,
    "name": str,
    "identifierSpace": str,
    "schemaSpace": str,
    "defaultTypes": list,
    "view": dict,
    "suggest": dict,
    "preview": dict,
    "extend": dict,
}


def matched(client: FlaskClient, *queries: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The candidates for some queries, as OpenRefine sends them: a form with one batch."""
    batch = {f"q{number}": query for number, query in enumerate(queries)}
    response = client.post("/reconcile", data={"queries": json.dumps(batch)}, headers=CLIENT)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    found = response.get_json()
    assert list(found) == list(batch)
    return [found[key]["result"] for key in batch]


def first(client: FlaskClient, name: str, **more: object) -> dict[str, Any]:
    """The first candidate for a name."""
    return matched(client, {"query": name, **more})[0][0]


def test_manifest(client: FlaskClient) -> None:
    """It says what the specification requires, and leads to nothing that is not there."""
    told = client.get("/reconcile", headers=CLIENT).get_json()

    assert all(isinstance(told[key], kind) for key, kind in MANIFEST.items())
    assert told["versions"] == ["0.2"]
    assert {one["id"] for one in told["defaultTypes"]} >= set(KINDS)
    assert "{{id}}" in told["view"]["url"]
    for address in (told["view"]["url"], told["preview"]["url"]):
        path = address.replace("{{id}}", "involas").removeprefix("http://localhost")
        assert client.get(path, headers={"Accept": "text/html"}).status_code in (200, 303)
    for name, one in told["suggest"].items():
        path = (one["service_url"] + one["service_path"]).removeprefix("http://localhost")
        assert client.get(path, query_string={"prefix": "o"}).get_json()["result"], name


def test_language(client: FlaskClient) -> None:
    """Whoever registers the address with a language has names in it, also of what is suggested."""
    told = client.get("/reconcile?lang=de").get_json()

    assert "lang=de" in told["suggest"]["type"]["service_path"]
    assert {"id": "offer", "name": "Angebot"} in told["defaultTypes"]
    assert first(client, "Hessen", type="place")["name"] == "Hesse"
    batch = json.dumps({"a": {"query": "Hesse", "type": "place"}})
    german = client.get("/reconcile", query_string={"queries": batch, "lang": "de"}).get_json()["a"]["result"][0]
    assert german["name"] in ("Hessen", "Land Hessen")


def within(change: Callable[[random.Random, str, int], str]) -> Callable[[random.Random, Entry, str], str]:
    """A slip at a letter within the longest word."""

    def noisy(chance: random.Random, _: Entry, name: str) -> str:
        word = max(re.findall(r"\w+", name), key=len)
        start = name.index(word)
        return change(chance, name, start + chance.randrange(1, max(2, len(word) - 1)))

    return noisy


def spelled(name: str, letters: tuple[str, ...]) -> str:
    """A name without umlauts."""
    for umlaut, plain in zip("äöüß", letters, strict=True):
        name = name.replace(umlaut, plain).replace(umlaut.upper(), plain.capitalize())
    return name


def shuffled(chance: random.Random, _: Entry, name: str) -> str:
    """The words in another order."""
    words = name.split()
    chance.shuffle(words)
    return " ".join(words)


def abbreviated(_: random.Random, entry: Entry, name: str) -> str:
    """The short name that the thing has, or else its longest word cut."""
    short = [one for one in entry.names if len(one) <= 8 and " " not in one and one != name.lower()]
    word = max(re.findall(r"\w+", name), key=len)
    return short[0].upper() if short else name.replace(word, f"{word[:6]}.")


NOISE: dict[str, Callable[[random.Random, Entry, str], str]] = {
    "wrong letter": within(lambda chance, text, at: text[:at] + chance.choice("aeinrst") + text[at + 1 :]),
    "missing letter": within(lambda _, text, at: text[:at] + text[at + 1 :]),
    "doubled letter": within(lambda _, text, at: text[:at] + text[at] + text[at:]),
    "swapped letters": within(lambda _, text, at: text[:at] + text[at + 1] + text[at] + text[at + 2 :]),
    "case": lambda chance, _, name: chance.choice([name.upper(), name.lower(), name.swapcase()]),
    "umlaut as ae": lambda _, __, name: spelled(name, ("ae", "oe", "ue", "ss")),
    "umlaut as a": lambda _, __, name: spelled(name, ("a", "o", "u", "ss")),
    "order of words": shuffled,
    "abbreviation": abbreviated,
    "English name": lambda _, __, name: name,
}


def names(bundled: Flask, seed: str) -> dict[str, list[tuple[str, Entry, str]]]:
    """At least 25 noisy names of each kind of noise, with the thing that is meant and its kind."""
    model: Model = bundled.extensions[EXTENSION].model
    chance, found = random.Random(seed), {}  # noqa: S311 - a sample, no secret
    for noise, make in NOISE.items():
        language = "en" if noise == "English name" else "de"
        entries = [one for one in model.search(language).entries if one.kind.slug in KINDS and one.node in ID]
        if "umlaut" in noise:
            entries = [one for one in entries if re.search("[äöüß]", one.label)]
        if noise == "order of words":
            entries = [one for one in entries if " " in one.label]
        drawn = chance.sample(entries, min(25, len(entries)))
        found[noise] = [(make(chance, one, one.label), one, one.kind.slug) for one in drawn]
    return found


def test_names_as_people_write_them(client: FlaskClient, bundled: Flask, seed: str) -> None:
    """Of at least 200 names with slips of all kinds, 95 of 100 are found first, and nine of ten of each kind."""
    missed: dict[str, list[str]] = {}
    for noise, drawn in names(bundled, seed).items():
        results = matched(client, *({"query": name, "type": kind, "limit": 3} for name, _, kind in drawn))
        pairs = zip(drawn, results, strict=True)
        missed[noise] = [name for (name, thing, _), one in pairs if not one or ID[one[0]["id"]] != thing.node]
        assert len(drawn) >= 25, noise
        assert len(missed[noise]) <= len(drawn) / 10, (noise, missed[noise])
    asked = 25 * len(NOISE)

    assert asked >= 200
    assert sum(map(len, missed.values())) <= asked * 0.05, missed


@pytest.mark.parametrize("name", ["IQ Netzwerk Hessen", "Hessen, IQ-Netzwerk"])
def test_a_thing_comes_before_what_tells_of_it(client: FlaskClient, name: str) -> None:
    """Sources have its name in theirs."""
    assert first(client, name)["id"] == "network-hessen"


def test_only_the_same_name_is_a_match(client: FlaskClient, dataset: Dataset) -> None:
    """What is written otherwise is for a person to decide; case, umlauts and order of words change nothing."""
    assert first(client, "INVOLAS", type="organisation")["match"] is True
    assert first(client, "pflege: SERVICESTELLE")["match"] is True
    # A document is cited by the name of what it is about.
    cited = {name.value for one in dataset.instances(IQ.Document) for name in dataset.literals(one, IQ.acronym)}
    assert {"involas"} <= cited == {name for name in cited if first(client, name)["match"]}
    assert first(client, "involsa")["match"] is False
    assert first(client, "involsa")["id"] == "involas"
    assert matched(client, {"query": "zzzz qqqq"}) == [[]]


@pytest.mark.parametrize("name", ["", " \t", "x" * 300])
def test_a_cell_without_a_name(client: FlaskClient, name: str) -> None:
    """It has no candidates, and the others of its batch have theirs."""
    empty, found = matched(client, {"query": name}, {"query": "involas"})

    assert (empty, found[0]["id"]) == ([], "involas")


@pytest.mark.parametrize(
    "unknown",
    [
        {"type": "nothing", "type_strict": "any"},
        {"properties": [{"pid": "iq:nothing", "v": "x"}]},
        {"properties": [{"pid": "no prefix", "v": "x"}]},
    ],
    ids=str,
)
def test_what_is_not_known_fits_nothing(client: FlaskClient, unknown: dict[str, Any]) -> None:
    """A type or a property that there is not leaves the other names of its batch alone."""
    vain, found = matched(client, {"query": "involas", **unknown}, {"query": "involas"})

    assert (found[0]["id"], found[0]["score"]) == ("involas", 100)
    assert all(one["score"] < 100 for one in vain)
    assert not vain or "type" not in unknown


def test_scores(client: FlaskClient) -> None:
    """They fall, say what they are made of, and no candidate comes twice."""
    (found,) = matched(client, {"query": "Servicestelle", "limit": 20})
    scores = [one["score"] for one in found]

    assert scores == sorted(scores, reverse=True)
    assert len({one["id"] for one in found}) == len(found) > 3
    assert all(0 < one["score"] <= 100 and one["features"] and one["type"] for one in found)


def test_types(client: FlaskClient) -> None:
    """A kind that is wanted comes first, and alone if it has to be."""
    loose, strict = matched(
        client, {"query": "Hessen", "type": "place"}, {"query": "Hessen", "type": ["place"], "type_strict": "any"}
    )

    assert loose[0]["type"][0]["id"] == "place"
    assert {kind["id"] for one in strict for kind in one["type"]} == {"place"}


@pytest.mark.parametrize(("strict", "count"), [("any", 1), ("all", 0), ("should", 1)])
def test_several_types(client: FlaskClient, strict: str, count: int) -> None:
    """A thing is of one of them, or has to be of each."""
    (found,) = matched(client, {"query": "involas", "type": ["organisation", "place"], "type_strict": strict})

    assert [one["id"] for one in found].count("involas") == count


def test_properties_of_the_row(client: FlaskClient) -> None:
    """Another column tells things of a like name apart, and may find one alone, by a code or a name."""
    partner = {"pid": "iq:providedBy", "v": [{"id": "involas", "name": "involas"}]}
    (alone, named) = matched(
        client, {"properties": [partner], "type": "offer"}, {"query": "MAZAB", "properties": [partner]}
    )

    assert alone[0]["score"] == 100
    assert {"id": "iq:providedBy", "value": True} in alone[0]["features"]
    assert named[0]["score"] >= 50


def test_extension_with_evidence(client: FlaskClient) -> None:
    """Values come with their ids, in the same order as who states them; what has none is an empty cell."""
    columns = ["iq:providedBy", "iq:providedBy:sources"]
    asked = {"ids": ["mazab", "nothing"], "properties": [{"id": one, "settings": {}} for one in columns]}
    told = client.post("/reconcile", data={"extend": json.dumps(asked)}, headers=CLIENT).get_json()
    row = told["rows"]["mazab"]

    assert [one["id"] for one in told["meta"]] == columns
    assert all(one["name"] for one in told["meta"])
    assert "involas" in {one["id"] for one in row["iq:providedBy"]}
    assert len(row["iq:providedBy"]) == len(row["iq:providedBy:sources"])
    assert re.search(r"Passage (involas )?\d+", row["iq:providedBy:sources"][0]["str"])
    assert told["rows"]["nothing"] == {"iq:providedBy": [], "iq:providedBy:sources": []}


def test_extension_by_iri(client: FlaskClient) -> None:
    """A property may be named by its IRI; a cell says who states each of its values."""
    name = f"{IQ.iri}theme"
    asked = {"ids": ["sub-projects"], "properties": [{"id": one} for one in (name, "iq:theme", "iq:theme:sources")]}
    row = client.get("/reconcile", query_string={"extend": json.dumps(asked)}).get_json()["rows"]["sub-projects"]

    assert row[name] == row["iq:theme"]
    assert len(row["iq:theme"]) == len(row["iq:theme:sources"]) > 2


def test_proposed_properties_have_values(client: FlaskClient) -> None:
    """Each that is proposed for a kind can be asked for, by things of that kind."""
    for kind in KINDS:
        proposed = client.get("/reconcile/properties", query_string={"type": kind, "limit": "6"}).get_json()[
            "properties"
        ]
        things = matched(client, {"query": "a e i n r s t", "type": kind, "type_strict": "all", "limit": 50})[0]
        ids = [one["id"] for one in things] or ["involas"]
        asked = {"ids": ids, "properties": [{"id": one["id"]} for one in proposed]}
        told = client.get("/reconcile", query_string={"extend": json.dumps(asked)}).get_json()

        assert len(proposed) == 6
        assert {one["id"]: one["name"] for one in told["meta"]} == {one["id"]: one["name"] for one in proposed}


@pytest.mark.parametrize(
    ("sort", "typed", "expected"),
    [
        ("entity", "invo", "involas"),
        ("entity", "mazab", "mazab"),
        ("entity", "Offenbch", "offenbach"),
        ("type", "ange", "offer"),
        ("property", "providedby", "iq:providedBy"),
    ],
)
def test_suggestions(client: FlaskClient, sort: str, typed: str, expected: str) -> None:
    """By the beginning of a name in either language, by an id, and with a slip."""
    lang = "de" if typed == "ange" else "en"
    found = client.get(f"/reconcile/suggest/{sort}", query_string={"prefix": typed, "lang": lang}).get_json()["result"]

    assert expected in [one["id"] for one in found]
    assert all(one["name"] for one in found)


def test_preview_can_be_framed(client: FlaskClient) -> None:
    """Other programs show it on their own pages; no other page of ours can be framed."""
    shown = client.get("/reconcile/preview?id=involas")

    assert "<b>involas</b>" in shown.text
    assert shown.headers.getlist("Content-Security-Policy") == [shown.headers["Content-Security-Policy"]]
    assert "frame-ancestors *" in shown.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in client.get("/search").headers["Content-Security-Policy"]
    assert client.get("/reconcile/preview?id=nothing").status_code == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"queries": "{"}, 400),
        ({"queries": "[]"}, 400),
        ({"queries": "[" * 5000}, 400),
        ({"queries": '{"a": 7}'}, 400),
        ({"queries": '{"a": {"query": 7}}'}, 400),
        ({"queries": '{"a": {"query": "x", "properties": 7}}'}, 400),
        *[
            ({"queries": f'{{"a": {{"query": "x", "limit": {limit}}}}}'}, 400)
            for limit in ("-1", "0", '"x"', "1e400", "true")
        ],
        ({"queries": '{"a": {"limit": 3}}'}, 400),
        ({"queries": '{"a": {"properties": []}}'}, 400),
        ({"queries": '{"a": {"query": "x", "properties": [{"pid": 7, "v": "x"}]}}'}, 400),
        (
            {"queries": json.dumps({"a": {"query": "x", "properties": [{"pid": "iq:theme"}] * (MAX_PROPERTIES + 1)}})},
            400,
        ),
        ({"extend": '{"ids": ["involas"], "properties": [{"id": "iq:nothing"}]}'}, 400),
        ({"extend": '{"ids": ["involas"], "properties": [{"id": "no prefix"}]}'}, 400),
        ({"extend": '{"ids": [null], "properties": []}'}, 400),
        ({"queries": json.dumps({str(number): {"query": "x"} for number in range(MAX_QUERIES + 1)})}, 413),
        ({"extend": "{"}, 400),
        ({"extend": '{"ids": 7}'}, 400),
        ({"extend": '{"ids": [7], "properties": []}'}, 400),
        ({"extend": json.dumps({"ids": ["x"] * (MAX_IDS + 1), "properties": []})}, 400),
    ],
    ids=lambda value: str(value)[:50],
)
def test_mistakes_are_told(client: FlaskClient, given: dict[str, str], status: int) -> None:
    """In the form of all problems, and a client of many names learns how many may come."""
    response = client.post("/reconcile", data=given, headers={"Accept": "application/json"})

    assert response.status_code == status
    assert response.get_json()["detail"].endswith(".")


@pytest.mark.parametrize(
    "given",
    [
        {"queries": json.dumps({str(number): {"query": "x"} for number in range(MAX_QUERIES)})},
        {"queries": json.dumps({"a": {"query": "x", "properties": [{"pid": "iq:theme", "v": "x"}] * MAX_PROPERTIES}})},
        {"extend": json.dumps({"ids": ["x"] * MAX_IDS, "properties": [{"id": "iq:theme"}] * MAX_PROPERTIES})},
    ],
    ids=lambda value: str(value)[:50],
)
def test_as_many_as_there_may_be(client: FlaskClient, given: dict[str, str]) -> None:
    """A bound is the last number that is answered."""
    assert client.post("/reconcile", data=given).status_code == 200


def test_an_empty_field_says_nothing(client: FlaskClient) -> None:
    """As in every other form; what is asked beside it is answered."""
    queries = json.dumps({"a": {"query": "involas"}})

    assert "versions" in client.get("/reconcile?queries=&extend=").get_json()
    for fields in ({"queries": "", "extend": ""}, {"queries": "", "lang": "en"}, {"lang": "de"}):
        assert "versions" in client.post("/reconcile", data=fields).get_json()
    assert client.get("/reconcile", query_string={"queries": queries, "extend": ""}).get_json()["a"]["result"]


def test_limits(client: FlaskClient) -> None:
    """No more candidates come than there may be, whatever is wanted; and no more than usual where nothing is said."""
    many, usual = matched(client, *({"query": "Hessen IQ", **more} for more in ({"limit": 9999}, {})))

    assert (len(many), len(usual)) == (MAX_CANDIDATES, 5)


def test_schemas_of_the_specification(client: FlaskClient) -> None:
    """All answers are as the group's own schemas say, where these are at hand."""
    if SCHEMAS not in os.environ:
        pytest.skip(f"{SCHEMAS} names no folder with the schemas of the Reconciliation API 0.2")
    folder = Path(os.environ[SCHEMAS])
    extend = json.dumps({"ids": ["mazab", "hessen"], "properties": [{"id": "iq:providedBy"}, {"id": "skos:notation"}]})
    answers = {
        "manifest": "",
        "reconciliation-result-batch": urlencode({"queries": '{"a": {"query": "involas"}, "b": {"query": "Hesen"}}'}),
        "data-extension-response": urlencode({"extend": extend}),
        "suggest-entities-response": "/suggest/entity?prefix=i",
        "suggest-types-response": "/suggest/type?prefix=o",
        "suggest-properties-response": "/suggest/property?prefix=o",
        "data-extension-property-proposal": "/properties?type=offer&limit=7",
    }
    store = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")]
    registry = Registry().with_resources(
        [(one["$id"], DRAFT202012.create_resource(one)) for one in store if "$id" in one]
    )
    for name, path in answers.items():
        schema = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        schema.get("properties", {}).pop("authentication", None)  # which leads to a schema of another group
        told = client.get(f"/reconcile{path}" if path.startswith("/") else f"/reconcile?{path}").get_json()
        Draft202012Validator(schema, registry=registry).validate(told)


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", "[[[", (415, "media-type")),
        ("application/json", '{"queries": {}}', (415, "media-type")),
        ("application/x-www-form-urlencoded", "querys=%7B%7D", (400, "bad-request")),
        (
            "application/x-www-form-urlencoded",
            "queries=%7B%22q%22%3A%7B%22type%22%3A%7B%22a%22%3A1%7D%7D%7D",
            (400, "bad-request"),
        ),
    ],
)
def test_a_body_that_asks_nothing(client: FlaskClient, content_type: str, body: str, expected: tuple[int, str]) -> None:
    """The manifest is for requests without a body."""
    assert problem(client.post("/reconcile", data=body, content_type=content_type)) == expected


def test_too_many_fields(client: FlaskClient) -> None:
    """A form of more fields than any other address reads is refused for just that."""
    response = client.post("/reconcile?lang=en", data={f"f{number}": "" for number in range(1001)})

    assert problem(response) == (400, "bad-request")
    assert "more than 1000 parameters or form fields" in response.get_json()["detail"]
