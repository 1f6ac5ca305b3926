"""Texts in two languages: each word of the source is in the language that it is meant for."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from iqgraph.bilingual import Text, sentences
from languages import ENGLISH, GERMAN, foreign
from repository import ROOT

PACKAGE = ROOT / "server/iqgraph"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "node_modules" not in path.parts)

SAID = re.compile(r"say\(\s*de='((?:[^'\\]|\\.)*)',\s*en='((?:[^'\\]|\\.)*)'")
# What is called so in both languages.
NAMES = {"  . Version  . ", "Graph", "Organisation", "Edit column → Add columns from reconciled values …"}
# Modules that put other parts into the two: times, numbers, genders, and what begins a sentence.
OTHERWISE = {f"{name}.py" for name in ("bilingual", "folder", "language", "options", "tables", "terminal", "timeline")}
HOLE = re.compile(r"\{\w*\}")
WORD = re.compile(r"[^\W\d_]+")


def said(path: Path) -> Iterator[tuple[int, ast.expr, ast.expr]]:
    """The line, the German and the English of each text of a module, and of each error that has one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            given = {one.arg: one.value for one in node.keywords}
            if given.keys() >= {"de", "en"}:
                yield node.lineno, given["de"], given["en"]


def texts(path: Path) -> Iterator[tuple[int, str, str]]:
    """The same without what is put in."""
    for line, german, english in said(path):
        yield line, words(german), words(english)


def words(node: ast.expr) -> str:
    """What is written out of a string."""
    constants = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return " ".join(one for one in constants if isinstance(one, str))


def test_each_text_is_in_its_language() -> None:
    """No word of one language stands in a text of the other, and the check has many texts to look at."""
    written = [(path.relative_to(PACKAGE).as_posix(), *text) for path in MODULES for text in texts(path)]

    assert sum(1 for *_, english in written if re.search(r"\w \w", english)) > 200
    assert [
        (path, line, found)
        for path, line, german, english in written
        for found in (foreign(german, ENGLISH), foreign(english, GERMAN))
        if found
    ] == []


def languages(node: ast.expr) -> set[str]:
    """The languages that a text names, to take of other things their words in it."""
    named = [getattr(one, name, "") for one in ast.walk(node) for name in ("attr", "id", "value")]
    return {one for one in ("de", "en") if one in named}


def variables(node: ast.expr) -> tuple[set[str], int]:
    """What is put into a text: variables, and how much later."""
    put = [ast.walk(one.value) for one in ast.walk(node) if isinstance(one, ast.FormattedValue)]
    return {one.id for part in put for one in part if isinstance(one, ast.Name)}, len(HOLE.findall(words(node)))


def test_both_languages_say_the_same_things() -> None:
    """What is put into the one is put into the other too, and each time in its own language."""
    pairs = [(path.name, german, english) for path in MODULES for _, german, english in said(path)]

    assert sum("de" in languages(german) for _, german, _ in pairs) > 20
    assert [one for one, german, english in pairs if "en" in languages(german) or "de" in languages(english)] == []
    assert sum(len(variables(german)[0]) for _, german, _ in pairs) > 200
    assert {one for one, german, english in pairs if variables(german) != variables(english)} <= OTHERWISE


def templates() -> Iterator[tuple[str, int, str, str]]:
    """The same of the templates, with their names."""
    for path in sorted(PACKAGE.glob("web/templates/**/*.html")):
        page = path.read_text(encoding="utf-8")
        for said in SAID.finditer(page):
            yield path.name, page[: said.start()].count("\n") + 1, said[1], said[2]


def own_words(text: str, other: str) -> set[str]:
    """The words of a text that are not also in the other."""
    return {*WORD.findall(text.lower())}.difference(WORD.findall(other.lower()))


def test_no_two_languages_are_exchanged() -> None:
    """The words of a text are those that other texts of its language have, short as it may be."""
    written = [(path.name, *text) for path in MODULES for text in texts(path)] + [*templates()]
    pairs = [(own_words(german, english), own_words(english, german)) for *_, german, english in written]
    germans, englishes = (Counter(word for pair in pairs for word in pair[number]) for number in (0, 1))

    def fits(german: set[str], english: set[str]) -> int:
        here = [germans[word] - 1 - englishes[word] for word in german]
        here += [englishes[word] - 1 - germans[word] for word in english]
        return sum(one > 0 for one in here) - sum(one < 0 for one in here)

    assert len(written) > 1000
    assert {english for *_, german, english in written if german == english and WORD.search(english)} == NAMES
    assert [one for one, pair in zip(written, pairs, strict=True) if fits(*pair) < -1 and len(one[2]) > 2] == []
    assert fits({"show", "all"}, {"alles", "zeigen"}) < -1


def test_foreign_words_are_found() -> None:
    """The check itself can fail; what is quoted may be in any language."""
    assert foreign("Die Abfrage ist not zu lesen.", ENGLISH) == {"not"}
    assert foreign("The query ist empty.", GERMAN) == {"ist"}
    assert foreign("Die Engine meldet: „the query is empty“", ENGLISH) == set()


def test_sentences() -> None:
    """One behind the other, in each language; nothing for what is not said."""
    first, second = Text(de="Eins.", en="One."), Text(de="Zwei.", en="Two.")

    assert sentences(first, None, second) == Text(de="Eins. Zwei.", en="One. Two.")
