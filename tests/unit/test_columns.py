"""The hyphenation of long German words."""

import pytest

from iqgraph.web.pictures import SOFT_HYPHEN, hyphenate


@pytest.mark.parametrize(
    "text",
    [
        "Fachkräfteeinwanderungs|gesetz",
        "Berufsqualifikations|feststellungs|gesetz",
        "Novellierung des Fachkräfteeinwanderungs|gesetzes",
        "Qualifizierungs|begleitung Pflege",
        "Arbeits|marktintegration",
        "Anerkennungsberatung",  # short enough for a line of any picture
        "Berufsqualifikationen",  # no joint: what follows would be the end of a word
        "Act to Improve the Assessment and Recognition of Foreign Professional Qualifications",
        "<script>alert(1)</script>",
        "",
        "KUBI e.\N{NO-BREAK SPACE}V. in Hessen",
    ],
)
def test_long_words_can_be_broken_between_their_parts(text: str) -> None:
    """At each certain boundary, and nowhere else, least of all within an abbreviation of two words."""
    plain = text.replace("|", "").replace("\N{NO-BREAK SPACE}", " ")

    assert hyphenate(plain).replace(SOFT_HYPHEN, "|") == text
