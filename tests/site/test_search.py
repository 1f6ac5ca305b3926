"""The search: what words find, what they do not, and what is said where nothing fits."""

import json
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from iqgraph.terms import BASE
from iqgraph.web.explore import MAX_ALL_RESULTS
from visits import Visits

# What is typed, and what it must find, in one of the lists.
FOUND = [
    ("Anerkennugsberatung", "things", "id/moab"),
    ("Förderug", "things", "concept/funding"),
    ("invloas", "things", "id/involas"),
    ("Ofenbach", "things", "id/offenbach"),
    ("funding priod", "things", "id/period-2023-2025"),
    ("Qualifizirung", "things", "id/aqb"),
    ("Migrantenökonomie", "things", "id/migrant-economy-enterprises"),
    ("Partnerinnen", "things", "id/partners-in-hesse"),
    ("06413", "things", "id/offenbach"),
    ("DE713", "things", "id/offenbach"),
    ("Q1199", "things", "id/hessen"),
    ("IQ-Netzwerk", "things", "id/network-hessen"),
    ("„involas“", "things", "id/involas"),
    ("Arbeitsministerium", "things", "id/bmas"),
    ("BMAS", "things", "id/bmas"),
    ("successor of MoAB", "things", "id/moab-transformation"),
    ("When was IQ founded?", "questions", "query/in-which-year-was-the-programme-set-up"),
    ("Wann begann IQ?", "questions", "query/in-which-year-was-the-programme-set-up"),
    ("how many information offices", "questions", "query/how-many-contact-points-on-skilled-immigration"),
    ("qualifikationsadäquat", "passages", "passage/11-jahre-iq/S13"),
    ("Anerkennungsberatung", "passages", "passage/11-jahre-iq/S37"),
    ("Wer finanziert das Netzwerk", "questions", "query/who-funds-the-network"),
    ("S24", "passages", "passage/11-jahre-iq/S24"),
    ("Textstelle 24", "passages", "passage/11-jahre-iq/S24"),
    ("wer hat das Netzwerk 2016 gefördert", "questions", "query/who-funds-the-network"),
    (
        "how many procedures under the federal act in Hesse 2022",
        "questions",
        "query/which-figures-on-recognition-procedures-are-recorded",
    ),
    (
        "which partners did the network have in Hesse in 2024",
        "questions",
        "query/who-are-the-partners-in-implementation",
    ),
    ("Seit wann gibt es die Informationsbüros?", "questions", "query/since-when-do-the-information-offices-exist"),
    ("fundedBy", "terms", "ontology#fundedBy"),
    ("gefördert von", "terms", "ontology#fundedBy"),
]
FIRST = [
    ("involas", "things", "id/involas"),
    ("Hessen", "things", "id/hessen"),
    ("Was ist IQ?", "things", "id/iq"),
    ("Offenbach am Main", "things", "id/offenbach"),
    ("Passage 24", "passages", "passage/11-jahre-iq/S24"),
    ("who funds the network", "questions", "query/who-funds-the-network"),
    ("Wer fördert das Netzwerk?", "questions", "query/who-funds-the-network"),
    ("IQ Netzwerk Hessen", "things", "id/network-hessen"),
    ("Hesse IQ network", "things", "id/network-hessen"),
    ("Wann wurde IQ gegründet?", "questions", "query/in-which-year-was-the-programme-set-up"),
    ("wer bezahlt", "questions", "query/who-funds-the-network"),
    ("Wer bezahlt das?", "questions", "query/who-funds-the-network"),
    ("Wie hieß die AQB früher?", "questions", "query/what-was-aqb-formerly-called"),
    ("Wer leitet das Netzwerk?", "questions", "query/who-coordinates-the-network"),
    ("Wo sitzt die Koordination?", "questions", "query/where-is-the-coordination-office"),
    ("Wer ist der Chef vom IQ Netzwerk in Hessen?", "questions", "query/who-coordinates-the-network"),
    ("Budget IQ pro Jahr", "questions", "query/which-sums-are-named-for-iq"),
    ("Fördersumme Hessen", "questions", "query/what-did-a-hessian-sub-project-cost"),
    ("Welche Quellen widersprechen dem Artikel", "questions", "query/where-do-text-and-other-sources-differ"),
    ("Wer koordiniert IQ in Bayern", "questions", "query/who-coordinated-the-networks-of-the-laender"),
    ("Höhe der Landesfinanzierung", "questions", "query/since-when-has-there-been-land-funding"),
    ("Wer hat IQ 2005 aufgesetzt?", "questions", "query/which-events-have-an-unnamed-agent"),
    ("Who paid for it in the end?", "questions", "query/who-funds-the-network"),
    ("Where is the head office of the network?", "questions", "query/where-is-the-coordination-office"),
    ("Wie viele Beratungen gab es", "questions", "query/how-many-consultations-were-there"),
    (
        "Wie viele Anträge auf Anerkennung gab es in Hessen in jedem Jahr?",
        "questions",
        "query/how-many-applications-for-recognition-were-made-in-hesse",
    ),
    ("schulten Ausländerbehörden", "questions", "query/for-whom-were-trainings-offered"),
    ("What changed with the new immigration law?", "questions", "query/in-which-steps-did-the-amendment-take-effect"),
]
ASKED = [("wer bezahlt", ["questions", "things"]), ("involas", ["things", "questions", "passages"])]
NOTHING = [
    "Gibt es die Dampfmaschine?",
    "Dampfmaschine",
    "xyzzy",
    "Quantencomputer",
    "Q99999999",
    "99999",
    "Zuckerrübe",
    "Grundgesetz",
    "nichtdergleichen",
    "*",
    "''",
]
PAGE, JSON = "text/html; charset=utf-8", "application/json"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BROWSER = {"Accept": CHROME}
LISTS = ("things", "questions", "passages", "terms")


