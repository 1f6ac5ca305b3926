"""The search: which words have results, which have none, and what the page says then."""

import csv
import json
import re
from html import unescape
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset
from iqgraph.model.facets import fold
from iqgraph.model.model import Model
from iqgraph.model.wording import stem
from iqgraph.terms import BASE, IQ
from iqgraph.web.explore import MAX_ALL_RESULTS
from repository import ROOT
from visits import Visits

# The words, the list of the results, and the result that must be in it.
HITS = [
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
FIRST_HITS = [
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
    ("Welches Ministerium heißt heute anders?", "questions", "query/what-were-the-ministries-called-later"),
    ("Welche Pflegeangebote", "questions", "query/how-many-nursing-care-offers-since-2019"),
    ("Wer finanziert das Netzwerk", "questions", "query/who-funds-the-network"),
    ("Unterschied Artikel andere Quellen", "questions", "query/where-do-text-and-other-sources-differ"),
    ("Mittel nach Jahr", "questions", "query/which-sums-are-named-for-iq"),
    ("schulten Ausländerbehörden", "questions", "query/for-whom-were-trainings-offered"),
    ("What changed with the new immigration law?", "questions", "query/in-which-steps-did-the-amendment-take-effect"),
    ("Wie viele Teilprojekte gab es in Hessen 2019", "questions", "query/how-many-sub-projects-were-there"),
    ("Wer hat IQ vor 2013 in Hessen koordiniert", "questions", "query/who-coordinated-before-2013"),
    (
        "Ist das Ende der Förderperiode sicher",
        "questions",
        "query/how-precisely-is-the-end-of-the-period-stated",
    ),
    ("Wie viel Geld bekam IQ im Jahr 2022", "questions", "query/which-sums-are-named-for-iq"),
    (
        "Anerkennungszahlen Hessen 2024",
        "questions",
        "query/how-many-applications-for-recognition-were-made-in-hesse",
    ),
]
ORDERS = [
    ("wer bezahlt", ["questions", "things"]),
    ("involas", ["things", "questions", "passages"]),
    ("Who are the international skilled workers?", ["things", "passages", "questions"]),
    ("Seit wann gibt es IQ", ["questions", "things"]),
    ("Was ist IQ", ["things", "questions"]),
    ("Anerkennungszahlen Hessen 2024", ["questions", "things"]),
]
# What readers of a passage ask in their own words, and what may answer it.
with (Path(__file__).parent / "searches.csv").open(encoding="utf-8", newline="") as _table:
    # A passage such as fresko-2025/S01 has its document before it, which a copy of the project may lack.
    SEARCHES = [row for row in csv.DictReader(_table) if (ROOT / "data" / row["passage"].rpartition("/")[0]).is_dir()]
MAX_SHOWN = 10  # of each list on the page
NO_HITS = [
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


def search(client: FlaskClient, text: str, **parameters: str) -> dict[str, Any]:
    """The answer for programs."""
    response = client.get("/search", query_string={"q": text, "format": "json"} | parameters)
    assert response.status_code == 200
    assert response.content_type == "application/json"
    answer: dict[str, Any] = json.loads(response.data)
    return answer


def page(client: FlaskClient, text: str, lang: str = "en", path: str = "search") -> str:
    """The answer for people."""
    return client.get(f"/{path}", query_string={"q": text, "lang": lang}, headers=BROWSER).text


def iris(answer: dict[str, Any], name: str) -> list[str]:
    """The local parts of the IRIs in a list."""
    return [one["iri"].removeprefix(BASE) for one in answer[name]["results"]]


@pytest.fixture(scope="module")
def model(dataset: Dataset) -> Model:
    """What the pages know of that dataset."""
    return Model(dataset)


@pytest.mark.parametrize(("text", "name", "iri"), HITS, ids=[text for text, *_ in HITS])
def test_words_find(client: FlaskClient, text: str, name: str, iri: str) -> None:
    """Slips, codes, other names and spellings, parts of compounds, questions, passages and terms."""
    assert iri in iris(search(client, text), name)


@pytest.mark.parametrize(("text", "name", "iri"), FIRST_HITS, ids=[text for text, *_ in FIRST_HITS])
def test_the_best_match_is_first(client: FlaskClient, text: str, name: str, iri: str) -> None:
    """A thing of exactly this name comes before those that only mention it."""
    assert iris(search(client, text), name)[0] == iri


@pytest.mark.parametrize("passage", sorted({row["passage"] for row in SEARCHES}))
def test_a_reader_of_a_passage_finds_the_answer(model: Model, passage: str) -> None:
    """One of the first three entries of the page is the thing, the passage or the question that was asked for."""
    missed = {}
    for row in (row for row in SEARCHES if row["passage"] == passage):
        hits = model.lookup(row["language"]).find(row["search"]).hits.values()
        first = [entry.node.value.removeprefix(BASE) for entry in chain.from_iterable(one[:MAX_SHOWN] for one in hits)]
        if set(first[:3]).isdisjoint(row["found"].split()):
            missed[row["search"]] = first[:3]

    assert missed == {}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", ["passages", "terms"])
def test_what_has_the_text_as_its_name_is_first(model: Model, language: str, name: str) -> None:
    """Each passage and term is found by its name: nothing that only resembles it comes before."""
    lookup = model.lookup(language)
    entries = lookup.entries[name]
    missed = {}
    for text in {entry.names[-1] for entry in entries}:
        hits = lookup.find(text).hits[name]
        if not hits or text not in hits[0].names:
            missed[text] = hits[0].label if hits else None

    assert missed == {}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("word", ["Textstelle", "passage"])
def test_each_passage_is_found_by_its_number(model: Model, dataset: Dataset, word: str, language: str) -> None:
    """Not only those whose number is rare."""
    numbers = {str(dataset.literals(node, IQ.order)[0].value) for node in dataset.instances(IQ.Passage)}
    first = {number: model.lookup(language).find(f"{word} {number}").hits["passages"][0].node for number in numbers}

    assert {number for number, node in first.items() if dataset.literals(node, IQ.order)[0].value != number} == set()


@pytest.mark.parametrize("text", NO_HITS)
def test_words_that_find_nothing(client: FlaskClient, text: str) -> None:
    """An unknown word is not replaced by a similar one, and the page says so."""
    answer = search(client, text)

    assert [answer[name]["count"] for name in LISTS] == [0, 0, 0, 0]
    assert answer["did_you_mean"] is None
    assert "Dazu wurde nichts gefunden." in page(client, text, "de")


@pytest.mark.parametrize(
    ("text", "suggestion"),
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
def test_slips_get_a_suggestion(client: FlaskClient, text: str, suggestion: str | None) -> None:
    """A corrected word is shown with a link to its search; a correct word gets none."""
    assert search(client, text)["did_you_mean"] == suggestion
    for path in ("search", "explore"):
        link = re.search(r'Meinten Sie <a href="([^"]+)">([^<]+)</a>', page(client, text, "de", path))
        assert (unescape(link[2]) if link else None) == suggestion
        if link:
            assert client.get(unescape(link[1])).status_code == 200


@pytest.mark.parametrize("pair", [("IQ-Netzwerk", "IQ Netzwerk"), ("invloas", "involas"), ("Foerderung", "Förderung")])
def test_spellings_find_the_same(client: FlaskClient, pair: tuple[str, str]) -> None:
    """Slips, umlauts and hyphens change no list."""
    one, other = (search(client, text) for text in pair)

    assert [one[name] for name in LISTS] == [other[name] for name in LISTS]


@pytest.mark.parametrize("text", ["Passage", "Textstelle", "Anerkennung", "network"])
def test_nothing_is_in_two_lists(client: FlaskClient, text: str) -> None:
    """Passages, questions and terms are no things besides."""
    iris = [one["iri"] for name in LISTS for one in search(client, text)[name]["results"]]

    assert len(iris) == len(set(iris)) > 0


def test_an_unknown_word_is_left_out(client: FlaskClient) -> None:
    """The search is for the other words, and the page says so."""
    answer = search(client, "involas Dampfmaschine")

    assert (answer["unknown"], answer["fits_all"]) == (["Dampfmaschine"], False)
    assert answer["things"] == search(client, "involas")["things"]
    assert "Not found: Dampfmaschine. Searched for: involas." in page(client, "involas Dampfmaschine")


@pytest.mark.parametrize(
    ("text", "words"),
    [("Förderbeginn", ["Förder", "beginn"]), ("Deutschgrammatik", ["Deutsch"])],
)
def test_parts_are_words(client: FlaskClient, text: str, words: list[str]) -> None:
    """The parts of a compound are shown as written and are whole words."""
    assert f"Searched for: {', '.join(words)}." in page(client, text)


def test_a_word_put_right_may_be_another(client: FlaskClient) -> None:
    """The similar word may not be the one meant, so the results do not fit all words."""
    answer = search(client, "invloas")

    assert (answer["did_you_mean"], answer["fits_all"]) == ("involas", False)
    assert search(client, "involas")["fits_all"]


@pytest.mark.parametrize("text", ["geleitet", "gegründet", "An wen wende ich mich?"])
def test_correct_words_are_not_corrected(client: FlaskClient, text: str) -> None:
    """Participles are forms of known words, and stop words such as pronouns are ignored."""
    assert "mich" not in search(client, text)["words"]
    assert search(client, text)["did_you_mean"] is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("How long has involas been doing this?", ["long", "involas"]),
        ("What is MAIA about?", ["MAIA"]),
        ("Wer hat das Netzwerk vor involas koordiniert?", ["Netzwerk", "involas", "koordiniert"]),
        ("about", ["about"]),
    ],
)
def test_stop_words_are_ignored(client: FlaskClient, text: str, words: list[str]) -> None:
    """In either language, unless there are no other words."""
    assert search(client, text)["words"] == words


def test_most_of_the_words(client: FlaskClient) -> None:
    """Where nothing has all words, the results have most of them, and the page says so."""
    answer = search(client, "involas Kassel Brandenburg Wikidata")

    assert not answer["fits_all"]
    assert answer["things"]["count"]
    assert "No entry contains all of these words." in page(client, "involas Kassel Brandenburg")


@pytest.mark.parametrize("text", ["Koordination seit 2011", "Pflege Anerkennung"])
def test_where_something_has_all_words_all_lists_ask_for_all(client: FlaskClient, text: str) -> None:
    """Things with all words exclude passages and terms with only some of them."""
    answer = search(client, text)

    assert answer["fits_all"]
    assert answer["things"]["count"]
    assert (answer["passages"]["count"], answer["terms"]["count"]) == (0, 0)


def test_a_question_with_all_words_in_its_title_leaves_out_those_with_some(client: FlaskClient) -> None:
    """If it has one of them only beside its title, others follow; where no question has all, most are enough."""
    asked = "Wie viele Verfahren in Hessen wurden abgeschlossen, wie viele waren offen"
    first, *others = iris(search(client, "Wie endeten die Verfahren in Hessen"), "questions")

    assert iris(search(client, asked), "questions") == [first] == ["query/how-did-the-procedures-in-hesse-end"]
    assert others
    assert search(client, "Wie endeten die Anerkennungsverfahren in Hessen")["questions"]["count"] > 1


@pytest.mark.parametrize(
    ("text", "slug", "place"),
    [
        ("Wo hat involas seinen Sitz?", "where-do-organisations-have-their-seat", 5),
        ("Wie viele Menschen wurden in Hessen beraten", "how-many-people-were-advised", 3),
    ],
)
def test_words_beside_a_title_hide_no_other_question(client: FlaskClient, text: str, slug: str, place: int) -> None:
    """The descriptions of the things of a question may contain all words, also within longer ones."""
    assert f"query/{slug}" in iris(search(client, text), "questions")[:place]


def test_a_rare_word_weighs_more(client: FlaskClient) -> None:
    """Results with only the common one of two words are left out."""
    answer = search(client, "Wann wurde der Text veröffentlicht")

    assert answer["things"]["count"] < search(client, "Text")["things"]["count"] / 4
    assert answer["passages"]["count"] == 0


def test_an_empty_search_is_a_form(client: FlaskClient) -> None:
    """It says what the search covers, and lists nothing."""
    assert search(client, "  ")["things"] == {"count": 0, "results": []}
    assert "The search covers names" in page(client, "")


def test_lists_are_bounded(client: FlaskClient) -> None:
    """The count is of all results."""
    things = search(client, "e")["things"]

    assert len(things["results"]) == MAX_ALL_RESULTS < things["count"]


def test_a_result_says_what_it_is(client: FlaskClient) -> None:
    """Label, kind and page are in the requested language."""
    german, english = (search(client, "Hessen", lang=language)["things"]["results"][0] for language in ("de", "en"))

    assert german["iri"] == english["iri"] == f"{BASE}id/hessen"
    assert (german["label"], english["label"]) == ("Hessen", "Hesse")
    assert (german["kind"], german["kind_label"], english["kind_label"]) == ("place", "Ort", "place")
    assert german["page"] == "http://localhost/id/hessen?lang=de"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("application/json", JSON), ("text/html", PAGE), (CHROME, PAGE), ("*/*", JSON), (None, JSON)],
)
def test_programs_and_people(client: FlaskClient, accept: str | None, kind: str) -> None:
    """The Accept header decides between JSON and the page."""
    response = client.get("/search?q=involas", headers={"Accept": accept} if accept else {})

    assert response.content_type == kind
    assert "Accept" in response.headers["Vary"]


