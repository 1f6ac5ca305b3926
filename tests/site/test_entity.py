"""The page of a thing: in words, in time, with evidence, and with what differs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from iqgraph.dataset import Dataset, load_plain
from iqgraph.model.kinds import kind_of
from iqgraph.terms import ID, IQ
from iqgraph.web import create_app
from iqgraph.web.things import documents
from tiny import put
from visits import Visits


def text(visits: Visits, path: str, lang: str = "en") -> str:
    """What a reader sees of a page, without markup."""
    page = visits.page(f"/{path}.html", lang).text
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page)))


def test_a_concept_is_defined(visits: Visits) -> None:
    """Its page begins with what it means, and the card of it too."""
    page = visits.page("/concept/recognition-counselling.html", "de").text

    assert re.search(r'<p class="lead" data-card>Beratung zur Anerkennung [^<]+</p>', page)


def test_documents_speak_first(visits: Visits) -> None:
    """A sentence that a passage supports comes before one that only another source does."""
    sentences = visits.page("/id/involas.html").text.partition('<ul class="sentences">')[2].partition("</ul>")[0]
    by_documents = ["/passage/" in one for one in sentences.split("<li>")[1:]]

    assert by_documents == sorted(by_documents, reverse=True)
    assert len(set(by_documents)) > 1


@pytest.mark.parametrize(
    ("path", "lang", "words"),
    [
        ("id/involas", "de", r"involas koordiniert seit 2013 das hessische Netzwerk \."),
        ("id/involas", "de", r"involas koordiniert die hessischen IQ Angebote \."),  # no passage says since when
        ("id/involas", "en", r"involas has coordinated the IQ network of Hesse since 2013\."),
        ("id/bamf", "de", r"Das Bundesamt .* Flüchtlinge administriert das hessische Netzwerk"),
        ("id/bamf", "en", r"The Federal Office .* Refugees administers the IQ network of Hesse \."),
        ("id/ba", "de", r"Arbeit ist Partner bei der Umsetzung des hessischen Netzwerks \."),
        ("id/esf-plus", "de", r"fördert das hessische Netzwerk durch den Europäischen Sozialfonds Plus ?\."),
        ("id/moab", "de", r"involas führte laut einer Quelle von 2014 die Mobile Anerkennungsberatung durch\."),
        ("id/moab", "en", r"involas ran Mobile Recognition Counselling according to a source of 2014\."),
        ("id/zwh", "de", r"koordinierte zu einer nicht genannten Zeit das Programm IQ"),
        ("id/mazab", "en", r"zukunft im zentrum ran the project “Adaptation .*” from January 2013 on\."),
        ("id/mazab", "de", r"involas führte vom 1\. März 2016 bis zum 30\. September 2022 das Projekt"),
        ("id/mazab", "de", r"Das Projekt „Mit .*“ lief von 2019 bis 2022\."),  # as the article has it
        ("id/maia-berlin", "en", r"The project “Into .*” ran from 2023 to 2025\. "),
        ("id/migra", "de", r"koordinierte ab 2011 das IQ Netzwerk"),  # another source tells when that ended
        ("id/iq", "de", r"fördert von 2026 bis 2028 das Programm IQ"),  # not over yet
        ("id/hessens-vielfalt", "de", r"Hessens Vielfalt läuft seit 2015\."),  # nobody says until when
        ("id/hessens-vielfalt", "en", r"Hessens Vielfalt has run since 2015\."),
        ("id/univation", "de", r"Institut für Evaluation evaluierte von Oktober 2011 bis 2014"),
        ("id/univation", "en", r"Evaluation evaluated the programme IQ"),
        ("id/land-funding", "de", r"Stelle fördert seit 2023 mit Landesmitteln das hessische Netzwerk \."),
        ("id/land-funding", "en", r"body has provided Land funding for the IQ network of Hesse since 2023\."),
    ],
)
def test_roles_in_words(visits: Visits, path: str, lang: str, words: str) -> None:
    """A role is a sentence with its time."""
    assert re.search(words, text(visits, path, lang))


def test_nothing_is_said_twice(visits: Visits) -> None:
    """What several roles say alike is one sentence; of one time span only the most precise dates are told."""
    page = visits.page("/id/iq.html", "de").text.partition('<ul class="sentences">')[2].partition("</ul>")[0]
    said = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", one.partition('<span class="marks"')[0]))
        for one in page.split("<li>")
    ]

    assert len(said) == len(set(said)) > 10
    assert "von 2023 bis 2025" not in page


def test_marks_can_be_read_aloud(visits: Visits) -> None:
    """A mark says what it is, and has in that what it shows."""
    page = visits.page("/id/involas.html").text
    marks = re.findall(r'<a class="mark [^"]*"[^>]* aria-label="([^"]*)">([^<]*)</a>', page)

    assert any(re.match(r"Passage (involas )?\d+( \(11 years of IQ at involas\))?: ", spoken) for spoken, _ in marks)
    assert [shown for spoken, shown in marks if shown not in spoken] == []
    assert len(marks) == len(re.findall(r'<a class="mark ', page))


def test_no_sentence_leads_to_its_own_page(visits: Visits) -> None:
    """The thing itself is not linked, and set off where it is the one who does something."""
    page = visits.page("/id/involas.html").text
    sentences = page.partition('<ul class="sentences">')[2].partition("</ul>")[0]

    assert "<strong>involas</strong>" in sentences
    assert ">involas</a>" not in sentences


def test_a_statement_that_is_spoken_of_is_in_words(visits: Visits) -> None:
    """One that is to be read with a passage is told there, not called by its address."""
    page = text(visits, "passage/11-jahre-iq/S24", "de")

    assert "graph/11-jahre-iq/S04#" not in page
    assert re.search(r"hat Stelle Koordinierungsstelle\s+zu lesen mit", page)


def test_who_did_it_and_what_it_is_part_of(visits: Visits) -> None:
    """Both stand among the facts; "part of" only where no other property says more of the same thing."""
    facts = {
        name: text(visits, f"id/{name}").partition("What the evidence marks mean")[0]
        for name in ("concept-takeover", "aqb", "network-hessen")
    }

    assert re.search(r"by involas (involas )?25", facts["concept-takeover"])
    assert "part of own operational offers" in facts["aqb"]
    assert "within programme IQ" in facts["network-hessen"]
    assert "part of IQ – " not in facts["network-hessen"]


def test_conflicts_stand_side_by_side(visits: Visits) -> None:
    """What the article says, what the other source says, and the note on both."""
    page = text(visits, "id/bqfg")

    assert "Differing statements" in page
    assert re.search(r"11 years of IQ at involas .*time span 2012 .*buzer.*1 April 2012", page)
    assert "Differing statements" not in text(visits, "id/bamf")


def test_conflict_has_what_differs(visits: Visits) -> None:
    """Both sides of the same property in the reader's language; a note on other things is not about this one."""
    told = text(visits, "id/involas", "de").split("Abweichende Angaben")[1:]

    assert len(told) == 1
    assert re.search(r"Zeitraum 2019 bis 2022 .*Zeitraum 1\. März 2016 bis 30\. September 2022", told[0])
    assert not re.search(r"INBAS|at involas|Angebotsart", told[0].split("Anmerkungen")[0])


