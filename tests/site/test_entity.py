"""The page of a thing: sentences, times, evidence and differing statements."""

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

from iqgraph.dataset import Dataset, load, load_plain
from iqgraph.model.kinds import kind_of
from iqgraph.resources import Sources
from iqgraph.terms import ID, IQ
from iqgraph.web import create_app
from iqgraph.web.things import documents
from tiny import HEAD, put, tabulate
from visits import Visits


def text(visits: Visits, path: str, lang: str = "en") -> str:
    """The text of a page without markup."""
    page = visits.page(f"/{path}.html", lang).text
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page)))


def test_a_concept_is_defined(visits: Visits) -> None:
    """Its page and its card begin with the definition."""
    page = visits.page("/concept/recognition-counselling.html", "de").text

    assert re.search(r'<p class="lead" data-card>Beratung zur Anerkennung [^<]+</p>', page)


def test_sentences_of_documents_come_first(visits: Visits) -> None:
    """A sentence that a passage supports comes before one that only another source does."""
    sentences = visits.page("/id/involas.html").text.partition('<ul class="sentences">')[2].partition("</ul>")[0]
    by_documents = ["/passage/" in one for one in sentences.split("<li>")[1:]]

    assert by_documents == sorted(by_documents, reverse=True)
    assert len(set(by_documents)) > 1


