"""The hyphenation of long German words."""

import pytest

from iqgraph.web.pictures import SOFT_HYPHEN, hyphenate


@pytest.mark.parametrize(
    "word",
    [
        "Fachkräfteeinwanderungs|gesetz",
        "Berufsqualifikations|feststellungs|gesetz",
        "Novellierung des Fachkräfteeinwanderungs|gesetzes",
        "Qualifizierungs|begleitung Pflege",
        "Arbeits|marktintegration",
    ],
)
def test_a_long_word_can_be_broken_between_its_parts(word: str) -> None:
    """At each certain boundary, and nowhere else."""
    assert hyphenate(word.replace("|", "")).replace(SOFT_HYPHEN, "|") == word


@pytest.mark.parametrize(
    "text",
    [
        "Anerkennungsberatung",  # short enough for a line of any picture
        "Berufsqualifikationen",  # no joint: what follows would be the end of a word
        "Act to Improve the Assessment and Recognition of Foreign Professional Qualifications",
        "<script>alert(1)</script>",
        "",
    ],
)
def test_all_else_stays_as_it_is(text: str) -> None:
    """No boundary is guessed."""
    assert hyphenate(text) == text


def test_an_abbreviation_of_two_words_is_not_broken() -> None:
    """Its parts stay on one line."""
    assert hyphenate("KUBI e. V. in Hessen") == "KUBI e.\N{NO-BREAK SPACE}V. in Hessen"
