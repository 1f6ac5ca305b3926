"""Words that distinguish German and English."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Function words of one language only; "die", "was", "in", "an", "so" and "am" are words of both.
GERMAN = _words(
    """
    aber alle auf aus bei dem der des diese diesen dieser dieses durch ein eine einem einen einer eines es für
    gibt haben hat hier ihre ihren ihrer ist kein keine keinem keinen keiner können mit nach nicht noch nur oder
    ohne sich sie sind und unter vom von vor war weil wenn werden wie wird zu zum zur über
    """
)
ENGLISH = _words(
    """
    and are at be been but by cannot does each every for from had has have here how if is it its nobody none not
    of on or other out than that the their them then there these they this those to too which while who with
    without
    """
)
_QUOTED = re.compile(r"„[^“]*“|“[^”]*”|<[^>]*>|\{[^}]*\}|\w+(?:-\w+)+|\S*[/:=_]\S+")


def foreign(text: str, language: frozenset[str]) -> frozenset[str]:
    """The words of a language in a text, except in quotations and addresses."""
    return language.intersection(re.findall(r"\w+", _QUOTED.sub(" ", text).lower()))
