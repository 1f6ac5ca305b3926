"""The glossary: the data uses each of its words, and none that it advises against."""

import re
from pathlib import Path

import pytest
from pyoxigraph import Literal

from iqgraph.dataset import UNION, Dataset

LIST = Path(__file__).parents[2] / "docs/words.md"
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LIST.read_text().splitlines() if "|" in line]
PAIRS = [(language, word) for row in ROWS[2:] for language, word in (("de", row[0]), ("en", row[2]))]
AVOIDED = [(language, word) for row in ROWS[2:] for language, word in (("de", row[1]), ("en", row[3])) if word]
# People still search for this name, so it stays beside the current one.
FORMER_NAMES = {"Koordinierung"}


@pytest.fixture(scope="module")
def texts(dataset: Dataset) -> dict[str, list[str]]:
    """All literals of the data, by language."""
    texts: dict[str, list[str]] = {"de": [], "en": []}
    for quad in dataset.store.quads_for_pattern(None, None, None, UNION):
        if isinstance(quad.object, Literal) and quad.object.language in texts and quad.object.value not in FORMER_NAMES:
            texts[quad.object.language].append(quad.object.value)
    return texts


def test_words_are_used(texts: dict[str, list[str]]) -> None:
    """The list has no word that the data does not use."""
    whole = {language: "\n".join(sentences).casefold() for language, sentences in texts.items()}

    assert PAIRS
    assert [word for language, word in PAIRS if word.casefold() not in whole[language]] == []


def test_words_to_avoid_are_not_used(texts: dict[str, list[str]]) -> None:
    """No literal has a false friend or a second word for the same thing."""
    patterns = [(language, re.compile(rf"\b{re.escape(word)}s?\b")) for language, word in AVOIDED]

    assert patterns
    assert [text for language, pattern in patterns for text in texts[language] if pattern.search(text)] == []
