"""Pictures: they show no more than the data, and every mark has its row."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from iqgraph.dataset import load
from iqgraph.model.kinds import KINDS, OTHER, Kind
from iqgraph.model.model import Model
from iqgraph.resources import Sources
from iqgraph.terms import BASE, ID
from iqgraph.web import create_app
from iqgraph.web.gallery import PICTURES, network, places
from iqgraph.web.http.language import time_phrase
from iqgraph.web.pictures import query, rows, wrap_label
from iqgraph.web.pictures.columns import (
    CHARACTER_WIDTH,
    LINE_HEIGHT,
    MAX_LINE_CHARACTERS,
    Item,
    Relation,
    draw,
)
from iqgraph.web.pictures.timeline import axis, bars, lanes, lines, ticks
from tiny import HEAD, put
from visits import Visits

YEAR = 100 / 24


@pytest.fixture
def german(app: Flask) -> Iterator[None]:
    """A request of a German reader to the bundled graph."""
    with app.test_request_context("/?lang=de"):
        yield


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"start": "2019", "end": "2022"}, [("stated", 14, 4)]),
        ({"start": "2013"}, [("open", 8, 16)]),
        ({"start": "2013", "end": "2013", "event": "x"}, [("stated", 8, 1)]),
        ({"start": "2015", "end": "2018", "event": "x"}, [("vague", 10, 4)]),
        ({"periodStart": "2015", "periodEnd": "2018"}, [("vague", 10, 4)]),
        ({"start": "2019-01-01", "end": "2022-12-31"}, [("day", 14, 4)]),
        ({"start": "2026", "end": "2028"}, [("stated", 21, 3)]),
        ({"start": "1990", "end": "1999"}, [("stated", 0, 0)]),
        ({}, []),
    ],
    ids=str,
)
@pytest.mark.usefixtures("german")
def test_time_is_drawn_as_it_is_stated(row: dict[str, str], expected: list[tuple[str, int, int]]) -> None:
    """A year is a full year wide, an open end reaches the edge, a vague time covers its range, a day is a line."""
    marks = [(bar.style, round(bar.x / YEAR), round(bar.width / YEAR)) for bar in bars([row])]

    assert marks == expected


@pytest.mark.usefixtures("german")
def test_what_happened_is_no_duration() -> None:
    """The programme began in 2005; neither picture nor table shows a year's duration."""
    lines_by_name = {line.iri.rpartition("/")[2]: line for lane in lanes(rows("timeline")) for line in lane.lines}
    launch = next(bar for bar in lines_by_name["iq"].bars if bar.words.endswith(": 2005"))
    (period,) = lines_by_name["period-2015-2018"].bars
    row = next(row for row in rows("timeline") if row.get("event", "").endswith("/programme-launch"))

    assert (launch.is_event, period.is_event) == (True, False)
    assert launch.words == f"{row['eventLabel']}: 2005"
    assert row["thing"].endswith("/iq")


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("picture", ["timeline", "times"])
def test_what_happened_in_a_funding_period_has_its_years(picture: str) -> None:
    """Another source has the first and last day of the period, which is not the duration of the event."""
    own_rows = rows(picture, ID["fair-integration-advice"].value)
    events = [row for row in own_rows if row.get("event") == ID["fair-integration-in-guideline"].value]

    assert {(row["start"], row["end"]) for row in events} == {("2019", "2022")}
    assert {bar.style for bar in bars(events)} == {"vague"}


@pytest.mark.usefixtures("german")
def test_a_time_that_follows_only_from_several_passages_is_not_drawn() -> None:
    """MoAB was built up in 2013 and changed in 2023; no sentence says that it ran all the time between."""
    (moab,) = [line for lane in lanes(rows("timeline")) for line in lane.lines if line.iri.endswith("/moab")]

    assert [(bar.is_event, bar.words[-4:]) for bar in moab.bars] == [(True, "2013"), (True, "2023")]


@pytest.mark.usefixtures("german")
def test_a_time_whose_event_is_left_open_is_an_alternative() -> None:
    """The year 2019 may be that of the act or that of the offices: both lines have it, neither as certain."""
    lines_by_name = {line.iri.rpartition("/")[2]: line for lane in lanes(rows("timeline")) for line in lane.lines}
    for name in ("feg", "information-offices"):
        (open_year,) = [bar for bar in lines_by_name[name].bars if bar.is_alternative]
        (own,) = [bar for line in lines(rows("times", f"{BASE}id/{name}")) for bar in line.bars if bar.is_alternative]
        assert (open_year.is_event, open_year.span, own.span) == (True, ("2019", "2019"), ("2019", "2019"))
        assert "lässt offen" in open_year.words


