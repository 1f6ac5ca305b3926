"""The parts of a text."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iqgraph.authoring.sentences import section_numbers, split_text

SENTENCES = {
    "de": [
        ["Die Stelle berät z. B. seit dem 1. März 2020 für den EXIS Europa e. V. in Sachsen.", "Sie hat zwei Büros."],
        ["Das Projekt läuft seit dem 1. März 2020.", "Am 3. Mai begann der 2. Abschnitt."],
        ["Er kam im 19. Jahrhundert.", "Danach ging er."],
        ["Das Netzwerk besteht seit 2005.", "Es hat 16 Mitglieder."],
        ["Träger ist die Bildung gGmbH bzw. der Verein e. V.", "Er sitzt in Erfurt."],
        ["Gemeint sind Dr. Anna Muster, Prof. Dr. Ben Beispiel u. a. m.", "Beide forschen."],
        ["Der Satz lautet: „Das geht nicht.“", "Danach folgt ein anderer."],
        ["„Geht das?“, fragte sie.", "Es ging!"],
        ["Das Projekt „Auf! Ein Weg nach oben“ lief lange.", "Es ist vorbei."],
        ["Die Kosten betragen ca. 3,5 Mio. Euro.", "Der Bund zahlt 1.200.000 Euro."],
        ["Siehe Abs. 2 Nr. 3 des Gesetzes.", "Art. 5 gilt auch."],
        ["Die Telefonzeiten sind Mo. bis Fr. von 9 bis 12 Uhr.", "Sonntags ist zu."],
        ["Es gibt Kurse, Beratung usw.", "Die Teilnahme ist frei."],
        ["Die Seite www.beispiel.de hilft.", "Mehr dazu unter info@beispiel.de."],
        ["Was bedeutet das?", "Sehr viel!", "Wirklich."],
        ["Die Ausgabe erschien am 12.03.2021.", "Sie ist vergriffen."],
        ["Kommt 2020 … oder später.", "Niemand weiß es."],
        ["König Ludwig II. regierte lange.", "Dann nicht mehr."],
        ["Sie arbeitet i. d. R. vormittags.", "Er auch."],
        ["Das Angebot endet am 31. Dezember.", "Die Nachfrage bleibt."],
        ["Am Ende stand Platz 3.", "Der Preis war hoch."],
        ["Frau Prof. Dr. Berg leitet das Institut f. Soz. Forschung seit dem 15. April 1998."],
        ["Das Amt (Abt. II, Ref. 3) prüft Anträge gem. § 4 Abs. 1 S. 2.", "Es hat vier Wochen Zeit."],
    ],
    "en": [
        ["The office advises, e.g. since 1 March 2020, for EXIS Europa e. V. in Saxony.", "It has two sites."],
        ["Dr. Smith and Mrs. Jones met on Jan. 5, 2021.", "They talked."],
        ["The U.S. government pays.", "It pays well."],
        ["It cost approx. 3.5 million euros.", "Nobody minded."],
        ["See No. 4 and Fig. 2, i.e. the picture.", "It shows all."],
        ["There are courses, advice, etc.", "All are free."],
        ["The firm Acme Ltd. sells it.", "Its price is low."],
        ["J. K. Rowling wrote it.", "It sold well."],
        ["The meeting is at 5 p.m. on Monday.", "Do come."],
        ["It began in 2013.", "In 2019 it was renewed."],
        ["They live in the U.S.", "They like it."],
        ["In Sec. 3 the act says so.", "Sec. 4 does not."],
    ],
}
LAYOUT = """Cycling in town

Who lends bicycles
• The library lends bicycles.
2. The school lends some,
but only to pupils.
A long line of a text that was wrapped by hand by whoever wrote it down goes on
here.

Funded by:

The town
"""


@pytest.mark.parametrize(
    ("language", "expected"), [(language, case) for language, cases in SENTENCES.items() for case in cases]
)
def test_sentences(language: str, expected: list[str]) -> None:
    """Abbreviations, dates and ordinals end no sentence, but a sentence may end with them."""
    text = " ".join(expected)

    assert [text[part.start : part.end] for part in split_text(text, language)] == expected


def test_layout() -> None:
    """Headings begin sections, items of lists keep their marks, and a heading without text below is a caption."""
    parts = split_text(LAYOUT, "en")
    sections = zip(parts, section_numbers(parts), strict=True)
    kinds = [(section, part.kind, LAYOUT[part.start : part.end][:9]) for part, section in sections]

    assert kinds == [
        (0, "Title", "Cycling i"),
        (1, "Title", "Who lends"),
        (1, "Sentence", "• The lib"),
        (1, "Sentence", "2. The sc"),
        (1, "Sentence", "A long li"),
        (1, "Caption", "Funded by"),
        (1, "Caption", "The town"),
    ]


@settings(max_examples=40)
@given(st.text(alphabet="aB. 1\n•!?“:e", max_size=200), st.sampled_from(["de", "en"]))
def test_nothing_is_lost(text: str, language: str) -> None:
    """Parts do not overlap, and there is only white space between them."""
    parts = split_text(text, language)
    edges = [0, *(place for part in parts for place in (part.start, part.end)), len(text)]

    assert edges == sorted(edges)
    assert not any(text[start:end].strip() for start, end in list(pairwise(edges))[::2])
    assert all(text[part.start : part.end] == text[part.start : part.end].strip() != "" for part in parts)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("One town\n\nA text is here.\n\nTwo\n\nThree\n\nA text is here.", "Title Sentence Title Title Sentence"),
        ("One\n\nA text is here.\n\nTwo\n\nThree\n\nFour\n\nIt is.", "Title Sentence Caption Caption Caption Sentence"),
        ("Funded by the town:\n\nA text is here.", "Sentence Sentence"),
        ("Funded by others:\n\nA text is here.", "Title Sentence"),
    ],
    ids=["two headings", "three are names", "four words", "three words"],
)
def test_bounds_of_headings(text: str, kinds: str) -> None:
    """More than two in a row are captions, and more than three words before a colon are a sentence."""
    assert [part.kind for part in split_text(text, "en")] == kinds.split()
