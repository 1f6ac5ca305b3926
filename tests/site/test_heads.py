"""The pages of the questions: the answer first, in one language, with the query and the files below it."""

import csv
import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset
from iqgraph.dataset.questions import questions
from iqgraph.model.questions import Questions, columns, heads, in_language
from iqgraph.resources import packaged
from iqgraph.web.http.language import format_duration
from iqgraph.web.query.permalinks import MAX_FIRST_ROWS, MAX_NAMES, summary
from iqgraph.web.views import link
from repository import ROOT
from visits import Visits

QUESTIONS = {one.slug: one for one in questions(packaged())}
SLUGS = list(QUESTIONS)
HEADS = heads(packaged())
ANSWERS = ROOT / "tests/data/answers"
LANGUAGES = ["de", "en"]
COORDINATOR = "who-coordinates-the-network"


@pytest.fixture(scope="module")
def catalogue(dataset: Dataset) -> Questions:
    """The questions with their answers."""
    return Questions(dataset)


def rows(page: str) -> list[list[str]]:
    """The cells of the first table of a page, as text."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in body.split("<tr>")[1:]]


@pytest.mark.sample(20)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_the_answer_comes_first(visits: Visits, slug: str, lang: str) -> None:
    """The question is heading and title; all its rows, or yes or no, come before the query and its files."""
    page = visits.page(f"/q/{slug}?rows=all", lang)
    words = QUESTIONS[slug].title.say(lang)
    with (ANSWERS / f"{slug}.csv").open(encoding="utf-8", newline="") as file:
        expected = list(csv.reader(file))[1:]
    text = unescape(page.text)

    assert page.status_code == 200
    assert f"<title>{words} – " in text
    assert f"<h1>{words}</h1>" in text
    assert len(rows(page.text)) == (len(expected) if expected and "<tbody>" in page.text else 0)
    assert text.index('id="result"') < text.index("format=csv") < text.index('<pre tabindex="0" class="copied"')


def test_a_long_answer_begins_with_some_rows(visits: Visits) -> None:
    """A link shows all of them; a short answer has none."""
    slug = "which-figures-on-recognition-procedures-are-recorded"
    page = visits.page(f"/q/{slug}").text
    with (ANSWERS / f"{slug}.csv").open(encoding="utf-8", newline="") as file:
        total = len(list(csv.DictReader(file)))

    assert len(rows(page)) == MAX_FIRST_ROWS
    assert f'href="/q/{slug}?lang=en&amp;rows=all">Show all {total} rows</a>' in page
    assert len(rows(visits.page(f"/q/{slug}?rows=all").text)) == total
    assert "rows=all" not in visits.page(f"/q/{COORDINATOR}").text


def test_no_answer_is_cut_just_before_its_end(visits: Visits) -> None:
    """A rest of less than a third of the first rows stands with them."""
    page = visits.page("/q/who-coordinated-the-networks-of-the-laender").text

    assert MAX_FIRST_ROWS < len(rows(page)) <= MAX_FIRST_ROWS * 4 / 3
    assert "rows=all" not in page


def test_every_column_has_a_head_in_both_languages() -> None:
    """Heads of one answer differ; a pair is one column."""
    for slug in SLUGS:
        with (ANSWERS / f"{slug}.csv").open(encoding="utf-8", newline="") as file:
            variables = [name for name in next(csv.reader(file)) if name not in ("true", "false")]
        table = columns(variables, slug, HEADS, "de")

        for language in LANGUAGES:
            texts = [one.head.say(language) for one in table]
            assert len(set(texts)) == len(texts), slug
            assert all(texts), slug


def test_both_languages_have_the_same_rows(catalogue: Questions) -> None:
    """The answers of both languages are equally long."""
    pairs = {slug: [catalogue.answer(slug, language) for language in LANGUAGES] for slug in SLUGS}

    assert [
        slug
        for slug, (german, english) in pairs.items()
        if (len(german.rows), german.truth) != (len(english.rows), english.truth)
    ] == []


def test_a_summary_leaves_nothing_out_unsaid(client: FlaskClient, catalogue: Questions) -> None:
    """What it does not show, it counts, also if that is one."""
    with client.application.test_request_context("/?lang=en"):
        for slug in SLUGS:
            answer = catalogue.answer(slug, "en")
            if answer.truth is None and len(answer.rows) > 1:
                text = summary(catalogue.by_slug[slug])
                first = {link(row[0]).text for row in answer.rows if row[0]}
                more = re.findall(r"; and (\d+) more$", text)
                assert sum(map(int, more)) == max(0, len(first) - MAX_NAMES), slug


def test_heads_are_of_existing_columns(catalogue: Questions) -> None:
    """A head for one question alone names a question, and a variable of it."""
    known = {
        (name, slug)
        for slug, question in catalogue.by_slug.items()
        for name in re.findall(r"\?(\w+?)(?:De|En)?\b", question.query)
    }

    assert {key for key in HEADS if key[1]} - known == set()


@pytest.mark.parametrize(
    ("slug", "lang", "expected"),
    [
        ("since-when-has-there-been-land-funding", "de", "ja"),
        ("since-when-has-there-been-land-funding", "en", "yes"),
        ("when-does-the-current-funding-period-end", "de", "31. Dezember 2025"),
        ("when-does-the-current-funding-period-end", "en", "31 December 2025"),
        ("what-is-the-document-about", "de", "11 Jahre"),
        ("how-is-the-money-for-quabb-divided", "de", "9.900.000"),
        ("how-is-the-money-for-quabb-divided", "en", "9,900,000"),
        ("who-took-advice-on-recognition", "de", "96,5"),
        ("how-many-applications-concerned-nursing", "de", "genau"),
        ("how-many-applications-concerned-nursing", "en", "exact"),
        ("is-an-end-of-the-coordination-stated", "de", "Nein."),
        ("is-an-end-of-the-coordination-stated", "en", "No."),
    ],
)
def test_values_are_in_words(visits: Visits, slug: str, lang: str, expected: str) -> None:
    """Truth values, days, durations and numbers as people of that language write them."""
    page = visits.page(f"/q/{slug}", lang).text

    assert re.search(rf">\s*{re.escape(expected)}\s*<", page)


def test_durations_have_a_singular_and_a_plural(client: FlaskClient) -> None:
    """Of both units, in both languages."""
    for lang, words in (("de", "1 Jahr 2 Jahre 1 Monat 3 Monate"), ("en", "1 year 2 years 1 month 3 months")):
        with client.application.test_request_context(f"/?lang={lang}"):
            assert " ".join(map(format_duration, ("P1Y", "P2Y", "P1M", "P3M"))) == words


def test_one_language_of_a_pair(visits: Visits) -> None:
    """The other is on the page in that language, and side by side behind a link."""
    german, english = (visits.page("/q/who-funds-the-network", lang).text for lang in LANGUAGES)

    assert "Bundesministerium für Arbeit und Soziales" in german.partition("<main")[2].partition("<details")[0]
    assert "Federal Ministry of Labour" not in german
    assert "Federal Ministry of Labour" in english
    assert ">Deutsch und Englisch nebeneinander</a>" in german
    assert "side by side" not in visits.page(f"/q/{COORDINATOR}").text


def test_labels_lead_to_their_things(visits: Visits) -> None:
    """If only one thing has that label; other values, such as a wording, have no link. Evidence follows."""
    organisation, since, evidence = rows(visits.page(f"/q/{COORDINATOR}").text)[0]

    assert '<a href="/id/involas?lang=en"' in organisation
    assert "<a " not in since
    assert 'href="/passage/11-jahre-iq/S24?lang=en"' in evidence
    assert "<a " not in rows(visits.page("/q/which-target-group-is-named-in-so-many-words", "de").text)[0][0]


def test_a_single_value_is_a_sentence(visits: Visits) -> None:
    """One cell has no table, but its evidence."""
    page = visits.page("/q/by-how-many-projects-is-aqb-represented").text

    assert re.search(r'<div class="lead">Number: <strong>\s*<span>4</span>.*?<a class="mark explicit"', page, re.DOTALL)
    assert "<table" not in page


def test_both_addresses_have_the_page(visits: Visits) -> None:
    """The short one and the one in the graph; printed, each has its own address."""
    paths = f"/q/{COORDINATOR}", f"/query/{COORDINATOR}.html"
    short, long = (visits.page(path).text.replace(f'"printed">http://localhost{path}?', "") for path in paths)

    assert short.partition("<main")[2] == long.partition("<main")[2]
    assert f"http://localhost{paths[0]}" not in short.partition("<footer")[2]


@pytest.mark.parametrize("accept", ["*/*", "text/csv", "application/sparql-results+json"])
def test_programs_get_the_answer_itself(client: FlaskClient, accept: str) -> None:
    """Only clients that prefer HTML get the page."""
    response = client.get(f"/q/{COORDINATOR}", headers={"Accept": accept})

    assert response.status_code == 303
    assert "Accept" in response.headers["Vary"]


def test_questions_by_topic(visits: Visits) -> None:
    """One page links to all of them."""
    page = visits.page("/q/").text

    assert set(re.findall(r'href="/q/([\w-]+)\?', page)) == set(SLUGS)
    assert 'data-filter=".question"' in page
    assert page.count('<li class="question">') == len(SLUGS)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('FILTER (LANG(?name) = "en")', 'FILTER (LANG(?name) = "de")'),
        ('?aDe ?aEn FILTER (LANG(?aDe) = "de" && LANG(?aEn) = "en")',) * 2,
        (
            '?aDe ?aEn FILTER (LANG(?aEn) = "en" && LANG(?b) = "en")',
            '?aDe ?aEn FILTER (LANG(?aEn) = "en" && LANG(?b) = "de")',
        ),
        ('FILTER (LANG(?loneEn) = "en")', 'FILTER (LANG(?loneEn) = "de")'),
        ('FILTER (?name = "en")', 'FILTER (?name = "en")'),
        ('"AQB"@en', '"AQB"@en'),
    ],
)
def test_labels_in_the_readers_language(query: str, expected: str) -> None:
    """Filters on the language of labels get the reader's; pairs, values and literals stay."""
    assert in_language(query, "de") == expected


