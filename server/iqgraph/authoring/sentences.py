"""Splitting of a text into headings, list items, captions and sentences, each with its position.

The rules are our own: none of the libraries tried (pySBD, syntok, sentencex, sentence-splitter) was right in more than
29 of the 35 cases of the test, since German ordinals and abbreviations end like sentences.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from ..resources import read_toml

MIN_WRAPPED_CHARS = 60  # a line of this length without an end of sentence continues in the next one
MAX_LABEL_WORDS = 3  # "Funded by:" is no sentence
MAX_HEADINGS = 2  # more of them in a row without a text below are captions or names
ITEM = re.compile(r"\s*(?:[•‣▪●◦·*–—-]|[0-9]{1,2}[.)]|[a-z]\))\s+(?=\S)")
OPENING, CLOSING = "\"'([\u201e\u201c\u201a\u2018\xbb\xab", r"[\"')\]\u201c\u201d\u2019\xbb\xab]*"
SENTENCE_END = re.compile(rf"[.!?…:;]{CLOSING}$")
STOP = re.compile(rf"[.!?…]{CLOSING}(?=\s+(\S+))")
LAST_WORD = re.compile(rf"[^\s{OPENING}]*$")
CLOSING_QUOTE = re.compile("[\u201c\u201d](?!\\w)")
ROMAN = re.compile(r"[IVX]+")
NON_WORD = re.compile(r"\W+")

WORDS = {name: frozenset[str](words.split()) for name, words in read_toml(__package__, "words.toml").items()}


@dataclass(frozen=True, slots=True)
class Span:
    """A span of a text of one kind: Sentence, Title (a heading) or Caption."""

    start: int
    end: int
    kind: str


def split_text(text: str, language: str) -> list[Span]:
    """The spans of a text in their order; there is only white space between them."""
    spans = [span for block in _blocks(text) for span in _sentences(text, block, language)]
    runs = [(kind, list(run)) for kind, run in groupby(spans, key=lambda span: span.kind)]
    result = []
    for index, (kind, run) in enumerate(runs):
        is_heading = kind == "Title" and index + 1 < len(runs) and (len(run) <= MAX_HEADINGS or index == 0)
        result += run if kind != "Title" or is_heading else [replace(span, kind="Caption") for span in run]
    return result


def section_numbers(spans: list[Span]) -> Iterator[int]:
    """The section of each span: 0 is the title; the first text and each heading begin another one."""
    number, previous = 0, "Title"
    for index, span in enumerate(spans):
        is_title = span.kind == "Title"
        is_start = is_title if previous != "Title" else index == 1 or (not is_title and number == 0)
        number += index > 0 and is_start
        yield number
        previous = span.kind


def _blocks(text: str) -> Iterator[Span]:
    """The lines of a text, joined where one continues in the next."""
    start = end = -1
    for line in re.finditer(r"[^\n]*\n?", text):
        content = line[0].strip()
        may_continue = start >= 0 and content and not ITEM.match(line[0]) and not SENTENCE_END.search(text[start:end])
        if may_continue and (len(text[start:end].rpartition("\n")[2]) >= MIN_WRAPPED_CHARS or content[0].islower()):
            end = line.start() + len(line[0].rstrip())
            continue
        if start >= 0:
            yield Span(start, end, _kind(text[start:end]))
        start = line.start() + len(line[0]) - len(line[0].lstrip()) if content else -1
        end = line.start() + len(line[0].rstrip())


def _kind(block: str) -> str:
    is_label = block.endswith(":") and len(block.split()) <= MAX_LABEL_WORDS
    return "Sentence" if (SENTENCE_END.search(block) and not is_label) or ITEM.match(block) else "Title"


def _sentences(text: str, block: Span, language: str) -> Iterator[Span]:
    """The sentences of a block, without white space around them."""
    start = block.start
    item = ITEM.match(text, start, block.end)
    for stop in STOP.finditer(text, item.end() if item else start, block.end):
        if _is_end(text[start : stop.start()], stop, language):
            yield replace(block, start=start, end=stop.end())
            start = stop.start(1)
    yield replace(block, start=start)


def _is_end(before: str, stop: re.Match[str], language: str) -> bool:
    """Whether a sentence ends at a stop, judged by the words before and after it."""
    following = stop[1]
    is_quoted = before.count("\u201e") > len(CLOSING_QUOTE.findall(before + stop[0]))  # such as a title
    first = following.lstrip(OPENING)[:1]
    if first.islower() or is_quoted:
        return False
    if stop[0][0] != ".":
        return True
    # An abbreviation may have spaces or not: "z. B." and "z.B.".
    words = before.split(" ")
    match = LAST_WORD.search(words[-1])
    word = abbreviation = match[0] if match else ""
    for previous in reversed(words[:-1]):
        if not re.fullmatch(r"[„(]?\w\.", previous):
            break
        abbreviation = f"{previous.lstrip('„(')}{abbreviation}"
    is_beginning = NON_WORD.sub("", following).casefold() in WORDS["beginnings"]
    if abbreviation.casefold() in WORDS["open_abbreviations"]:
        return is_beginning
    if abbreviation.casefold() in WORDS["abbreviations"] or word.casefold() in WORDS["abbreviations"]:
        return False
    is_ordinal = re.fullmatch(r"[0-9]{1,3}", word) and language == "de"
    if is_ordinal or ROMAN.fullmatch(word) or (len(word) == 1 and word.isalpha()):
        return is_beginning
    return True
