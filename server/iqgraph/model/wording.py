"""What a reader has typed, as the words that are looked for, with regard to endings, compounds and slips.

A word that occurs is taken as it is. Of another one, that which is nearest and does occur is taken; so a search costs
no more than its words, of which there are few, and each is held against a list that was made once.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..engine.nearest import Words
from ..resources import read_toml
from .facets import fold, is_code

MAX_WORDS = 8
MAX_WORD_CHARACTERS = 100
MIN_BEGINNING_CHARACTERS, MIN_WORD_CHARACTERS = 8, 7
MAX_NEAR = 5
# A shorter word is one letter away from too many others.
MIN_SLIP_CHARACTERS, MIN_TWO_SLIPS_CHARACTERS, MIN_PART_CHARACTERS = 4, 8, 5
_BETWEEN = re.compile(r"[\s\-‐‑–—'\"„“”‚‘’«»‹›()!?,;/]+")  # noqa: RUF001 - what people and word processors type
_PARTICIPLE = re.compile(r"\Age(\w{5,}(?:t|en))\Z")  # of German verbs: gegründet, begun like gründet
_TOKEN = re.compile(rf"[^\W_]{{{MIN_SLIP_CHARACTERS},}}")
_LISTS = read_toml(__package__, "words.toml")
ASKING = frozenset(map(fold, _LISTS["asking"].split()))
SMALL = ASKING | frozenset(map(fold, _LISTS["small"].split()))
ENDINGS: tuple[str, ...] = tuple(_LISTS["endings"].split())


@dataclass(frozen=True, slots=True)
class Wording:
    """The words that are looked for, and what became of the others.

    `meant` is what was typed with its slips put right, empty if there were none; `unknown` are words of which nothing
    tells, even if their parts are looked for; `left_out` are those that were too many or too long, or all that was
    typed if there is no word in it.
    """

    words: tuple[str, ...] = ()
    meant: str = ""
    unknown: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class Vocabulary:
    """The words of texts, which are folded, with the spelling that readers see."""

    def __init__(self, texts: Iterable[str], spellings: Iterable[str]) -> None:
        self.texts = tuple(texts)
        self.all = "\n".join(self.texts)
        self.lines = tuple(dict.fromkeys(self.all.split("\n")))
        # Of several spellings the last counts; most tokens come many times, and are folded once.
        tokens = [token for text in spellings for token in _TOKEN.findall(text)]
        self.spellings = {fold(token): token for token in reversed(dict.fromkeys(reversed(tokens)))}
        self.near = Words(self.spellings.keys() - SMALL)

    def read(self, typed: str) -> Wording:
        """The words of what somebody typed; if nothing tells of any of them, what compounds among them begin with."""
        wanted, left_out = split(typed)
        if not wanted and not left_out and typed.strip():
            return Wording(left_out=(typed.strip(),))
        found = [(word, *self._reading(word)) for word in wanted]
        words = dict.fromkeys(one for word, known, _ in found for one in known or self._parts(word))
        unknown = tuple(word for word, known, _ in found if not known)
        has_slip = any(slip for *_, slip in found)
        meant = " ".join(slip or word for word, known, slip in found if known) if has_slip else ""
        return Wording(tuple(words) or tuple(map(self._beginning, unknown)), meant, unknown, left_out)

    def _reading(self, word: str) -> tuple[tuple[str, ...], str]:
        """The words to look for in the place of one, and the word itself without its slip if it has one."""
        folded = fold(word)
        if is_code(word) or folded in self.all:
            return ((word,) if folded in self.all else ()), ""
        for root in (stem(folded), *map(stem, _PARTICIPLE.findall(folded))):
            if root in self.all:
                return (root,), ""
        if slip := self._nearest(folded):
            return (self.spellings[slip],), self.spellings[slip]
        return (), ""

    def _nearest(self, word: str) -> str:
        """The word that one or two letters make of this one, but not the first, in which there are few slips."""
        if len(word) < MIN_SLIP_CHARACTERS:
            return ""
        slips = 2 if len(word) >= MIN_TWO_SLIPS_CHARACTERS else 1
        near = self.near.nearest(word, MAX_NEAR, 1 - (slips + 0.01) / len(word))
        # One with another end is another word, as "Firma" is not "firm".
        alike = (one for one in near if word[0] == one[0] and word[-1] == one[-1])
        return next((one for one in alike if _differs(word, one, slips)), "")

    def _parts(self, word: str) -> tuple[str, ...]:
        """The two parts of a compound that begin words of one line, the first without the s that joins them."""
        folded = fold(word)
        shown = word if len(word) == len(folded) else folded  # as it was typed, where each letter is one
        for end in range(MIN_PART_CHARACTERS, len(folded) - MIN_PART_CHARACTERS + 1):
            first = folded[:end]
            stem = first.removesuffix("s") if len(first) > MIN_PART_CHARACTERS else first
            parts = f" {stem}", f" {folded[end:]}"
            if all(part in self.all for part in parts) and any(
                all(part in f" {line}" for part in parts) for line in self.lines
            ):
                return shown[: len(stem)], shown[end:]
        return ()

    def _beginning(self, word: str) -> str:
        """The longest beginning of a compound that is a word or else occurs; or the word, which finds nothing."""
        folded = fold(word)
        ends = range(len(folded) - MIN_SLIP_CHARACTERS, MIN_WORD_CHARACTERS - 1, -1)
        words = (folded[:end] for end in ends if folded[:end] in self.spellings)
        occurring = (folded[:end] for end in ends if end >= MIN_BEGINNING_CHARACTERS and folded[:end] in self.all)
        return next((self.spellings[one] for one in words), next(occurring, word))


def split(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that are looked for, each once, and those that are not: too long, or beyond the first few."""
    bare = (word.rstrip(".:…") for word in _BETWEEN.split(text))
    found = tuple(dict.fromkeys(word for word in bare if fold(word)))
    telling = tuple(word for word in found if fold(word) not in SMALL) or found
    wanted = tuple(word for word in telling if len(word) <= MAX_WORD_CHARACTERS)[:MAX_WORDS]
    return wanted, tuple(word for word in telling if word not in wanted)


def _differs(one: str, other: str, slips: int) -> bool:
    """Whether so many letters at most are missing, added or swapped; a wrong one is missing and added.

    So a short word is never taken for one with another letter, which is mostly another word.
    https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance
    """
    if one[:1] == other[:1]:
        return not one or _differs(one[1:], other[1:], slips)
    made = [(one[1:], other), (one, other[1:])]
    if one[:2] == other[1::-1]:
        made.append((one[2:], other[2:]))
    return slips > 0 and any(_differs(here, there, slips - 1) for here, there in made)


def is_question(text: str) -> bool:
    """Whether somebody asks in a sentence: by its mark, or by the word that it begins with."""
    first, _, rest = text.strip().partition(" ")
    return text.rstrip().endswith("?") or (bool(rest) and fold(first) in ASKING)


def stem(word: str) -> str:
    """A folded word without its ending, if it is long enough for one."""
    stems = (word.removesuffix(ending) for ending in ENDINGS if word.endswith(ending))
    return next((one for one in stems if len(one) >= MIN_PART_CHARACTERS), word)
