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


@pytest.mark.parametrize(("language", "word"), PAIRS)
def test_word_is_used(texts: dict[str, list[str]], language: str, word: str) -> None:
    """Nothing stands in the list that the data does not need."""
    assert any(word.casefold() in text.casefold() for text in texts[language])


@pytest.mark.parametrize(("language", "word"), AVOIDED)
def test_word_to_avoid_is_not_used(texts: dict[str, list[str]], language: str, word: str) -> None:
    """A word that is German in disguise, or another one for the same thing, stands nowhere."""
    pattern = re.compile(rf"\b{re.escape(word)}s?\b")

    assert [text for text in texts[language] if pattern.search(text)] == []
