"""The words of a search: text split into words, with stemming, compound splitting and spelling correction.

A word that occurs in the texts is taken as it is, any other is replaced by the nearest one that does. So the cost of a
search depends only on its words, of which there are few, and on lists that are built once.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..engine.nearest import Words
from ..resources import read_toml
from .facets import fold, is_code

MAX_WORDS = 8
MAX_WORD_CHARACTERS = 100
MIN_PREFIX_CHARACTERS, MIN_WORD_CHARACTERS = 8, 7
MAX_NEAR = 5
# A shorter word is one edit away from too many others.
MIN_EDIT_CHARACTERS, MIN_TWO_EDITS_CHARACTERS, MIN_PART_CHARACTERS = 4, 8, 5
_SEPARATOR = re.compile(r"[\s\-‐‑–—'\"„“”‚‘’«»‹›()!?,;/]+")  # noqa: RUF001 - what people and word processors type
_PARTICIPLE = re.compile(r"\Age(\w{5,}(?:t|en))\Z")  # of German verbs: gegründet, from the stem of gründet
_TOKEN = re.compile(rf"[^\W_]{{{MIN_EDIT_CHARACTERS},}}")
_LISTS = read_toml(__package__, "words.toml")
QUESTION_WORDS = frozenset(map(fold, _LISTS["asking"].split()))
STOP_WORDS = QUESTION_WORDS | frozenset(map(fold, _LISTS["small"].split()))
ENDINGS: tuple[str, ...] = tuple(_LISTS["endings"].split())


@dataclass(frozen=True, slots=True)
class Wording:
    """The words to search for, and what was changed or ignored.

    `correction` is the text with its spelling corrected, empty if nothing was; `unknown` are the words that occur
    nowhere, even if their parts are searched for; `ignored` are words beyond the limits, or a text without any word.
    """

    words: tuple[str, ...] = ()
    correction: str = ""
    unknown: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


class Vocabulary:
    """The words of folded texts, with the spelling that readers see."""

    def __init__(self, texts: Iterable[str], spellings: Iterable[str]) -> None:
        self._text = "\n".join(texts)
        self._lines = tuple(dict.fromkeys(self._text.split("\n")))
        # Of several spellings the last counts; most tokens are frequent, and each is folded only once.
        tokens = [token for text in spellings for token in _TOKEN.findall(text)]
        self._spellings = {fold(token): token for token in reversed(dict.fromkeys(reversed(tokens)))}
        self._index = Words(self._spellings.keys() - STOP_WORDS)

    def parse(self, text: str) -> Wording:
        """The words of a text; if none of them occurs, the prefixes of compounds among them."""
        words, ignored = split(text)
        if not words and not ignored and text.strip():
            return Wording(ignored=(text.strip(),))
        readings = [(word, *self._resolve(word)) for word in words]
        terms = dict.fromkeys(term for word, roots, _ in readings for term in roots or self._parts(word))
        unknown = tuple(word for word, roots, _ in readings if not roots)
        has_correction = any(other for *_, other in readings)
        correction = " ".join(other or word for word, roots, other in readings if roots) if has_correction else ""
        return Wording(tuple(terms) or tuple(map(self._prefix, unknown)), correction, unknown, ignored)

    def _resolve(self, word: str) -> tuple[tuple[str, ...], str]:
        """What to search for instead of a word, nothing if it occurs nowhere; and its correction, if it has one."""
        folded = fold(word)
        if is_code(word) or folded in self._text:
            return ((word,) if folded in self._text else ()), ""
        for root in (stem(folded), *map(stem, _PARTICIPLE.findall(folded))):
            if root in self._text:
                return (root,), ""
        if nearest := self._nearest(folded):
            return (self._spellings[nearest],), self._spellings[nearest]
        return (), ""

    def _nearest(self, word: str) -> str:
        """A known word one or two edits away with the same first letter, which is rarely mistyped."""
        if len(word) < MIN_EDIT_CHARACTERS:
            return ""
        edits = 2 if len(word) >= MIN_TWO_EDITS_CHARACTERS else 1
        near = self._index.nearest(word, MAX_NEAR, 1 - (edits + 0.01) / len(word))
        # One with another last letter is another word, as "Firma" is not "firm".
        similar = (other for other in near if word[0] == other[0] and word[-1] == other[-1])
        return next((other for other in similar if _is_within(word, other, edits)), "")

    def _parts(self, word: str) -> tuple[str, ...]:
        """The two parts of a compound that begin words of the same line, the first without its linking s."""
        folded = fold(word)
        spelling = word if len(word) == len(folded) else folded  # as typed, where folding kept the length
        for end in range(MIN_PART_CHARACTERS, len(folded) - MIN_PART_CHARACTERS + 1):
            first = folded[:end]
            stem = first.removesuffix("s") if len(first) > MIN_PART_CHARACTERS else first
            parts = f" {stem}", f" {folded[end:]}"
            if all(part in self._text for part in parts) and any(
                all(part in f" {line}" for part in parts) for line in self._lines
            ):
                return spelling[: len(stem)], spelling[end:]
        return ()

    def _prefix(self, word: str) -> str:
        """The longest prefix of a compound that is a word or at least occurs; else the word, which matches nothing."""
        folded = fold(word)
        ends = range(len(folded) - MIN_EDIT_CHARACTERS, MIN_WORD_CHARACTERS - 1, -1)
        words = (folded[:end] for end in ends if folded[:end] in self._spellings)
        prefixes = (folded[:end] for end in ends if end >= MIN_PREFIX_CHARACTERS and folded[:end] in self._text)
        return next((self._spellings[key] for key in words), next(prefixes, word))


def split(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words to search for, without duplicates and stop words; and those beyond the limits."""
    tokens = (token.rstrip(".:…") for token in _SEPARATOR.split(text))
    words = tuple(dict.fromkeys(token for token in tokens if fold(token)))
    words = tuple(word for word in words if fold(word) not in STOP_WORDS) or words
    accepted = tuple(word for word in words if len(word) <= MAX_WORD_CHARACTERS)[:MAX_WORDS]
    return accepted, tuple(word for word in words if word not in accepted)


def _is_within(word: str, other: str, edits: int) -> bool:
    """Whether at most so many letters are missing, added or transposed; a substitution counts as two edits.

    So a short word is never corrected to one with another letter, which is mostly another word.
    https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance
    """
    if word[:1] == other[:1]:
        return not word or _is_within(word[1:], other[1:], edits)
    rests = [(word[1:], other), (word, other[1:])]
    if word[:2] == other[1::-1]:
        rests.append((word[2:], other[2:]))
    return edits > 0 and any(_is_within(*rest, edits - 1) for rest in rests)


def is_question(text: str) -> bool:
    """Whether a text is a question: it ends with a question mark, or begins with a question word, as in "seit wann"."""
    words = fold(text).split()
    return text.rstrip().endswith("?") or (len(words) > 1 and not QUESTION_WORDS.isdisjoint(words[:2]))


def stem(word: str) -> str:
    """A folded word without its ending, if enough of it remains."""
    stems = (word.removesuffix(ending) for ending in ENDINGS if word.endswith(ending))
    return next((root for root in stems if len(root) >= MIN_PART_CHARACTERS), word)