def told(client: FlaskClient, typed: str, **parameters: str) -> dict[str, Any]:
    """The answer for programs."""
    response = client.get("/search", query_string={"q": typed, "format": "json"} | parameters)
    assert response.status_code == 200
    assert response.content_type == "application/json"
    found: dict[str, Any] = json.loads(response.data)
    return found


def page(client: FlaskClient, typed: str, lang: str = "en", path: str = "search") -> str:
    """The answer for people."""
    return client.get(f"/{path}", query_string={"q": typed, "lang": lang}, headers=BROWSER).text


def iris(found: dict[str, Any], name: str) -> list[str]:
    """What a list holds, by the ends of the IRIs."""
    return [one["iri"].removeprefix(BASE) for one in found[name]["results"]]


@pytest.mark.parametrize(("typed", "name", "iri"), FOUND, ids=[typed for typed, *_ in FOUND])
def test_words_find(client: FlaskClient, typed: str, name: str, iri: str) -> None:
    """Slips, codes, other names and spellings, parts of compounds, questions, passages and terms."""
    assert iri in iris(told(client, typed), name)


@pytest.mark.parametrize(("typed", "name", "iri"), FIRST, ids=[typed for typed, *_ in FIRST])
def test_what_is_meant_is_first(client: FlaskClient, typed: str, name: str, iri: str) -> None:
    """What is called exactly so is before all that only mentions it."""
    assert iris(told(client, typed), name)[0] == iri


@pytest.mark.parametrize("typed", NOTHING)
def test_words_that_find_nothing(client: FlaskClient, typed: str) -> None:
    """What the graph does not know is not replaced by something that looks like it; the page says what helps."""
    found = told(client, typed)

    assert [found[name]["count"] for name in LISTS] == [0, 0, 0, 0]
    assert found["did_you_mean"] is None
    assert "Dazu wurde nichts gefunden." in page(client, typed, "de")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("invloas", "involas"),
        ("INVLOAS", "involas"),
        ("Förderug", "Förderung"),
        ("Foerderug Hessen", "Förderung Hessen"),
        ("involas", None),
        ("involat", None),
        ("Förderung", None),
        ("Arbeitsministerium", None),
        ("Irten", None),
        ("successor", None),
        ("doing", None),
        ("Firma", None),
        ("mitmachen", None),
        ("Mutter", None),
        ("Qualifizirung", "Qualifizierung"),
    ],
)
def test_slips_are_told(client: FlaskClient, typed: str, meant: str | None) -> None:
    """A word that was put right is told, with a way to the search for it; a right one is left alone."""
    assert told(client, typed)["did_you_mean"] == meant
    for path in ("search", "explore"):
        way = re.search(r'Meinten Sie <a href="([^"]+)">([^<]+)</a>', page(client, typed, "de", path))
        assert (unescape(way[2]) if way else None) == meant
        if way:
            assert client.get(unescape(way[1])).status_code == 200


