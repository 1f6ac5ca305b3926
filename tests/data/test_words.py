"""The words of the field: each of the list is used, and none that it warns of."""

import re
from pathlib import Path

import pytest
from pyoxigraph import Literal

from iqgraph.dataset import UNION, Dataset

LIST = Path(__file__).parents[2] / "docs/words.md"
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LIST.read_text().splitlines() if "|" in line]
PAIRS = [(language, word) for row in ROWS[2:] for language, word in (("de", row[0]), ("en", row[2]))]
AVOIDED = [(language, word) for row in ROWS[2:] for language, word in (("de", row[1]), ("en", row[3])) if word]
# A name that people still look for stays, beside the one in use.
FORMER_NAMES = {"Koordinierung"}


@pytest.fixture(scope="module")
def texts(dataset: Dataset) -> dict[str, list[str]]:
    """All that the data says in words, by language."""
    found: dict[str, list[str]] = {"de": [], "en": []}
    for quad in dataset.store.quads_for_pattern(None, None, None, UNION):
        if isinstance(quad.object, Literal) and quad.object.language in found and quad.object.value not in FORMER_NAMES:
            found[quad.object.language].append(quad.object.value)
    return found


def test_words_are_used(texts: dict[str, list[str]]) -> None:
    """Nothing stands in the list that the data does not need."""
    whole = {language: "\n".join(said).casefold() for language, said in texts.items()}

    assert PAIRS
    assert [word for language, word in PAIRS if word.casefold() not in whole[language]] == []


def test_words_to_avoid_are_not_used(texts: dict[str, list[str]]) -> None:
    """A word that is German in disguise, or another one for the same thing, stands nowhere."""
    patterns = [(language, re.compile(rf"\b{re.escape(word)}s?\b")) for language, word in AVOIDED]

    assert patterns
    assert [text for language, pattern in patterns for text in texts[language] if pattern.search(text)] == []
