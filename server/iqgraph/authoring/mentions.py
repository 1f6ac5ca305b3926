"""What a text may speak of: known things by their labels, and capitalised names that nothing is called by yet."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from pyoxigraph import Literal, NamedNode

from ..dataset import UNION, Dataset
from ..terms import CONCEPT, ID, IQ, SKOS
from .sentences import BEGINNINGS

LABELS = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, IQ.acronym)
WORD = re.compile(r"\w+(?:[-/&]\w+)*")
# Nouns of German are capitalised too, but two such words stand side by side only in a name.
CAPITALISED = r"[A-ZÄÖÜ][\w-]+"
NAME = re.compile(rf"{CAPITALISED}(?: (?:of |for )?{CAPITALISED})+(?: e\. ?V\.)?|[\w-]*[A-ZÄÖÜ][\w-]*[A-ZÄÖÜ][\w-]*")
ACRONYM = re.compile(r"(?=.*[A-ZÄÖÜ].*[A-ZÄÖÜ])[\w-]{2,}")
ENDING = re.compile(r"(?<=\w{4})(?:innen|ern|en|er|em|es|e|s|n)$")
UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A known thing that a passage may speak of, and the label by which it was found."""

    thing: NamedNode
    label: str


class Lexicon:
    """The labels of a dataset in one language, by the words that they begin with."""

    def __init__(self, dataset: Dataset, language: str) -> None:
        self._key = _keys(language)
        self._things: dict[Key, dict[NamedNode, str]] = {}
        for predicate in LABELS:
            for quad in dataset.store.quads_for_pattern(None, predicate, None, UNION):
                if isinstance(quad.subject, NamedNode) and (quad.subject in ID or quad.subject in CONCEPT):
                    self._add(quad.subject, quad.object, language)
        self._longest = max(map(len, self._things), default=0)

    def mentions(self, text: str) -> list[Mention]:
        """The things whose labels a text has, the longest label at each place."""
        words = WORD.findall(text)
        found: dict[NamedNode, str] = {}
        place = 0
        while place < len(words):
            length = next((n for n in range(self._longest, 0, -1) if self._at(words, place, n)), 0)
            found |= self._at(words, place, length)
            place += length or 1
        return [Mention(thing, label) for thing, label in found.items()]

    def names(self, text: str) -> list[str]:
        """Capitalised names in a text that nothing is called by."""
        known = {word for mention in self.mentions(text) for word in self._words(WORD.findall(mention.label))}
        found = (" ".join(_without_article(match[0].split(" "))) for match in NAME.finditer(text))
        words = {name: self._words(WORD.findall(name)) for name in found}
        return [name for name, keys in words.items() if _is_name(name) and not known.issuperset(keys)]

    def _add(self, thing: NamedNode, label: object, language: str) -> None:
        if isinstance(label, Literal) and (label.language == language or ACRONYM.fullmatch(label.value)):
            words = WORD.findall(label.value)
            if words:
                self._things.setdefault(self._words(words), {}).setdefault(thing, label.value)

    def _at(self, words: Sequence[str], place: int, length: int) -> Mapping[NamedNode, str]:
        part = words[place : place + length]
        found = self._things.get(self._words(part), {}) if len(part) == length and length else {}
        is_noun = length != 1 or words[place][0].isupper()  # "seit" is no "Seite"
        return found if is_noun else {thing: label for thing, label in found.items() if not label[0].isupper()}

    def _words(self, words: Iterable[str]) -> Key:
        return tuple(map(self._key, words))


def _without_article(words: list[str]) -> list[str]:
    """The words of a name that stands at the beginning of a sentence, behind an article or a preposition."""
    return words[1:] if words[0].casefold() in BEGINNINGS else words


def _is_name(name: str) -> bool:
    return " " in name or ACRONYM.fullmatch(name) is not None


def _keys(language: str) -> Callable[[str], str]:
    """What words of one meaning share: acronyms themselves, others their lemma or, without lemmas, their stem."""
    lemmatise = import_module("simplemma").lemmatize if find_spec("simplemma") else None

    def key(word: str) -> str:
        if ACRONYM.fullmatch(word):
            return word
        if lemmatise:
            word = lemmatise(word, lang=language)
        return ENDING.sub("", word.casefold().translate(UMLAUTS))

    return key