@pytest.mark.usefixtures("german")
def test_an_end_without_a_beginning_is_drawn() -> None:
    """Its beginning is unknown: a short bar fades in."""
    (bar,) = bars([{"end": "2018"}])

    assert (bar.style, round(bar.x / YEAR), round(bar.width / YEAR)) == ("until", 11, 3)
    assert bar.words == "bis 2018, ein Anfang ist nicht genannt"
    assert time_phrase({"end": "2018-12-31"}) == "bis zum 31. Dezember 2018"
    assert bars([{"start": "2018-12-31"}])[0].words == "seit dem 31. Dezember 2018, ein Ende ist nicht genannt"


@pytest.mark.usefixtures("german")
def test_a_replaced_role_ends_in_the_picture() -> None:
    """The first provider of MAZAB was replaced: the bar of its time ends soon after its start."""
    lines_by_name = {line.iri.rpartition("/")[2]: line for lane in lanes(rows("timeline")) for line in lane.lines}
    (bar,) = lines_by_name["mazab-provision-zukunft-im-zentrum"].bars

    assert (bar.style, round(bar.width / YEAR)) == ("open", 2)
    assert bar.words == "ab Januar 2013, ein eigenes Ende ist nicht genannt"
    assert [bar for bar in lines_by_name["coordination"].bars if bar.words == "seit 2013, ein Ende ist nicht genannt"]


@pytest.mark.usefixtures("german")
def test_a_year_does_not_go_on() -> None:
    """Of the eleventh year of the coordination only the start is stated, and a year has an end."""
    drawn = {line.label: line for line in lines(rows("times", f"{ID.iri}coordination"))}
    (year,) = drawn["elftes Jahr der Koordination"].bars

    assert (year.words, year.style, year.is_event) == ("Beginn: 2024", "stated", True)


@pytest.mark.usefixtures("german")
def test_a_day_is_drawn_over_the_year() -> None:
    """Two ends of different precision are both drawn, the day last."""
    marks = bars([{"start": "2023", "end": "2025"}, {"start": "2023", "end": "2025-12-31"}])

    assert [bar.style for bar in marks][-1] == "day"
    assert ("stated", "2023–2025") in {(bar.style, bar.words) for bar in marks}


@pytest.mark.parametrize(
    ("row", "german", "english"),
    [
        ({"start": "2013"}, "seit 2013", "since 2013"),
        ({"start": "2014-08-04", "end": "2014-08-04"}, "am 4. August 2014", "on 4 August 2014"),
        ({"start": "2023-11", "end": "2023-11"}, "im November 2023", "in November 2023"),
        ({"start": "2019", "end": "2022"}, "von 2019 bis 2022", "from 2019 to 2022"),
        ({}, "", ""),
    ],
    ids=str,
)
def test_times_in_words(app: Flask, row: dict[str, str], german: str, english: str) -> None:
    """As precise as stated, in both languages."""
    for lang, words in (("de", german), ("en", english)):
        with app.test_request_context(f"/?lang={lang}"):
            assert time_phrase(row) == words


@pytest.mark.usefixtures("german")
def test_every_row_of_the_timeline_is_drawn() -> None:
    """Each thing with a time is in one lane, once."""
    table = rows("timeline")
    all_lines = [line for lane in lanes(rows("timeline")) for line in lane.lines]

    assert sorted(line.iri for line in all_lines) == sorted({row["thing"] for row in table})
    assert all(line.bars for line in all_lines)


@pytest.mark.usefixtures("german")
def test_each_time_has_a_source() -> None:
    """The table names it, no row comes twice, and the picture distinguishes documents from other sources."""
    table = rows("timeline")
    days = [row for row in table if row["thing"].endswith("/feg") and row["start"] == "2019-08-21"]
    lines_by_name = {line.iri.rpartition("/")[2]: line for lane in lanes(table) for line in lane.lines}

    assert all(row["sourceLabel"] for row in table)
    assert [row["source"] for row in days] == sorted({row["source"] for row in days})
    assert all("event" in row for row in days)
    assert not any(bar.is_elsewhere for bar in lines_by_name["moab"].bars)
    assert all(bar.is_elsewhere for bar in lines_by_name["feg"].bars if not bar.is_alternative)