def test_notes_on_the_passages_of_a_thing(visits: Visits) -> None:
    """Where a note weighs such a passage against what another source says of the thing, its page has the note."""
    assert "Notes The year 2019 and the Skilled Immigration Act" in text(visits, "id/feg")
    assert "All notes and differences" not in text(visits, "id/bamf")


def test_times_are_told_from_the_beginning_to_the_end(visits: Visits) -> None:
    """In the facts and in the table, first as stated, then as days that follow."""
    heads = "start", "end", "earliest beginning", "latest beginning", "earliest end", "latest end"
    page = visits.page("/id/period-2015-2018.html", "en").text
    facts = re.findall(r"<dt><a [^>]*>([^<]*)</a></dt>", page)

    assert tuple(facts[-len(heads) :]) == heads
    table = page.partition('id="statements"')[2]
    assert (rows := [table.index(f">{head}<") for head in heads]) == sorted(rows)


def test_a_passage_tells_what_it_says(visits: Visits) -> None:
    """Place in the text, way to the article, statements; a caption says that it makes none."""
    page = visits.page("/passage/11-jahre-iq/S24.html").text

    assert "Characters 3528 to 3596 of 6828" in page
    assert 'href="https://www.involas.com/' in page
    assert page.count('class="lit"') == 1
    assert "coordination in Hesse by involas" in text(visits, "passage/11-jahre-iq/S24")
    assert "makes no statement by itself" in text(visits, "passage/11-jahre-iq/S47")


@pytest.mark.parametrize("how", ["explicit", "contextual", "derived", "other-source", "editorial"])
def test_marks_tell_how_sure(visits: Visits, how: str) -> None:
    """Each way of support has its mark, and a contextual one names the passages to read with."""
    marks = re.findall(rf'<a class="mark {how}" href="([^"]+)" title="([^"]*)"', visits.page("/id/involas.html").text)

    assert marks
    assert how != "contextual" or all("to be read with" in title for _, title in marks)


