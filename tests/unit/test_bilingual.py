"""Texts in two languages: each word in the source is of its declared language."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from iqgraph.bilingual import Text, seconds_text, sentences
from languages import ENGLISH, GERMAN, foreign
from repository import ROOT

PACKAGE = ROOT / "server/iqgraph"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "node_modules" not in path.parts)

CALL = re.compile(r"say\(\s*de='((?:[^'\\]|\\.)*)',\s*en='((?:[^'\\]|\\.)*)'")
# What is called so in both languages.
NAMES = {"Graph", "Organisation", "Edit column → Add columns from reconciled values …"}
# Modules that put other parts into the two: times, numbers, genders, and what begins a sentence.
OTHERWISE = {
    f"{name}.py" for name in ("bilingual", "labelling", "language", "options", "tables", "terminal", "timeline")
}
HOLE = re.compile(r"\{\w*\}")
WORD = re.compile(r"[^\W\d_]+")


def pairs_of(path: Path) -> Iterator[tuple[int, ast.expr, ast.expr]]:
    """The line, the German and the English text of each pair in a module, errors included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            arguments = {one.arg: one.value for one in node.keywords}
            if arguments.keys() >= {"de", "en"}:
                yield node.lineno, arguments["de"], arguments["en"]


def texts(path: Path) -> Iterator[tuple[int, str, str]]:
    """The same without placeholders."""
    for line, german, english in pairs_of(path):
        yield line, words(german), words(english)


def words(node: ast.expr) -> str:
    """The constant parts of a string."""
    constants = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return " ".join(one for one in constants if isinstance(one, str))


def test_texts_have_no_word_of_the_other_language() -> None:
    """The check covers many texts."""
    rows = [(path.relative_to(PACKAGE).as_posix(), *text) for path in MODULES for text in texts(path)]

    assert sum(1 for *_, english in rows if re.search(r"\w \w", english)) > 200
    assert [
        (path, line, foreign_words)
        for path, line, german, english in rows
        for foreign_words in (foreign(german, ENGLISH), foreign(english, GERMAN))
        if foreign_words
    ] == []


def languages(node: ast.expr) -> set[str]:
    """The languages whose words a text takes from other values."""
    names = [getattr(one, name, "") for one in ast.walk(node) for name in ("attr", "id", "value")]
    return {one for one in ("de", "en") if one in names}


def variables(node: ast.expr) -> tuple[set[str], int]:
    """The variables of a text, and the number of its placeholders for later values."""
    parts = [ast.walk(one.value) for one in ast.walk(node) if isinstance(one, ast.FormattedValue)]
    return {one.id for part in parts for one in part if isinstance(one, ast.Name)}, len(HOLE.findall(words(node)))


def test_both_languages_contain_the_same_values() -> None:
    """Each in its own language."""
    pairs = [(path.name, german, english) for path in MODULES for _, german, english in pairs_of(path)]

    assert sum("de" in languages(german) for _, german, _ in pairs) > 20
    assert [one for one, german, english in pairs if "en" in languages(german) or "de" in languages(english)] == []
    assert sum(len(variables(german)[0]) for _, german, _ in pairs) > 200
    assert {one for one, german, english in pairs if variables(german) != variables(english)} <= OTHERWISE


def templates() -> Iterator[tuple[str, int, str, str]]:
    """The same of the templates, with their names."""
    for path in sorted(PACKAGE.glob("web/templates/**/*.html")):
        page = path.read_text(encoding="utf-8")
        for match in CALL.finditer(page):
            yield path.name, page[: match.start()].count("\n") + 1, match[1], match[2]


def own_words(text: str, other: str) -> set[str]:
    """The words of a text that the other text does not have."""
    return {*WORD.findall(text.lower())}.difference(WORD.findall(other.lower()))


def test_languages_are_not_swapped() -> None:
    """The words of a text occur in other texts of its language, even in a short text."""
    rows = [(path.name, *text) for path in MODULES for text in texts(path)] + [*templates()]
    pairs = [(own_words(german, english), own_words(english, german)) for *_, german, english in rows]
    germans, englishes = (Counter(word for pair in pairs for word in pair[number]) for number in (0, 1))

    def fits(german: set[str], english: set[str]) -> int:
        here = [germans[word] - 1 - englishes[word] for word in german]
        here += [englishes[word] - 1 - germans[word] for word in english]
        return sum(one > 0 for one in here) - sum(one < 0 for one in here)

    assert len(rows) > 1000
    assert {english for *_, german, english in rows if german == english and WORD.search(english)} == NAMES
    assert [one for one, pair in zip(rows, pairs, strict=True) if fits(*pair) < -1 and len(one[2]) > 2] == []
    assert fits({"show", "all"}, {"alles", "zeigen"}) < -1


def test_the_check_finds_foreign_words() -> None:
    """A quotation may be in any language."""
    assert foreign("Die Abfrage ist not zu lesen.", ENGLISH) == {"not"}
    assert foreign("The query ist empty.", GERMAN) == {"ist"}
    assert foreign("Die Engine meldet: „the query is empty“", ENGLISH) == set()


def test_sentences() -> None:
    """They are joined in each language; missing ones are skipped."""
    first, second = Text(de="Eins.", en="One."), Text(de="Zwei.", en="Two.")

    assert sentences(first, None, second) == Text(de="Eins. Zwei.", en="One. Two.")


def test_one_second_is_singular() -> None:
    """And only one."""
    assert seconds_text(1.0) == Text(de="1 Sekunde", en="1 second")
    assert seconds_text(0.5) == Text(de="0,5 Sekunden", en="0.5 seconds")
    assert seconds_text(10) == Text(de="10 Sekunden", en="10 seconds")