@pytest.mark.parametrize(
    ("path", "lang", "words"),
    [
        ("id/involas", "de", r"involas koordiniert seit 2013 das hessische Netzwerk \."),
        ("id/involas", "de", r"involas koordiniert die hessischen IQ Angebote \."),  # no passage has a start
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
        (
            "id/involas",
            "en",
            r"Recognised Vocational Qualification” ran from 2019 to 2022\. .*” from 1 March 2016 to 30",
        ),
        ("id/emsa", "de", r"involas führte ab dem 1\. März 2016 das Projekt .* durch\."),  # a project ends some time
        ("id/emsa", "en", r"involas ran the project .* from 1 March 2016 on\."),
        ("id/maia-berlin", "en", r"The project “Into .*” ran from 2023 to 2025\. "),
        ("id/migra", "de", r"koordinierte ab 2011 das IQ Netzwerk"),  # another source has the end
        ("id/ikubiz", "de", r"koordinierte laut einer Quelle von 2014 ab 2011 "),  # nobody says what came then
        ("id/ikubiz", "en", r"coordinated .* from 2011 on according to a source of 2014\."),
        ("id/iq", "de", r"fördert von 2026 bis 2028 das Programm IQ"),  # not over yet
        ("id/hessens-vielfalt", "de", r"Hessens Vielfalt läuft seit 2015\."),  # no source has an end
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


def test_questions_about_a_period(visits: Visits) -> None:
    """They name it by its years, also if their queries do not name it."""
    page = visits.page("/id/period-2026-2028.html").text

    assert "/q/what-does-the-planned-sum-for-2026-2028-include?" in page
    assert "/q/until-when-could-outlines-be-handed-in?" in page


def test_questions_about_the_same_passages(visits: Visits) -> None:
    """What no question names has those about its passages: of this office, the only passage is the 44th."""
    page = visits.page("/id/bamf.html").text

    assert "Questions about the same passages and sources" in page
    assert "/q/who-administers-the-network?" in page


def test_no_sentence_comes_twice(visits: Visits) -> None:
    """Equal sentences of several roles are one; of a time span only the most precise dates are shown."""
    page = visits.page("/id/iq.html", "de").text.partition('<ul class="sentences">')[2].partition("</ul>")[0]
    sentences = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", one.partition('<a class="mark')[0])) for one in page.split("<li>")
    ]

    assert len(sentences) == len(set(sentences)) > 10
    assert "von 2023 bis 2025" not in page


def test_marks_can_be_read_aloud(visits: Visits) -> None:
    """The label of a mark says what it is and contains its visible text."""
    page = visits.page("/id/involas.html").text
    marks = re.findall(r'<a class="mark [^"]*"[^>]* aria-label="([^"]*)">([^<]*)</a>', page)

    assert any(re.match(r"Passage (involas )?\d+: ", label) for label, _ in marks)
    assert [content for label, content in marks if content not in label] == []
    assert len(marks) == len(re.findall(r'<a class="mark ', page))


def test_no_sentence_leads_to_its_own_page(visits: Visits) -> None:
    """The thing itself is not linked, and emphasised as the subject."""
    page = visits.page("/id/involas.html").text
    sentences = page.partition('<ul class="sentences"')[2].partition("</ul>")[0]

    assert "<strong>involas</strong>" in sentences
    assert ">involas</a>" not in sentences


def test_a_statement_about_a_statement_is_in_words(visits: Visits) -> None:
    """A statement to be read with a passage is shown there in words, not by its address."""
    page = text(visits, "passage/11-jahre-iq/S24", "de")

    assert "graph/11-jahre-iq/S04#" not in page
    assert re.search(r"hat Stelle Koordinierungsstelle\s+zu lesen mit", page)


def test_who_did_it_and_what_it_is_part_of(visits: Visits) -> None:
    """Both are among the facts; "part of" only where no other property is more specific."""
    facts = {
        name: text(visits, f"id/{name}").partition("What the evidence marks mean")[0]
        for name in ("concept-takeover", "aqb", "network-hessen")
    }

    assert re.search(r"by involas (involas )?25", facts["concept-takeover"])
    assert "part of own operational offers" in facts["aqb"]
    assert "within programme IQ" in facts["network-hessen"]
    assert "part of IQ – " not in facts["network-hessen"]


def test_conflicts_are_side_by_side(visits: Visits) -> None:
    """The statement of the article, that of the other source, and the note on both."""
    page = text(visits, "id/bqfg")

    assert "Differing statements" in page
    assert re.search(r"11 years of IQ at involas .*time span 2012 .*buzer.*1 April 2012", page)
    assert "Differing statements" not in text(visits, "id/bamf")


def test_conflict_has_what_differs(visits: Visits) -> None:
    """Both sides of the same property in the reader's language; no notes on other things."""
    conflicts = text(visits, "id/involas", "de").split("Abweichende Angaben")[1:]

    assert len(conflicts) == 1
    assert re.search(r"Zeitraum 2019 bis 2022 .*Zeitraum 1\. März 2016 bis 30\. September 2022", conflicts[0])
    assert not re.search(r"INBAS|at involas|Angebotsart", conflicts[0].split("Anmerkungen")[0])
    assert ": heißt" not in text(visits, "id/bmbf", "de").partition("Abweichende Angaben")[2]


def test_notes_on_the_passages_of_a_thing(visits: Visits) -> None:
    """A note that compares a passage with another source on a thing is on the thing's page."""
    assert "Notes The year 2019 and the Skilled Immigration Act" in text(visits, "id/feg")
    assert "All notes and differences" not in text(visits, "id/bamf")


def test_times_are_in_order_from_beginning_to_end(visits: Visits) -> None:
    """In the facts and in the table: first as stated, then the derived days."""
    heads = "start", "end", "earliest beginning", "latest beginning", "earliest end", "latest end"
    page = visits.page("/id/period-2015-2018.html", "en").text
    facts = re.findall(r"<dt><a [^>]*>([^<]*)</a></dt>", page)

    assert tuple(facts[-len(heads) :]) == heads
    table = page.partition('id="statements"')[2]
    assert (rows := [table.index(f">{head}<") for head in heads]) == sorted(rows)


def test_a_passage_has_its_statements(visits: Visits) -> None:
    """Its page has its place in the text, a link to the article and its statements; a caption has none."""
    page = visits.page("/passage/11-jahre-iq/S24.html").text

    assert "characters 3528 to 3596 of 6828" in page
    assert 'href="https://www.involas.com/' in page
    assert page.count('class="lit"') == 1
    assert "has coordinated the IQ network of Hesse since 2013" in text(visits, "passage/11-jahre-iq/S24")
    assert "makes no statement by itself" in text(visits, "passage/11-jahre-iq/S47")


def test_a_passage_says_what_is_vague_and_what_to_read_it_with(visits: Visits) -> None:
    """What only other passages make clear names them; what it leaves open is said in words."""
    words = text(visits, "passage/11-jahre-iq/S04", "de")

    assert re.search("; zusammen gelesen mit (?:involas )?3 – für: Erwachsene", words)  # of one document, without name
    assert "when is left vague" in text(visits, "passage/11-jahre-iq/S06")


@pytest.mark.parametrize("how", ["explicit", "contextual", "derived", "other-source", "editorial"])
def test_marks_show_the_kind_of_support(visits: Visits, how: str) -> None:
    """Each kind of support has its mark; a contextual one names the passages to read with it."""
    marks = re.findall(rf'<a class="mark {how}" href="([^"]+)" title="([^"]*)"', visits.page("/id/involas.html").text)

    assert marks
    assert how != "contextual" or all("to be read with" in title for _, title in marks)


def test_codes_and_identifiers_say_what_they_are(visits: Visits) -> None:
    """A code names its scheme, an identifier its dataset."""
    page = visits.page("/id/berlin.html").text
    aside = page.partition("<aside>")[2]

    assert "DE3 <small>NUTS code</small>" in page
    assert 'title="http://www.wikidata.org/entity/Q64">Wikidata Q64</a>' in aside


def test_the_same_thing_elsewhere_is_listed_once(visits: Visits) -> None:
    """Under the closest relation, and without a trailing slash."""
    aside = visits.page("/id/offenbach.html").text.partition("<aside>")[2]

    assert aside.count("DCAT-AP.de politicalGeocoding/districtKey/06413<") == 1
    assert ">GeoNames 2857807<" in aside


@pytest.mark.parametrize("path", ["id/involas", "id/bamf"])
def test_neighbours_beyond_the_picture_are_counted(visits: Visits, dataset: Dataset, path: str) -> None:
    """The page gives the number of neighbours beyond the picture, if there are any."""
    page = visits.page(f"/{path}.html").text
    more = re.search(r"(\d+) more connections are in the tables", page)
    picture = page.partition('class="drawing"')[2].partition("</svg>\n<ul")[0]
    boxes = len(re.findall(r'class="box', picture)) - 1
    node = NamedNode(f"https://w3id.org/iq-hessen/{path}")
    triples = [one for one in dataset.triples() if node in (one.subject, one.object) and one.predicate in IQ]
    ends = {end for one in triples for end in (one.subject, one.object) if isinstance(end, NamedNode) and end != node}
    things = {end for end in ends if end in ID and "#" not in end.value and kind_of(dataset, end).slug != "note"}

    assert boxes + (int(more[1]) if more else 0) == len(things)


@contextmanager
def record_pages(app: Flask) -> Iterator[list[str]]:
    """The names of the things whose pages are rendered within the block."""
    names: list[str] = []

    def note(_: Flask, template: Any, context: dict[str, Any], **_more: object) -> None:  # noqa: ANN401 - a signal's
        if template.name == "thing.html":
            names.append(context["thing"].node.value.rpartition("/")[2])

    with template_rendered.connected_to(note, app):
        yield names


def test_a_page_is_made_once_for_a_language(letter: Dataset) -> None:
    """Other parameters of its address make no other page."""
    app = create_app(letter)
    client = app.test_client()

    with record_pages(app) as pages:
        english, again = (client.get(f"/id/ben.html?n={n}", headers={"Accept-Language": "en"}) for n in range(2))
        german = client.get("/id/ben.html", headers={"Accept-Language": "de-AT, de;q=0.9"})

    assert pages == ["ben", "ben"]
    assert english.text.replace("n=0", "n=1") == again.text != german.text


def test_few_pages_are_kept(letter: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """The least recently used page makes room for a new one."""
    monkeypatch.setattr(documents, "MAX_PAGES", 2)
    app = create_app(letter)
    client = app.test_client()

    with record_pages(app) as pages:
        for thing in ("ben", "anna", "ben", "choir", "ben", "anna"):
            client.get(f"/id/{thing}.html")

    assert pages == ["ben", "anna", "choir", "anna"]


def test_versions_have_pages_of_their_own(client: FlaskClient) -> None:
    """The page of a thing in an older version links within that version."""
    now, then = (client.get(f"{root}/id/ba.html").text for root in ("", "/version/0.1.0"))

    assert 'href="/version/0.1.0/id/' not in now
    assert 'href="/version/0.1.0/id/' in then


def test_pages_of_other_files_are_not_kept(tmp_path: Path) -> None:
    """Their size is unknown."""
    app = create_app(load_plain([put(tmp_path, "a.ttl", "<https://w3id.org/iq-hessen/id/a> <http://a.example/p> 1 .")]))

    with record_pages(app) as pages:
        assert [app.test_client().get("/id/a.html").status_code for _ in range(2)] == [200, 200]

    assert pages == ["a", "a"]


@pytest.mark.parametrize("name", ["funding-hmsi", "servicestelle-pflege", "coordination"])
def test_marks_name_the_passages_to_read_with_a_passage(visits: Visits, name: str) -> None:
    """A passage to be read with others has this mark only where they belong to the statement."""
    marks = re.findall(
        r'class="mark ([\w-]+)" href="[^"]*/passage/[^"]*" title="([^"]*)"', visits.page(f"/id/{name}.html").text
    )

    assert {how for how, _ in marks} >= {"contextual", "explicit"}
    assert [one for one in marks if (one[0] == "contextual") != ("to be read with" in one[1])] == []


def test_a_passage_names_all_targets_of_a_role(sources: Sources, tmp_path: Path) -> None:
    """A role may be in several things."""
    tabulate(tmp_path)
    role = "a iq:RoleAssignment ; iq:roleKind concept:funding ; iq:roleHolder id:ben ; iq:roleIn id:choir , id:town"
    put(tmp_path, "data/letter/more.trig", f"{HEAD}g:S02 {{ id:role {role} . }}")
    page = create_app(load(sources=sources)).test_client().get("/passage/letter/S02.html?lang=en").text
    words = re.sub(r"<[^>]*>|\s+", " ", page.partition('<ul class="sentences"')[2].partition("</ul>")[0])

    assert re.search(r"\S*Ben +funds +\S*choir +and +\S*town", words)