def test_an_unknown_format_is_refused(client: FlaskClient) -> None:
    """The results of the search are no table."""
    assert client.get("/search?q=involas&format=xlsx").status_code == 406


def test_each_page_leads_to_the_search(visits: Visits) -> None:
    """In its head."""
    assert '<form class="search" action="/search' in visits.page("/about").text


def test_an_older_version_has_its_own_search(client: FlaskClient) -> None:
    """Its results are of that version."""
    answer = json.loads(client.get("/version/0.1.0/search?q=involas&format=json").data)

    assert answer["version"] == "0.1.0"
    assert answer["things"]["count"]


def test_terms_of_other_vocabularies_are_found(client: FlaskClient) -> None:
    """By their own name or their label here; they link to their entry on this site."""
    assert 'href="/ontology?part=reused&amp;lang=en#schema:containedInPlace"' in page(client, "containedInPlace")


@pytest.mark.parametrize(("text", "order"), ORDERS)
def test_questions_come_first_for_a_sentence(client: FlaskClient, text: str, order: list[str]) -> None:
    """For single words the things come first."""
    assert re.findall(r'<h2 id="(\w+)">', page(client, text, "de"))[: len(order)] == order


def test_the_forms_of_a_word_have_one_stem() -> None:
    """So each of them finds the others."""
    families = ("qualification qualifications", "advise advises advised advising", "gründen gründet gründest")
    for forms in (*families, "Beratung Beratungen beraten berate beratet", "Förderung Förderungen fördern fördert"):
        assert len({stem(fold(form)) for form in forms.split()}) == 1, forms
