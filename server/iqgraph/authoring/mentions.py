"""What a text may speak of: known things by their labels, and capitalised names that nothing is called by yet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from ..dataset import UNION, Dataset
from ..terms import CONCEPT, ID, IQ, RDF, SKOS
from .sentences import BEGINNINGS

LABELS = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, IQ.acronym)
LEGAL_FORMS = ("GmbH", "gGmbH", "gUG", "UG", "AG", "KG", "GbR", "eG")
WORD = re.compile(r"\w+\+?")  # "ESF+" is no "ESF"
NOT_SPOKEN_OF = {IQ.Document, IQ.Section}  # they are called by what they are about
# Nouns of German are capitalised too, but two such words stand side by side only in a name.
CAPITALISED = r"[A-ZÄÖÜ][\w-]+"
NAME = re.compile(rf"{CAPITALISED}(?: (?:of |for )?{CAPITALISED})+|[\w-]*[A-ZÄÖÜ][\w-]*[A-ZÄÖÜ][\w-]*")
# What is a name by its form, even if a part of it is known: in quotation marks, with its legal form, a body, a day.
BODIES = (
    r"(?:[Ii]nstitut|[Aa]mt|[Zz]entrum|[Vv]erband|[Gg]esellschaft|[Ss]tiftung|[Mm]inisterium|[Ss]telle|[Hh]ochschule)"
)
MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
MONTHS_EN = "January|February|March|April|May|June|July|August|September|October|November|December"
WHOLE = re.compile(
    rf"(?<=[„“])[A-ZÄÖÜ][^„“”\n]{{2,60}}(?=[“”])|{CAPITALISED}(?: {CAPITALISED})* e\. ?V\."
    rf"|\b[\w-]*{BODIES} (?:für|for) {CAPITALISED}(?: und {CAPITALISED})?"
    rf"|\b[0-9]{{1,2}}\. (?:{MONTHS}) [0-9]{{4}}|\b[0-9]{{1,2}} (?:{MONTHS_EN}) [0-9]{{4}}"
)
ADDRESS = re.compile(r"\b(?:Frau|Herrn?)(?= (?:Dr\.|Prof\.|[A-ZÄÖÜ]))")  # "Frau Dr." speaks of one, not of women
ACRONYM = re.compile(r"(?=.*[A-ZÄÖÜ].*[A-ZÄÖÜ])[\w-]{2,}")
ENDING = re.compile(r"(?<=\w{4})(?:innen|ern|en|er|em|es|e|s|n)$")
# "Koordination", "koordiniert" and "Koordinierung" have one stem, and so have the name of a Land and its adjective.
DERIVED = re.compile(r"(?<=\w{4})(?:ationen|ation|ierung|iert|ier|ungs?|isch|weit|t)$")
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
        self._things: dict[Key, dict[NamedNode, str]] = {}
        for predicate in LABELS:
            for quad in dataset.store.quads_for_pattern(None, predicate, None, UNION):
                if isinstance(quad.subject, NamedNode) and _is_spoken_of(dataset, quad.subject):
                    self._add(quad.subject, quad.object, language)
        self._longest = max(map(len, self._things), default=0)

    def mentions(self, text: str) -> list[Mention]:
        """The things whose labels a text has: an adjective made of the name of a Land speaks of the Land too.

        But a concept within the name of a thing is not meant: the programme "Integration durch Qualifizierung" is one.
        Nor is a year within that of a time.
        """
        words = WORD.findall(ADDRESS.sub("", text))
        found: dict[NamedNode, str] = {}
        named = 0  # up to where the words belong to a name
        for place in range(len(words)):
            for length in range(self._longest, 0, -1):
                things = self._at(words, place, length)
                is_within = place + length <= named
                meant = {one: label for one, label in things.items() if not is_within or _may_be_within(one, label)}
                found |= meant
                named = max(named, place + length) if any(thing in ID for thing in things) else named
        return [Mention(thing, label) for thing, label in found.items()]

    def names(self, text: str) -> list[str]:
        """Capitalised names in a text that nothing is called by."""
        known = {word for mention in self.mentions(text) for word in self._words(WORD.findall(mention.label))}
        found: dict[int, str] = {}
        for match in WHOLE.finditer(text):
            name = _without_article(match[0])
            found |= {} if self._words(WORD.findall(name)) in self._things else {match.start(): name}
        others = WHOLE.sub(lambda match: "." * len(match[0]), ADDRESS.sub(lambda match: "." * len(match[0]), text))
        for match in NAME.finditer(others):
            name = _without_article(match[0])
            if _is_name(name) and known.isdisjoint(self._words(WORD.findall(name))):
                found[match.start()] = name
        return list(dict.fromkeys(found[place] for place in sorted(found)))

    def _add(self, thing: NamedNode, label: object, language: str) -> None:
        if isinstance(label, Literal) and (label.language == language or ACRONYM.fullmatch(label.value)):
            words = WORD.findall(label.value)
            if words:
                self._things.setdefault(self._words(words), {}).setdefault(thing, label.value)

    def _at(self, words: Sequence[str], place: int, length: int) -> Mapping[NamedNode, str]:
        part = words[place : place + length]
        found = self._things.get(self._words(part), {}) if len(part) == length and length else {}
        if length == 1:
            return {thing: label for thing, label in found.items() if _is_alike(words[place], label)}
        return found

    def _words(self, words: Iterable[str]) -> Key:
        return tuple(map(_key, words))


def _without_article(name: str) -> str:
    """The words of a name that stands at the beginning of a sentence, behind an article or a preposition."""
    first, _, rest = name.partition(" ")
    return rest if rest and first.casefold() in BEGINNINGS else name


def _may_be_within(thing: NamedNode, label: str) -> bool:
    """Whether a text that has a longer name speaks of what a part of it is called by, too."""
    return thing in ID and not label.isdecimal()


def _is_spoken_of(dataset: Dataset, node: NamedNode) -> bool:
    """Whether a text may speak of it."""
    return node in CONCEPT or (node in ID and NOT_SPOKEN_OF.isdisjoint(dataset.values(node, RDF.type)))


def _is_name(name: str) -> bool:
    return name not in LEGAL_FORMS and (" " in name or ACRONYM.fullmatch(name) is not None)


def _is_alike(word: str, label: str) -> bool:
    """Whether a word may be meant by a label of one word: as itself, or derived, but "seit" is no "Seite"."""
    is_noun = word[0].isupper() and word.casefold() not in BEGINNINGS
    return is_noun or not label[0].isupper() or _inflected(word) != _inflected(label)


def _key(word: str) -> str:
    """What words of one stem share; acronyms are themselves."""
    if ACRONYM.fullmatch(word):
        return word
    stem = _inflected(word)
    stem = stem.removeprefix("ge") if stem.endswith("t") else stem  # "gefördert"
    return ENDING.sub("", DERIVED.sub("", DERIVED.sub("", stem)))  # "Beratung", "berat", "bera"; "berät", "bera"


def _inflected(word: str) -> str:
    """A word without the ending of its case or number."""
    return ENDING.sub("", word.casefold().translate(UMLAUTS))