@pytest.mark.usefixtures("german")
def test_every_relation_of_the_network_is_drawn() -> None:
    """Boxes lie inside the picture, apart from each other, and each row has its line."""
    relations = rows("network")
    drawing = network(relations)
    assert drawing
    boxes = drawing.boxes

    assert sum(len(port.targets) for port in drawing.ports) == len(relations)
    assert {abs(one.source.column - one.target.column) for one in drawing.relations} == {1}  # no line passes a box
    assert all(box.x >= 0 and box.x + box.width <= drawing.width for box in boxes)
    assert all(box.y >= 0 and box.y + box.height <= drawing.height for box in boxes)
    pairs = [(one, other) for one in boxes for other in boxes if one.x == other.x and one.y < other.y]
    assert all(one.y + one.height <= other.y for one, other in pairs)


@pytest.mark.usefixtures("german")
def test_what_documents_mention_comes_first() -> None:
    """In each column of the network."""
    drawing = network(rows("network"))
    assert drawing
    for number in range(4):
        boxes = sorted((box for box in drawing.boxes if box.item.column == number), key=lambda box: box.y)
        assert [box.item.mentions == 0 for box in boxes] == sorted(box.item.mentions == 0 for box in boxes)


@pytest.mark.usefixtures("german")
def test_lines_stay_out_of_words() -> None:
    """A line bends only where all words on its side of the column end."""
    drawing = network(rows("network"))
    assert drawing
    for port in drawing.ports:
        side = [one for one in drawing.ports if (one.box.x, one.side) == (port.box.x, port.side)]
        ends = [one.side * one.x + len(line) * CHARACTER_WIDTH for one in side for _, line in one.lines]
        for target in port.targets:
            assert port.side * int(re.findall(r"H(\d+)", drawing.path(port, target))[0]) >= max(ends)


@pytest.mark.usefixtures("german")
def test_lines_do_not_lie_on_each_other() -> None:
    """Those of two ports at the same height turn at different places, unless they lead to the same boxes."""
    drawing = network(rows("network"))
    assert drawing
    turns = {port: re.findall(r"C([\d.]+)", drawing.path(port, port.targets[0])) for port in drawing.ports}

    assert [1 for one in turns for other in turns if one.overlaps(other) and turns[one] == turns[other]] == []


def test_related_things_are_side_by_side() -> None:
    """Lines that would cross in the order of the rows do not cross in the picture."""
    items = [Item(f"urn:{name}", name, OTHER, column) for column, names in enumerate(("ab", "cd")) for name in names]
    a, b, c, d = items
    drawing = draw(items, [Relation(a, d, "to"), Relation(b, c, "to")])
    assert drawing
    (one, end), (other, other_end) = [(port.box.y, port.targets[0].y) for port in drawing.ports]

    assert (one < other) == (end < other_end)


@pytest.mark.usefixtures("german")
def test_a_time_of_different_precision_is_written_once() -> None:
    """The most precise statement represents the others, which have their rows in the table."""
    spans = [("2023", "2025"), ("2023", "2025-12-31"), ("2019", "2022")]
    (line,) = lines({"thing": "urn:a", "label": "A", "start": start, "end": end} for start, end in spans)

    assert line.words == "2019–2022; 2023 – 31. Dezember 2025"


@pytest.mark.usefixtures("german")
def test_words_say_what_the_picture_says() -> None:
    """The earliest time first, other sources in brackets, and of a law what its date means."""
    own, other = {"thing": "urn:a", "label": "A"}, {"source": "urn:b"}
    (line,) = lines([own | {"start": "2023-11", "end": "2023-11"}, own | other | {"start": "2019", "end": "2019"}])
    (days,) = lines([own | {"start": day, "end": day} for day in ("2023-11-18", "2023-08-19")])
    hessian = f"{ID.iri}hbqfg"
    laws = [line.words for lane in lanes(rows("timeline")) for line in lane.lines if line.iri == hessian]

    assert line.words == "November 2023 (andere Quelle: 2019)"
    assert days.words == "19. August 2023; 18. November 2023"
    assert laws == ["in Kraft: 21. Dezember 2012 (andere Quelle)"]


@pytest.mark.usefixtures("german")
def test_a_thing_has_the_bars_of_the_timeline() -> None:
    """On its page, too, what only another source says is pale."""
    for name, is_elsewhere in (("period-2026-2028", True), ("period-2023-2025", False)):
        (line,) = lines(row for row in rows("times", f"{ID.iri}{name}") if row["thing"] == f"{ID.iri}{name}")
        assert {bar.is_elsewhere for bar in line.bars if not bar.is_event} == {is_elsewhere}