def test_a_column_without_a_head_is_called_by_its_variable() -> None:
    """So new questions have readable heads too."""
    table = columns(["nameDe", "nameEn", "openSince", "x"], "new", {}, "en")

    assert [(one.head.en, one.variables, one.is_pair) for one in table] == [
        ("Name", ("nameEn", "nameDe"), True),
        ("Open since", ("openSince",), False),
        ("X", ("x",), False),
    ]


def test_a_thing_leads_to_the_questions_that_name_it(visits: Visits) -> None:
    """Its page has them; other pages have no such section."""
    page = visits.page("/id/network-hessen.html").text
    part = page.partition("Questions about this")[2].partition("</details>")[0]

    assert f'href="/q/{COORDINATOR}' in part
    assert "Questions about this" not in visits.page("/concept/exact.html").text


@pytest.mark.parametrize(("lang", "words"), [("de", "keine Angabe"), ("en", "not stated")])
def test_missing_values_are_marked(visits: Visits, lang: str, words: str) -> None:
    """In the cell, and in the note that also links to similar questions."""
    page = visits.page("/q/who-funds-the-network", lang).text

    assert [words in row[-2] for row in rows(page)] == [True, True, True]
    assert {"de": "nennt keine Quelle", "en": "No source states since when"}[lang] in page
    assert 'href="/q/since-when-has-there-been-land-funding' in page