@pytest.mark.parametrize("pair", [("IQ-Netzwerk", "IQ Netzwerk"), ("invloas", "involas"), ("Foerderung", "Förderung")])
def test_spellings_find_the_same(client: FlaskClient, pair: tuple[str, str]) -> None:
    """Whichever way a word is written."""
    one, other = (told(client, typed) for typed in pair)

    assert [one[name] for name in LISTS] == [other[name] for name in LISTS]


def test_an_unknown_word_is_left_out(client: FlaskClient) -> None:
    """The others are looked for, and the page says so."""
    found = told(client, "involas Dampfmaschine")

    assert (found["unknown"], found["fits_all"]) == (["Dampfmaschine"], False)
    assert found["things"] == told(client, "involas")["things"]
    assert "Not found: Dampfmaschine. Searched for: involas." in page(client, "involas Dampfmaschine")


@pytest.mark.parametrize(
    ("typed", "words"),
    [("Förderbeginn", ["Förder", "beginn"]), ("Deutschgrammatik", ["Deutsch"])],
)
def test_parts_are_words(client: FlaskClient, typed: str, words: list[str]) -> None:
    """What is looked for of a compound is shown as it was typed, and is not cut within a word."""
    assert f"Searched for: {', '.join(words)}." in page(client, typed)


def test_a_word_put_right_may_be_another(client: FlaskClient) -> None:
    """Who typed it may not have meant the word that is like it, so the results do not fit all that was typed."""
    found = told(client, "invloas")

    assert (found["did_you_mean"], found["fits_all"]) == ("involas", False)
    assert told(client, "involas")["fits_all"]


@pytest.mark.parametrize("typed", ["geleitet", "gegründet", "An wen wende ich mich?"])
def test_what_is_no_slip_is_not_put_right(client: FlaskClient, typed: str) -> None:
    """Participles are forms of words that occur, and words such as pronouns are not looked for."""
    assert "mich" not in told(client, typed)["words"]
    assert told(client, typed)["did_you_mean"] is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("How long has involas been doing this?", ["long", "involas"]),
        ("What is MAIA about?", ["MAIA"]),
        ("Wer hat das Netzwerk vor involas koordiniert?", ["Netzwerk", "involas", "koordiniert"]),
        ("about", ["about"]),
    ],
)
def test_words_of_every_sentence_are_left_aside(client: FlaskClient, typed: str, words: list[str]) -> None:
    """Of either language; where there are no others, they are looked for."""
    assert told(client, typed)["words"] == words


def test_most_of_the_words(client: FlaskClient) -> None:
    """Where nothing has all words, that which has most of them is shown, and told to be so."""
    found = told(client, "involas Kassel Brandenburg Wikidata")

    assert not found["fits_all"]
    assert found["things"]["count"]
    assert "No entry contains all of these words." in page(client, "involas Kassel Brandenburg")


@pytest.mark.parametrize("typed", ["Koordination seit 2011", "Pflege Anerkennung"])
def test_where_something_has_all_words_all_lists_ask_for_all(client: FlaskClient, typed: str) -> None:
    """Passages and terms with some of the words only are not shown beside things with all of them."""
    found = told(client, typed)

    assert found["fits_all"]
    assert found["things"]["count"]
    assert (found["passages"]["count"], found["terms"]["count"]) == (0, 0)