@pytest.mark.usefixtures("german")
def test_names_are_sorted_whatever_their_case() -> None:
    """In the tables of the pictures."""
    coordinators = [row["whoLabel"] for row in rows("network") if row["doesLabel"] == "Koordination"]

    assert coordinators == sorted(coordinators, key=str.lower)
    assert not coordinators[-1].islower()


@pytest.mark.usefixtures("german")
def test_documents_come_first() -> None:
    """A long lane first shows the lines that documents mention, if any; all are in order of time."""
    for lane in lanes(rows("timeline")):
        first, others = lane.split(5)
        assert first
        assert sorted(line.iri for line in first + others) == sorted(line.iri for line in lane.lines)
        if len(lane.lines) > 5:
            assert all(line.is_in_documents for line in first) or not any(line.is_in_documents for line in lane.lines)
        else:
            assert not others
        for part in (first, others):
            starts = [min(bar.x for bar in line.bars) for line in part]
            assert starts == sorted(starts)


@pytest.mark.usefixtures("german")
def test_the_network_of_documents() -> None:
    """It has only the statements of passages and those derived from them alone."""
    names = [
        tuple(row[one].rpartition("/")[2].rpartition("#")[2] for one in ("who", "does", "what"))
        for row in rows("network-of-documents")
    ]

    assert ("ba", "implementation-partner", "network-hessen") in names
    assert ("involas", "provides", "mazab") in names
    assert not [one for one in names if one[1] == "funding" and one[0] in {"ba", "bmbf"}]
    assert len(names) == len(set(names)) < len(rows("network"))


@pytest.mark.parametrize(
    ("name", "node"), [("timeline", ""), ("times", "id/period-2026-2028"), ("roles", "id/iq-funding-bmas-2026-2028")]
)
@pytest.mark.usefixtures("german")
def test_start_and_end_are_from_one_source(name: str, node: str) -> None:
    """Spans of two sources with different precision are not mixed; those of one document's passages are."""
    table = rows(name, f"https://w3id.org/iq-hessen/{node}" if node else "")
    spans = {(row.get("start"), row.get("end")) for row in table if "2026" in row.get("start", "")}

    exact = set() if name == "roles" else {("2026-01-01", "2028-12-31")}  # no role has the days of a plan
    assert {("2026", "2028")} | exact <= spans
    assert not spans & {("2026", "2028-12-31"), ("2026-01-01", "2028")}
    if name == "timeline":
        assert ("2023", "2025-12-31") in {(row.get("start"), row.get("end")) for row in table}


@pytest.mark.sample(2)
@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_picture_as_a_file(visits: Visits, name: str, lang: str) -> None:
    """It is complete: title, source, version and licence, no style of the page; its page links to it."""
    reply = visits.get(f"/picture/{name}.svg?lang={lang}")
    root = ET.fromstring(reply.data)  # noqa: S314 - our own
    words = "".join(root.itertext())

    assert reply.mimetype == "image/svg+xml"
    assert (root.attrib["viewBox"].split()[2:]) == [root.attrib["width"], root.attrib["height"]]
    assert "CC0 1.0" in words
    assert f"/picture/{name}?lang={lang}" in words
    assert 'class="' not in reply.text
    assert 'height="100%" fill="#fff"' in reply.text  # light, also for a reader whose screen is dark
    assert f"/picture/{name}.svg?lang={lang}" in visits.page(f"/picture/{name}", lang).text


def test_no_such_picture(client: FlaskClient) -> None:
    """The page lists the existing ones."""
    response = client.get("/picture/nothing")

    assert response.status_code == 404
    assert all(name in response.text for name in PICTURES)


def test_nothing_to_draw() -> None:
    """Without a relation there is no picture."""
    alone = Item("a:a", "A", OTHER, 0)

    assert draw([alone], []) is None


@pytest.mark.usefixtures("german")
def test_places_lie_where_a_source_says() -> None:
    """The Länder in Germany, and in each its cities and regions."""
    (germany,), others, inside = places()
    hesse = next(row for row in inside[germany["place"]] if row["label"] == "Hessen")
    in_hesse = {row["label"] for row in inside[hesse["place"]]}

    assert germany["label"] == "Deutschland"
    assert {"Gießen", "Mittelhessen", "Nordhessen", "Offenbach", "Südhessen"} < in_hesse
    assert others == []
    assert len({row["place"] for row in rows("places")}) == 1 + sum(map(len, inside.values()))