def test_codes_and_identifiers_say_what_they_are(visits: Visits) -> None:
    """Of which key a code is, and in which dataset an identifier."""
    page = visits.page("/id/berlin.html").text
    aside = page.partition("<aside>")[2]

    assert "DE3 <small>NUTS code</small>" in page
    assert 'title="http://www.wikidata.org/entity/Q64">Wikidata Q64</a>' in aside


def test_what_is_the_same_is_not_only_referred_to(visits: Visits) -> None:
    """An address elsewhere stands once, under the closest relation, and without the slash at its end."""
    aside = visits.page("/id/offenbach.html").text.partition("<aside>")[2]

    assert aside.count("DCAT-AP.de politicalGeocoding/districtKey/06413<") == 1
    assert ">GeoNames 2857807<" in aside


@pytest.mark.parametrize("path", ["id/involas", "id/bamf"])
def test_what_is_not_drawn_is_counted(visits: Visits, dataset: Dataset, path: str) -> None:
    """Neighbours beyond the picture are not left out in silence, and nothing is said of none."""
    page = visits.page(f"/{path}.html").text
    found = re.search(r"(\d+) more neighbours are in the tables", page)
    picture = page.partition('class="drawing"')[2].partition("</svg>\n<ul")[0]
    drawn = len(re.findall(r'class="box', picture)) - 1
    node = NamedNode(f"https://w3id.org/iq-hessen/{path}")
    triples = [one for one in dataset.triples() if node in (one.subject, one.object) and one.predicate in IQ]
    ends = {end for one in triples for end in (one.subject, one.object) if isinstance(end, NamedNode) and end != node}
    things = {end for end in ends if end in ID and "#" not in end.value and kind_of(dataset, end).slug != "note"}

    assert drawn + (int(found[1]) if found else 0) == len(things)


@contextmanager
def made(app: Flask) -> Iterator[list[str]]:
    """The pages of things that are made meanwhile."""
    found: list[str] = []

    def note(_: Flask, template: Any, context: dict[str, Any], **_more: object) -> None:  # noqa: ANN401 - a signal's
        if template.name == "thing.html":
            found.append(context["thing"].node.value.rpartition("/")[2])

    with template_rendered.connected_to(note, app):
        yield found


def test_a_page_is_made_once_for_a_language(letter: Dataset) -> None:
    """However it is asked for: what else is in its address is no part of it."""
    app = create_app(letter)
    client = app.test_client()

    with made(app) as pages:
        english, again = (client.get(f"/id/ben.html?n={n}", headers={"Accept-Language": "en"}) for n in range(2))
        german = client.get("/id/ben.html", headers={"Accept-Language": "de-AT, de;q=0.9"})

    assert pages == ["ben", "ben"]
    assert english.text.replace("n=0", "n=1") == again.text != german.text


def test_few_pages_are_kept(letter: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those asked for last; another one takes the place of the one not asked for the longest time."""
    monkeypatch.setattr(documents, "MAX_PAGES", 2)
    app = create_app(letter)
    client = app.test_client()

    with made(app) as pages:
        for thing in ("ben", "anna", "ben", "choir", "ben", "anna"):
            client.get(f"/id/{thing}.html")

    assert pages == ["ben", "anna", "choir", "anna"]


def test_versions_have_pages_of_their_own(client: FlaskClient) -> None:
    """The same thing as it was then is another page, with addresses within that version."""
    now, then = (client.get(f"{root}/id/ba.html").text for root in ("", "/version/0.1.0"))

    assert 'href="/version/0.1.0/id/' not in now
    assert 'href="/version/0.1.0/id/' in then


def test_pages_of_somebodys_files_are_not_kept(tmp_path: Path) -> None:
    """Nobody knows how large they are."""
    app = create_app(load_plain([put(tmp_path, "a.ttl", "<https://w3id.org/iq-hessen/id/a> <http://a.example/p> 1 .")]))

    with made(app) as pages:
        assert [app.test_client().get("/id/a.html").status_code for _ in range(2)] == [200, 200]

    assert pages == ["a", "a"]


@pytest.mark.parametrize("name", ["funding-hmsi", "servicestelle-pflege", "coordination"])
def test_marks_tell_what_to_read_with_a_passage(visits: Visits, name: str) -> None:
    """A passage that is to be read with others is marked so, and only where they belong to the statement."""
    marks = re.findall(
        r'class="mark ([\w-]+)" href="[^"]*/passage/[^"]*" title="([^"]*)"', visits.page(f"/id/{name}.html").text
    )

    assert {how for how, _ in marks} >= {"contextual", "explicit"}
    assert [one for one in marks if (one[0] == "contextual") != ("to be read with" in one[1])] == []