def test_a_question_with_all_words_leaves_out_those_with_some(client: FlaskClient) -> None:
    """Where none has all of them, most are enough."""
    (found,) = iris(told(client, "Wie endeten die Verfahren in Hessen"), "questions")

    assert found == "query/how-did-the-procedures-in-hesse-end"
    assert told(client, "Wie endeten die Anerkennungsverfahren in Hessen")["questions"]["count"] > 1


@pytest.mark.parametrize(
    ("typed", "slug", "place"),
    [
        ("Wo hat involas seinen Sitz?", "where-do-organisations-have-their-seat", 5),
        ("Wie viele Menschen wurden in Hessen beraten", "how-many-people-were-advised", 3),
    ],
)
def test_words_beside_a_title_hide_no_other_question(client: FlaskClient, typed: str, slug: str, place: int) -> None:
    """What is said of the things of a question may have them all, also within longer words."""
    assert f"query/{slug}" in iris(told(client, typed), "questions")[:place]


def test_a_word_that_is_rare_tells_more(client: FlaskClient) -> None:
    """What has only the common one of two words is not shown."""
    found = told(client, "Wann wurde der Text veröffentlicht")

    assert found["things"]["count"] < told(client, "Text")["things"]["count"] / 4
    assert found["passages"]["count"] == 0


def test_many_words(client: FlaskClient) -> None:
    """Of 300 words the first eight count, and the page says which it left out."""
    typed = " ".join(f"involas{number}" for number in range(300))
    found = told(client, typed)

    assert len(found["left_out"]) == 292
    assert "The search takes up to 8 words" in page(client, typed)


def test_an_empty_search_is_a_form(client: FlaskClient) -> None:
    """It says what is searched, and lists nothing."""
    assert told(client, "  ")["things"] == {"count": 0, "results": []}
    assert "The search covers names" in page(client, "")


def test_lists_are_bounded(client: FlaskClient) -> None:
    """The count says how many there are."""
    found = told(client, "e")["things"]

    assert len(found["results"]) == MAX_ALL_RESULTS < found["count"]


def test_a_result_says_what_it_is(client: FlaskClient) -> None:
    """In the language that is asked for."""
    german, english = (told(client, "Hessen", lang=language)["things"]["results"][0] for language in ("de", "en"))

    assert german["iri"] == english["iri"] == f"{BASE}id/hessen"
    assert (german["label"], english["label"]) == ("Hessen", "Hesse")
    assert (german["kind"], german["kind_label"], english["kind_label"]) == ("place", "Ort", "place")
    assert german["page"] == "http://localhost/id/hessen?lang=de"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("application/json", JSON), ("text/html", PAGE), (CHROME, PAGE), ("*/*", JSON), (None, JSON)],
)
def test_programs_and_people(client: FlaskClient, accept: str | None, kind: str) -> None:
    """Accept decides."""
    response = client.get("/search?q=involas", headers={"Accept": accept} if accept else {})

    assert response.content_type == kind
    assert "Accept" in response.headers["Vary"]


def test_an_unknown_format_is_refused(client: FlaskClient) -> None:
    """The search is no table."""
    assert client.get("/search?q=involas&format=xlsx").status_code == 406


def test_each_page_leads_to_the_search(visits: Visits) -> None:
    """In its head."""
    assert '<form class="search" action="/search' in visits.page("/about").text


def test_an_older_version_is_searched(client: FlaskClient) -> None:
    """By itself."""
    found = json.loads(client.get("/version/0.1.0/search?q=involas&format=json").data)

    assert found["version"] == "0.1.0"
    assert found["things"]["count"]


def test_terms_of_other_vocabularies_are_found(client: FlaskClient) -> None:
    """By their own name or by what they are called here; they lead to where this site tells of them."""
    assert 'href="/ontology?part=reused&amp;lang=en#schema:containedInPlace"' in page(client, "containedInPlace")


@pytest.mark.parametrize(("typed", "order"), ASKED)
def test_questions_come_first_for_who_asks(client: FlaskClient, typed: str, order: list[str]) -> None:
    """Who asks in a sentence reads the questions before the things."""
    assert re.findall(r'<h2 id="(\w+)">', page(client, typed, "de"))[: len(order)] == order