@pytest.mark.parametrize("name", ["timeline", "network", "places", "times", "roles"])
def test_queries_have_the_readers_language(app: Flask, name: str) -> None:
    """The query of a picture has the language and the thing of the page."""
    with app.test_request_context("/?lang=en"):
        text = query(name, "https://w3id.org/iq-hessen/id/bamf")

    assert '"de"' not in text
    assert "id:involas" not in text


@pytest.mark.parametrize("one", KINDS, ids=lambda one: str(one.slug))
def test_kinds_are_complete(one: Kind) -> None:
    """Each has names in both languages, a glyph, and classes."""
    assert one.name.de
    assert one.plural.en
    assert one.classes
    assert one.glyph.startswith("M")


def test_boxes_are_high_enough_for_long_words() -> None:
    """A word that fills a line puts the short ones around it on lines of their own."""
    item = Item("urn:a", "IQ Kompetenzentwickelnde Pflege", OTHER, 0)
    other = Item("urn:b", "b", OTHER, 1)
    drawing = draw([item, other], [Relation(item, other, "is")])
    assert drawing
    box = next(one for one in drawing.boxes if one.item == item)

    assert box.height >= 3 * LINE_HEIGHT


def test_words_of_files_break_between_their_parts() -> None:
    """Without a browser's hyphenation, a long compound is broken between its parts; other hyphens stay."""
    assert wrap_label("innovative Beschäftigungsförderung", MAX_LINE_CHARACTERS) == [
        "innovative",
        "Beschäftigungs-",
        "förderung",
    ]
    assert wrap_label("IQ-Netzwerk", MAX_LINE_CHARACTERS) == ["IQ-Netzwerk"]


def test_long_compounds_are_broken_between_their_parts(app: Flask) -> None:
    """With soft hyphens, so that no word of a box is cut off."""
    page = app.test_client().get("/id/feg.html?lang=de").text

    assert ">Fachkräfteeinwanderungs\N{SOFT HYPHEN}gesetz</div>" in page


@pytest.mark.parametrize("name", PICTURES)
def test_without_data_there_is_no_picture(sources: Sources, name: str) -> None:
    """Without relations and times its page does not exist."""
    client = create_app(load(sources=sources)).test_client()

    assert client.get(f"/picture/{name}").status_code == client.get(f"/picture/{name}.svg").status_code == 404


@pytest.mark.usefixtures("german")
def test_the_axis_holds_all_times_of_the_picture() -> None:
    """It begins at a tick and ends with the last year."""
    years = [int(row[name][:4]) for row in rows("timeline") for name in ("start", "end") if name in row]
    (first, at), *_ = ticks()

    assert (first, at) == (axis()[0], 0)
    assert first <= min(years) < first + 5
    assert axis()[1] == max(years)


@pytest.mark.usefixtures("german")
def test_in_brief_a_line_has_what_documents_say() -> None:
    """Times from other sources are only in the whole picture and on the thing's page."""
    lines_by_name = {line.iri.rpartition("/")[2]: line for lane in lanes(rows("timeline")) for line in lane.lines}
    (only,) = lines([{"thing": "urn:a", "label": "A", "start": "2019", "end": "2019", "source": "urn:b"}])

    assert lines_by_name["iq"].brief == "seit 2005, ein Ende ist nicht genannt; Beginn des Programms: 2005"
    assert lines_by_name["iq"].words.startswith(lines_by_name["iq"].brief)
    assert only.brief == only.words == "2019 (andere Quelle)"


@pytest.mark.parametrize(("last", "over"), [("2014", True), ("2015", False), ("2019", False)])
def test_a_role_is_over_once_each_of_its_ends_is_past(sources: Sources, tmp_path: Path, last: str, over: bool) -> None:
    """Past means before the day of the data, at the precision of the end; of two ends the later one counts."""
    put(tmp_path, "ontology/day.ttl", HEAD + f'<{BASE}ontology> dcterms:modified "2015-06-01"^^xsd:date .')
    spans = "".join(f'id:y{year} dcat:endDate "{year}"^^xsd:gYear . ' for year in ("2010", last))
    role = f"id:role iq:roleHolder id:anna ; iq:roleIn id:choir ; iq:during id:y2010 , id:y{last} . {spans}"
    put(tmp_path, "data/source/roles.trig", f"{HEAD}<{BASE}graph/source/roles> {{ {role} }}")

    assert Model(load(sources=sources)).has_ended(ID.role) is over
