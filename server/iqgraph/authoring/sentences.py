"""A text cut into its parts: headings, items of lists, captions and sentences, each with its place.

Rules of our own: of the libraries tried (pySBD, syntok, sentencex, sentence-splitter) none got more than 29 of the
35 cases of the test right, since German ordinals and abbreviations end like sentences.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from ..resources import read_toml

MIN_WRAPPED_CHARS = 60  # a line this long, without an end, goes on in the next one
MAX_LABEL_WORDS = 3  # "Funded by:" is no sentence
MAX_HEADINGS = 2  # more of them in a row, without a text below, are captions or names
ITEM = re.compile(r"\s*(?:[•‣▪●◦·*–—-]|[0-9]{1,2}[.)]|[a-z]\))\s+(?=\S)")
OPENING, CLOSING = "\"'([\u201e\u201c\u201a\u2018\xbb\xab", r"[\"')\]\u201c\u201d\u2019\xbb\xab]*"
ENDED = re.compile(rf"[.!?…:;]{CLOSING}$")
STOP = re.compile(rf"[.!?…]{CLOSING}(?=\s+(\S+))")
LAST_WORD = re.compile(rf"[^\s{OPENING}]*$")
CLOSED = re.compile("[\u201c\u201d](?!\\w)")
ROMAN = re.compile(r"[IVX]+")
PLAIN = re.compile(r"\W+")

WORDS = {name: frozenset[str](words.split()) for name, words in read_toml(__package__, "words.toml").items()}


@dataclass(frozen=True, slots=True)
class Span:
    """A span of a text, and what it is: a sentence, a heading or a caption."""

    start: int
    end: int
    kind: str


def parts(text: str, language: str) -> list[Span]:
    """The parts of a text in their order; between them is nothing but white space."""
    found = [part for block in _blocks(text) for part in _sentences(text, block, language)]
    runs = [(kind, list(run)) for kind, run in groupby(found, key=lambda part: part.kind)]
    named = []
    for place, (kind, run) in enumerate(runs):
        is_heading = kind == "Title" and place + 1 < len(runs) and (len(run) <= MAX_HEADINGS or place == 0)
        named += run if kind != "Title" or is_heading else [replace(part, kind="Caption") for part in run]
    return named


def sections(found: list[Span]) -> Iterator[int]:
    """The section of each part: 0 is the title, another begins with each heading and with the first text."""
    number, before = 0, "Title"
    for place, part in enumerate(found):
        begins = part.kind == "Title" if before != "Title" else place == 1 or (part.kind != "Title" and number == 0)
        number += place > 0 and begins
        yield number
        before = part.kind


def _blocks(text: str) -> Iterator[Span]:
    """Lines, or several where one goes on in the next."""
    start = end = -1
    for line in re.finditer(r"[^\n]*\n?", text):
        content = line[0].strip()
        goes_on = start >= 0 and content and not ITEM.match(line[0]) and not ENDED.search(text[start:end])
        if goes_on and (len(text[start:end].rpartition("\n")[2]) >= MIN_WRAPPED_CHARS or content[0].islower()):
            end = line.start() + len(line[0].rstrip())
            continue
        if start >= 0:
            yield _block(text, start, end)
        start = line.start() + len(line[0]) - len(line[0].lstrip()) if content else -1
        end = line.start() + len(line[0].rstrip())


def _block(text: str, start: int, end: int) -> Span:
    content = text[start:end]
    is_label = content.endswith(":") and len(content.split()) <= MAX_LABEL_WORDS
    is_text = (ENDED.search(content) and not is_label) or ITEM.match(content)
    return Span(start, end, "Sentence" if is_text else "Title")


def _sentences(text: str, block: Span, language: str) -> Iterator[Span]:
    """The sentences of a block, each without the space around it."""
    start = block.start
    item = ITEM.match(text, start, block.end)
    for stop in STOP.finditer(text, item.end() if item else start, block.end):
        if _ends(text[start : stop.start()], stop, language):
            yield replace(block, start=start, end=stop.end())
            start = stop.start(1)
    yield replace(block, start=start)


def _ends(before: str, stop: re.Match[str], language: str) -> bool:
    """Whether a sentence ends at a stop, by the word before it and the one behind."""
    following = stop[1]
    is_quoted = before.count("\u201e") > len(CLOSED.findall(before + stop[0]))  # as the title of something
    first = following.lstrip(OPENING)[:1]
    if first.islower() or is_quoted:
        return False
    if stop[0][0] != ".":
        return True
    # The same abbreviation is written with and without a space: "z. B." and "z.B.".
    words = before.split(" ")
    last = LAST_WORD.search(words[-1])
    word = last[0] if last else ""
    joined = word
    for earlier in reversed(words[:-1]):
        if not re.fullmatch(r"[„(]?\w\.", earlier):
            break
        joined = f"{earlier.lstrip('„(')}{joined}"
    begins = PLAIN.sub("", following).casefold() in WORDS["beginnings"]
    if joined.casefold() in WORDS["open_abbreviations"]:
        return begins
    if joined.casefold() in WORDS["abbreviations"] or word.casefold() in WORDS["abbreviations"]:
        return False
    is_ordinal = re.fullmatch(r"[0-9]{1,3}", word) and language == "de"
    if is_ordinal or ROMAN.fullmatch(word) or (len(word) == 1 and word.isalpha()):
        return begins
    return True
