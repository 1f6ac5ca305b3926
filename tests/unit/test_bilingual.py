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
WORD = re.compile(r"[^\W\d_]+")


def texts(path: Path) -> Iterator[tuple[int, str, str]]:
    """The line, the German and the English of each text that a module writes out, without what is put in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Text", "say"):
            said = {one.arg: words(one.value) for one in node.keywords}
            if said.keys() == {"de", "en"}:
                yield node.lineno, said["de"], said["en"]


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

    assert len(written) > 800
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
