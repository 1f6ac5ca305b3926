"""Reconciliation as OpenRefine does it: its requests, the answers it needs, and names as people write them."""

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
from iqgraph.web.extension import MAX_IDS, MAX_PROPERTIES, MAX_VALUES
from iqgraph.web.reconciliation import MAX_CANDIDATES, MAX_QUERIES
from iqgraph.web.site import EXTENSION
from visits import problem

SCHEMAS = "RECONCILIATION_SCHEMAS"
KINDS = ("organisation", "offer", "project", "law", "place", "group")
# The headers of each call of OpenRefine (its class ReconciledDataExtensionJob and others use the same client).
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


def reconcile(client: FlaskClient, *queries: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The candidates for some queries, as OpenRefine sends them: a form with one batch."""
    batch = {f"q{number}": query for number, query in enumerate(queries)}
    response = client.post("/reconcile", data={"queries": json.dumps(batch)}, headers=CLIENT)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    answers = response.get_json()
    assert list(answers) == list(batch)
    return [answers[key]["result"] for key in batch]


def first(client: FlaskClient, name: str, **more: object) -> dict[str, Any]:
    """The first candidate for a name."""
    return reconcile(client, {"query": name, **more})[0][0]


def test_manifest(client: FlaskClient) -> None:
    """It has all that the specification requires, and its addresses answer."""
    manifest = client.get("/reconcile", headers=CLIENT).get_json()

    assert all(isinstance(manifest[key], kind) for key, kind in MANIFEST.items())
    assert manifest["versions"] == ["0.2"]
    assert {one["id"] for one in manifest["defaultTypes"]} >= set(KINDS)
    assert "{{id}}" in manifest["view"]["url"]
    for address in (manifest["view"]["url"], manifest["preview"]["url"]):
        path = address.replace("{{id}}", "involas").removeprefix("http://localhost")
        assert client.get(path, headers={"Accept": "text/html"}).status_code in (200, 303)
    for name, one in manifest["suggest"].items():
        path = (one["service_url"] + one["service_path"]).removeprefix("http://localhost")
        assert client.get(path, query_string={"prefix": "o"}).get_json()["result"], name


def test_language(client: FlaskClient) -> None:
    """An address with a language gives names and suggestions in that language."""
    manifest = client.get("/reconcile?lang=de").get_json()

    assert "lang=de" in manifest["suggest"]["type"]["service_path"]
    assert {"id": "offer", "name": "Angebot"} in manifest["defaultTypes"]
    assert first(client, "Hessen", type="place")["name"] == "Hesse"
    batch = json.dumps({"a": {"query": "Hesse", "type": "place"}})
    german = client.get("/reconcile", query_string={"queries": batch, "lang": "de"}).get_json()["a"]["result"][0]
    assert german["name"] in ("Hessen", "Land Hessen")


def within(change: Callable[[random.Random, str, int], str]) -> Callable[[random.Random, Entry, str], str]:
    """A slip at a letter within the longest word."""

    def noisy(rng: random.Random, _: Entry, name: str) -> str:
        word = max(re.findall(r"\w+", name), key=len)
        start = name.index(word)
        return change(rng, name, start + rng.randrange(1, max(2, len(word) - 1)))

    return noisy


def transliterate(name: str, letters: tuple[str, ...]) -> str:
    """A name without umlauts."""
    for umlaut, plain in zip("äöüß", letters, strict=True):
        name = name.replace(umlaut, plain).replace(umlaut.upper(), plain.capitalize())
    return name


def shuffle_words(rng: random.Random, _: Entry, name: str) -> str:
    """The words in another order."""
    words = name.split()
    rng.shuffle(words)
    return " ".join(words)


def abbreviate(_: random.Random, entry: Entry, name: str) -> str:
    """The short name of the thing, or its name with the longest word cut."""
    short = [one for one in entry.names if len(one) <= 8 and " " not in one and one != name.lower()]
    word = max(re.findall(r"\w+", name), key=len)
    return short[0].upper() if short else name.replace(word, f"{word[:6]}.")


NOISE: dict[str, Callable[[random.Random, Entry, str], str]] = {
    "wrong letter": within(lambda rng, text, at: text[:at] + rng.choice("aeinrst") + text[at + 1 :]),
    "missing letter": within(lambda _, text, at: text[:at] + text[at + 1 :]),
    "doubled letter": within(lambda _, text, at: text[:at] + text[at] + text[at:]),
    "swapped letters": within(lambda _, text, at: text[:at] + text[at + 1] + text[at] + text[at + 2 :]),
    "case": lambda rng, _, name: rng.choice([name.upper(), name.lower(), name.swapcase()]),
    "umlaut as ae": lambda _, __, name: transliterate(name, ("ae", "oe", "ue", "ss")),
    "umlaut as a": lambda _, __, name: transliterate(name, ("a", "o", "u", "ss")),
    "order of words": shuffle_words,
    "abbreviation": abbreviate,
    "English name": lambda _, __, name: name,
}


def noisy_names(app: Flask, seed: str) -> dict[str, list[tuple[str, Entry, str]]]:
    """At least 25 noisy names of each kind of noise, with the thing meant and its kind."""
    model: Model = app.extensions[EXTENSION].model
    rng, samples = random.Random(seed), {}  # noqa: S311 - a sample, no secret
    for noise, make in NOISE.items():
        language = "en" if noise == "English name" else "de"
        entries = [one for one in model.search(language).entries if one.kind.slug in KINDS and one.node in ID]
        if "umlaut" in noise:
            entries = [one for one in entries if re.search("[äöüß]", one.label)]
        if noise == "order of words":
            entries = [one for one in entries if " " in one.label]
        sample = rng.sample(entries, min(25, len(entries)))
        samples[noise] = [(make(rng, one, one.label), one, one.kind.slug) for one in sample]
    return samples


def test_names_as_people_write_them(client: FlaskClient, app: Flask, seed: str) -> None:
    """Of at least 200 names with slips of all kinds, 95 of 100 are found first, and nine of ten of each kind."""
    misses: dict[str, list[str]] = {}
    for noise, sample in noisy_names(app, seed).items():
        results = reconcile(client, *({"query": name, "type": kind, "limit": 3} for name, _, kind in sample))
        pairs = zip(sample, results, strict=True)
        misses[noise] = [name for (name, thing, _), one in pairs if not one or ID[one[0]["id"]] != thing.node]
        assert len(sample) >= 25, noise
        assert len(misses[noise]) <= len(sample) / 10, (noise, misses[noise])
    total = 25 * len(NOISE)

    assert total >= 200
    assert sum(map(len, misses.values())) <= total * 0.05, misses


@pytest.mark.parametrize("name", ["IQ Netzwerk Hessen", "Hessen, IQ-Netzwerk"])
def test_a_thing_comes_before_its_sources(client: FlaskClient, name: str) -> None:
    """Also before sources whose names contain that name."""
    assert first(client, name)["id"] == "network-hessen"


def test_only_the_same_name_is_a_match(client: FlaskClient, dataset: Dataset) -> None:
    """Other spellings are for a person to decide; case, umlauts and word order do not matter."""
    assert first(client, "INVOLAS", type="organisation")["match"] is True
    assert first(client, "pflege: SERVICESTELLE")["match"] is True
    # The acronym of a document is the name of its subject.
    acronyms = {name.value for one in dataset.instances(IQ.Document) for name in dataset.literals(one, IQ.acronym)}
    assert {"involas"} <= acronyms == {name for name in acronyms if first(client, name)["match"]}
    assert first(client, "involsa")["match"] is False
    assert first(client, "involsa")["id"] == "involas"
    assert reconcile(client, {"query": "zzzz qqqq"}) == [[]]


@pytest.mark.parametrize("name", ["", " \t", "x" * 300])
def test_a_cell_without_a_name(client: FlaskClient, name: str) -> None:
    """It has no candidates; the other names of its batch have theirs."""
    empty, matches = reconcile(client, {"query": name}, {"query": "involas"})

    assert (empty, matches[0]["id"]) == ([], "involas")


@pytest.mark.parametrize(
    "unknown",
    [
        {"type": "nothing", "type_strict": "any"},
        {"properties": [{"pid": "iq:nothing", "v": "involas"}]},
        {"properties": [{"pid": "no prefix", "v": "involas"}]},
    ],
    ids=str,
)
def test_unknown_types_and_properties_match_nothing(client: FlaskClient, unknown: dict[str, Any]) -> None:
    """An unknown type or property does not affect the other names of its batch."""
    candidates, matches = reconcile(client, {"query": "involas", **unknown}, {"query": "involas"})

    assert (matches[0]["id"], matches[0]["score"]) == ("involas", 100)
    assert all(one["score"] < 100 for one in candidates)
    assert not candidates or "type" not in unknown


def test_scores(client: FlaskClient) -> None:
    """Scores decrease and list their features; no candidate comes twice."""
    (candidates,) = reconcile(client, {"query": "Servicestelle", "limit": 20})
    scores = [one["score"] for one in candidates]

    assert scores == sorted(scores, reverse=True)
    assert len({one["id"] for one in candidates}) == len(candidates) > 3
    assert all(0 < one["score"] <= 100 and one["features"] and one["type"] for one in candidates)


def test_types(client: FlaskClient) -> None:
    """A requested type comes first, and alone if it is strict."""
    loose, strict = reconcile(
        client, {"query": "Hessen", "type": "place"}, {"query": "Hessen", "type": ["place"], "type_strict": "any"}
    )

    assert loose[0]["type"][0]["id"] == "place"
    assert {kind["id"] for one in strict for kind in one["type"]} == {"place"}


@pytest.mark.parametrize(("strict", "count"), [("any", 1), ("all", 0), ("should", 1)])
def test_several_types(client: FlaskClient, strict: str, count: int) -> None:
    """A thing has one of them, or all of them if the request says so."""
    (candidates,) = reconcile(client, {"query": "involas", "type": ["organisation", "place"], "type_strict": strict})

    assert [one["id"] for one in candidates].count("involas") == count


def test_properties_of_the_row(client: FlaskClient) -> None:
    """Another column, with codes or names, distinguishes things of similar names and is enough without a name."""
    partner = {"pid": "iq:providedBy", "v": [{"id": "involas", "name": "involas"}]}
    (alone, by_name) = reconcile(
        client, {"properties": [partner], "type": "offer"}, {"query": "MAZAB", "properties": [partner]}
    )

    assert alone[0]["score"] == 100
    assert {"id": "iq:providedBy", "value": True} in alone[0]["features"]
    assert by_name[0]["score"] >= 50
    assert reconcile(client, {"query": " ", "properties": [partner], "type": "offer"}) == [alone]


def test_without_a_name_a_candidate_has_one_of_the_values(client: FlaskClient) -> None:
    """Nothing else speaks for it."""
    properties = [{"pid": "iq:providedBy", "v": "involas"}, {"pid": "skos:notation", "v": ["no such code", 7, True]}]
    some, none = reconcile(client, {"properties": properties, "limit": 50}, {"properties": properties[1:]})

    assert some
    assert all({"id": "iq:providedBy", "value": True} in one["features"] for one in some)
    assert none == []


def test_extension_with_evidence(client: FlaskClient) -> None:
    """Values have their ids, in the order of their sources; without a value the cell is empty."""
    columns = ["iq:providedBy", "iq:providedBy:sources"]
    extension = {"ids": ["mazab", "nothing"], "properties": [{"id": one, "settings": {}} for one in columns]}
    answer = client.post("/reconcile", data={"extend": json.dumps(extension)}, headers=CLIENT).get_json()
    row = answer["rows"]["mazab"]

    assert [one["id"] for one in answer["meta"]] == columns
    assert all(one["name"] for one in answer["meta"])
    assert "involas" in {one["id"] for one in row["iq:providedBy"]}
    assert len(row["iq:providedBy"]) == len(row["iq:providedBy:sources"])
    assert re.search(r"Passage (involas )?\d+", row["iq:providedBy:sources"][0]["str"])
    assert answer["rows"]["nothing"] == {"iq:providedBy": [], "iq:providedBy:sources": []}


def test_extension_by_iri(client: FlaskClient) -> None:
    """A property may be given by its IRI; a cell has the source of each of its values."""
    name = f"{IQ.iri}theme"
    extension = {"ids": ["sub-projects"], "properties": [{"id": one} for one in (name, "iq:theme", "iq:theme:sources")]}
    row = client.get("/reconcile", query_string={"extend": json.dumps(extension)}).get_json()["rows"]["sub-projects"]

    assert row[name] == row["iq:theme"]
    assert len(row["iq:theme"]) == len(row["iq:theme:sources"]) > 2


def test_proposed_properties_have_values(client: FlaskClient) -> None:
    """Each property proposed for a kind can be requested for things of that kind."""
    for kind in KINDS:
        properties = client.get("/reconcile/properties", query_string={"type": kind, "limit": "6"}).get_json()[
            "properties"
        ]
        things = reconcile(client, {"query": "a e i n r s t", "type": kind, "type_strict": "all", "limit": 50})[0]
        ids = [one["id"] for one in things] or ["involas"]
        extension = {"ids": ids, "properties": [{"id": one["id"]} for one in properties]}
        answer = client.get("/reconcile", query_string={"extend": json.dumps(extension)}).get_json()

        assert len(properties) == 6
        assert {one["id"]: one["name"] for one in answer["meta"]} == {one["id"]: one["name"] for one in properties}


@pytest.mark.parametrize(
    ("sort", "prefix", "expected"),
    [
        ("entity", "invo", "involas"),
        ("entity", "mazab", "mazab"),
        ("entity", "Offenbch", "offenbach"),
        ("type", "ange", "offer"),
        ("property", "providedby", "iq:providedBy"),
    ],
)
def test_suggestions(client: FlaskClient, sort: str, prefix: str, expected: str) -> None:
    """They match the beginning of a name in either language, an id, or a name with a typing error."""
    lang = "de" if prefix == "ange" else "en"
    hits = client.get(f"/reconcile/suggest/{sort}", query_string={"prefix": prefix, "lang": lang}).get_json()["result"]

    assert expected in [one["id"] for one in hits]
    assert all(one["name"] for one in hits)


def test_preview_can_be_framed(client: FlaskClient) -> None:
    """Other programs show it in a frame; no other page allows that."""
    preview = client.get("/reconcile/preview?id=involas")

    assert "<b>involas</b>" in preview.text
    assert preview.headers.getlist("Content-Security-Policy") == [preview.headers["Content-Security-Policy"]]
    assert "frame-ancestors *" in preview.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in client.get("/search").headers["Content-Security-Policy"]
    assert client.get("/reconcile/preview?id=nothing").status_code == 404


@pytest.mark.parametrize(
    ("fields", "status"),
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
        ({"queries": json.dumps({"a": {"properties": [{"pid": "iq:theme", "v": ["x"] * (MAX_VALUES + 1)}]}})}, 400),
        *(
            ({"queries": json.dumps({"a": {"query": "x", "properties": [{"pid": "iq:theme", "v": value}]}})}, 400)
            for value in ([["x"]], [None], {"id": {"id": "x"}}, {"id": ["x"]}, {"name": None})
        ),
        ({"queries": json.dumps({"a": {"query": "x", "type": [["offer"]]}})}, 400),
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
def test_mistakes_are_problems(client: FlaskClient, fields: dict[str, str], status: int) -> None:
    """Each has its status and a sentence of detail."""
    response = client.post("/reconcile", data=fields, headers={"Accept": "application/json"})

    assert response.status_code == status
    assert response.get_json()["detail"].endswith(".")


@pytest.mark.parametrize(
    ("name", "half", "text"),
    [
        ("queries", r"\ud800", r'{"\ud800": {"query": "x"}}'),
        ("queries", r"\ude00", json.dumps({"a": r'{"query": "\ude00"}'})),
        ("extend", r"\udfff", r'{"ids": ["\udfff"], "properties": []}'),
    ],
)
def test_half_a_surrogate_pair_is_named(client: FlaskClient, name: str, half: str, text: str) -> None:
    """It is JSON, but no text (RFC 8259, section 8.2)."""
    response = client.post("/reconcile", data={name: text}, headers={"Accept": "application/json"})

    assert response.status_code == 400
    assert f"the surrogate {half} without" in response.get_json()["detail"]


def test_an_empty_field_says_nothing(client: FlaskClient) -> None:
    """As everywhere else; the other fields are answered."""
    queries = json.dumps({"a": {"query": "involas"}})

    assert "versions" in client.get("/reconcile?queries=&extend=").get_json()
    for fields in ({"queries": "", "extend": ""}, {"queries": "", "lang": "en"}, {"lang": "de"}):
        assert "versions" in client.post("/reconcile", data=fields).get_json()
    assert client.get("/reconcile", query_string={"queries": queries, "extend": ""}).get_json()["a"]["result"]


def test_limits(client: FlaskClient) -> None:
    """No more candidates than the maximum, whatever the request, and five by default."""
    many, usual = reconcile(client, *({"query": "Hessen IQ", **more} for more in ({"limit": 9999}, {})))

    assert (len(many), len(usual)) == (MAX_CANDIDATES, 5)


def test_schemas_of_the_specification(client: FlaskClient) -> None:
    """All answers are valid against the group's own schemas, where these are available."""
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
        answer = client.get(f"/reconcile{path}" if path.startswith("/") else f"/reconcile?{path}").get_json()
        Draft202012Validator(schema, registry=registry).validate(answer)


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
def test_a_body_without_queries(client: FlaskClient, content_type: str, body: str, expected: tuple[int, str]) -> None:
    """The manifest is for requests without a body."""
    assert problem(client.post("/reconcile", data=body, content_type=content_type)) == expected


def test_fields_that_are_not_utf8(client: FlaskClient) -> None:
    """They are refused, not read as other characters, in the address and in a form."""
    field = "queries=%7B%22a%22%3A%7B%22query%22%3A%22%E4%22%7D%7D"
    form = client.post("/reconcile", data=field, content_type="application/x-www-form-urlencoded")

    assert problem(form) == problem(client.get(f"/reconcile?{field}")) == (400, "encoding")
    assert problem(client.get("/reconcile/suggest/entity?prefix=%E4")) == (400, "encoding")


def test_too_many_fields(client: FlaskClient) -> None:
    """The problem names the limit of fields."""
    response = client.post("/reconcile?lang=en", data={f"f{number}": "" for number in range(1001)})

    assert problem(response) == (400, "bad-request")
    assert "more than 1000 parameters or form fields" in response.get_json()["detail"]
