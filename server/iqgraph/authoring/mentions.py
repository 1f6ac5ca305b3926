"""What a text may speak of: known things by their labels, and capitalised names that nothing is called by yet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from unicodedata import normalize

from pyoxigraph import Literal, NamedNode, Quad

from ..dataset import UNION, Dataset
from ..terms import CONCEPT, ID, IQ, META, RDF, SKOS
from .sentences import WORDS

LABELS = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, IQ.acronym)
WORD = re.compile(r"\w+\+?")  # "ESF+" is no "ESF"
# A word copied from a page may hold soft hyphens (https://developer.mozilla.org/en-US/docs/Web/CSS/hyphens), and one
# saved on some systems has its umlauts as two signs (https://unicode.org/reports/tr15/).
SOFT_HYPHEN = "\u00ad"
BETWEEN = "(?<=[zZ]wischen [0-9]{4} )und|(?<=[bB]etween [0-9]{4} )and"
RANGE = re.compile(rf"\b([0-9]{{4}}) ?(?:[-–]|bis|to|{BETWEEN}) ?([0-9]{{4}})\b")
NOT_SPOKEN_OF = {IQ.Document, IQ.EditorialNote, IQ.Section}  # they are called by what they are about
# Nouns of German are capitalised too, but two such words stand side by side only in a name.
CAPITALISED = r"[A-ZÄÖÜ][\w-]+"
NAME = re.compile(rf"{CAPITALISED}(?: (?:of |for )?{CAPITALISED})+|[\w-]*[A-ZÄÖÜ][\w-]*[A-ZÄÖÜ][\w-]*")
# What is a name by its form, even if a part of it is known: in quotation marks, with its legal form, a body, a time.
MONTH = f"(?:{'|'.join(sorted(WORDS['months']))})"
WHOLE = re.compile(
    rf"(?<=[„“\"])[A-ZÄÖÜ][^„“”\"\n]{{2,60}}(?=[“”\"])"
    rf"|{CAPITALISED}(?: {CAPITALISED})* (?:e\. ?V\.|(?:{'|'.join(sorted(WORDS['legal_forms']))})\b)"
    rf"|\b[\w-]*(?i:{'|'.join(sorted(WORDS['bodies']))}) (?:für|for) {CAPITALISED}(?: und {CAPITALISED})?"
    rf"(?: {CAPITALISED})*"
    rf"|\b[0-9]{{1,2}}\.[0-9]{{1,2}}\.[0-9]{{4}}|\b(?:[0-9]{{1,2}}\.? )?{MONTH} [0-9]{{4}}|{RANGE.pattern}"
)
ADDRESS = re.compile(r"\b(?:Frau|Herrn?)(?= (?:Dr\.|Prof\.|[A-ZÄÖÜ]))")  # "Frau Dr." speaks of one, not of women
EXPLAINED = re.compile(r" \([\w-]+\)$")  # behind a name its acronym
ACRONYM = re.compile(r"(?=.*[A-ZÄÖÜ].*[A-ZÄÖÜ])[\w-]{2,}")
ENDING = re.compile(r"(?<=\w{4})(?:innen|ern|en|er|em|es|e|s|(?<!io)n)$")
# "Koordination", "koordiniert" and "Koordinierung" have one stem, and so have the name of a Land and its adjective.
DERIVED = re.compile(r"(?<=\w{4})(?:ationen|ation|ierung|iert|ier|ungs?|isch|weit|t)$")
# "Funding" and "funded" have one stem, but "network" is not "networking", nor are "funders" funding.
ENDING_EN = re.compile(r"(?<=\w{3})s$")
# "Administered" and "administration" have one stem.
DERIVED_EN = re.compile(r"(?<=\w{4})(?:r?ations?|itions?|r?at(?:ed|ing)|is(?:ed|ing)|(?:er)?(?:ing|ed))$")
# What the Americans write in another way: labor, counseling, recognize, center, program.
BRITISH = {"our": "or", "ll": "l", "z": "s", "tre": "ter", "mme": "m"}
SPELLING = re.compile("our|ll|z|tre$|mme$")
# Of things that are called by an adjective, such as "federal", a text with "a federal state" does not speak.
ADJECTIVE = re.compile(r"[a-z]+(?:al|ary|ed|ic|ive|ous)")
ALTERNATIVES = re.compile(" oder | or ")
ACTION = re.compile(r"(?:ung|ation)(?:en)?$")
MIN_PART_CHARS, MIN_REST_CHARS = 5, 4  # "Ausland" is no "Land"
UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})

Key = tuple[str, ...]


class Lexicon:
    """The labels of a dataset in one language, by the words that they begin with."""

    def __init__(self, dataset: Dataset, language: str) -> None:
        self._language = language
        self._things: dict[Key, dict[NamedNode, str]] = {}
        for predicate in LABELS:
            for quad in dataset.store.quads_for_pattern(None, predicate, None, UNION):
                if isinstance(quad.subject, NamedNode) and _is_spoken_of(dataset, quad.subject):
                    self._add(quad.subject, quad.object, is_acronym=predicate == IQ.acronym)
        self._longest = max(map(len, self._things), default=0)

    def mentions(self, text: str) -> dict[NamedNode, str]:
        """The things whose labels a text has, with these: an adjective made of the name of a Land speaks of it too.

        But a concept within a name or within a longer concept is not meant: the programme "Integration durch
        Qualifizierung" is one. Nor is a year within a longer time.
        """
        text = _plain(text)
        text = ADDRESS.sub(lambda match: " " * len(match[0]), text)
        spans = [match.span() for match in WHOLE.finditer(text)]
        # A noun of English has a capital only in a name, or in a heading, where all words may have one.
        named = NAME.finditer(text) if self._language == "en" else ()
        names = [match.span() for match in named if " " in match[0] and match[0] != text.strip()]
        found: dict[NamedNode, str] = {}
        words = list(WORD.finditer(text))
        for place, word in enumerate(words):
            for length in range(min(self._longest, len(words) - place), 0, -1):
                span = word.start(), words[place + length - 1].end()
                things = self._at([one[0] for one in words[place : place + length]])
                is_part, is_of_name = _is_within(span, spans), _is_within(span, names)
                found |= {
                    one: label
                    for one, label in things.items()
                    if (not is_part or _may_be_within(one, label)) and not (is_of_name and one in CONCEPT)
                    if one in CONCEPT or not _is_one_of(text[slice(*span)], label)
                }
                if things and (length > 1 or any(thing in ID for thing in things)):
                    spans.append(span)
        return found

    def names(self, text: str) -> list[str]:
        """Capitalised names in a text that nothing is called by."""
        text = _plain(text)
        known = {word for label in self.mentions(text).values() for word in self._words(WORD.findall(label))}
        whole = {match.start(): _without_article(match[0]) for match in WHOLE.finditer(text)}
        found = {place: name for place, name in whole.items() if self._words(WORD.findall(name)) not in self._things}
        others = WHOLE.sub(lambda match: "." * len(match[0]), ADDRESS.sub(lambda match: "." * len(match[0]), text))
        for match in NAME.finditer(others):
            name = _without_article(match[0])
            is_name = name not in WORDS["legal_forms"] and (" " in name or _is_acronym(name))
            if is_name and known.isdisjoint(self._words(WORD.findall(name))):
                found[match.start()] = name
        return list(dict.fromkeys(found[place] for place in sorted(found)))

    def _add(self, thing: NamedNode, label: object, *, is_acronym: bool) -> None:
        if isinstance(label, Literal) and (is_acronym or label.language == self._language or _is_acronym(label.value)):
            text = _plain(label.value)
            others = ALTERNATIVES.split(text) if thing in CONCEPT else ()
            for wording in (text, text.replace("-", ""), text.removesuffix(" Person"), *others):
                words = WORD.findall(wording)
                if words and not ADJECTIVE.fullmatch(wording):
                    self._things.setdefault(self._words(words), {}).setdefault(thing, wording)

    def _at(self, words: Sequence[str]) -> Mapping[NamedNode, str]:
        found = self._things.get(self._words(words), {})
        if len(words) > 1:
            return found
        word = words[0]
        found = {thing: label for thing, label in found.items() if self._is_alike(word, label)}
        return found or (self._in_compound(word) if self._language == "de" and word[0].isupper() else {})

    def _in_compound(self, word: str) -> Mapping[NamedNode, str]:
        """What the nouns mean that a noun is made of: "Schulungsangebote" are about one, a "Handwerkskammer" is one."""
        starts = [word[:end] for end in range(MIN_PART_CHARS, len(word) - MIN_REST_CHARS + 1)]
        ends = [word[start:].capitalize() for start in range(MIN_REST_CHARS, len(word) - MIN_PART_CHARS + 1)]
        return {
            thing: label
            for part in [*starts, *(start.removesuffix("s") for start in starts), *ends]
            for thing, label in self._things.get(self._words([part]), {}).items()
            if thing in CONCEPT and len(label) >= MIN_PART_CHARS and _inflected(part) == _inflected(label)
        }

    def _is_alike(self, word: str, label: str) -> bool:
        """Whether a label of one word may mean it: itself or derived; "seit" is no "Seite", nor "rund" "gerundet"."""
        if not label[0].isupper():
            return self._language == "en" or _inflected(word) == _inflected(label)
        if not word[0].isupper() or word.casefold() in WORDS["beginnings"]:
            return _inflected(word) != _inflected(label)
        is_action = ACTION.search(word) or ACTION.search(label)
        return not is_action or all(DERIVED.search(_inflected(one)) for one in (word, label))

    def _words(self, words: Sequence[str]) -> Key:
        return tuple(_key(word, self._language) for word in words)


def _plain(text: str) -> str:
    """A text with letters as one sign each, and with times from year to year written in one way."""
    return RANGE.sub(r"\1–\2", normalize("NFC", text).replace(SOFT_HYPHEN, ""))


def _without_article(name: str) -> str:
    """The words of a name that stands at the beginning of a sentence, behind an article, a preposition or a measure."""
    first, _, rest = EXPLAINED.sub("", name).partition(" ")
    if rest and first.casefold() in WORDS["beginnings"] | WORDS["measures"]:
        return _without_article(rest)
    return EXPLAINED.sub("", name)


def _is_within(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    """Whether a longer part of the text has this one."""
    return any(first <= span[0] and span[1] <= last and (first, last) != span for first, last in others)


def _may_be_within(thing: NamedNode, label: str) -> bool:
    """Whether a text that has a longer name speaks of what a word of it is called by, too."""
    return thing in ID and label[0].isupper() and " " not in label


def _is_one_of(words: str, label: str) -> bool:
    """Whether a text speaks of one where a label names several, as of an "IQ Netzwerk" and not the "IQ Netzwerke"."""
    return len(words) < len(label) and label.casefold().startswith(words.casefold())


def uses(dataset: Dataset, concept: NamedNode) -> list[Quad]:
    """The statements about things that have a concept as their value."""
    used = dataset.from_files(None, None, concept, None)
    return [quad for quad in used if quad.predicate not in SKOS and quad.graph_name != META]


def _is_spoken_of(dataset: Dataset, node: NamedNode) -> bool:
    """Whether a text may speak of it: of a concept only if it is used."""
    if node in CONCEPT:
        return bool(uses(dataset, node))
    return node in ID and NOT_SPOKEN_OF.isdisjoint(dataset.values(node, RDF.type))


def _is_acronym(word: str) -> bool:
    return ACRONYM.fullmatch(word) is not None


def _key(word: str, language: str) -> str:
    """What words of one stem share; acronyms are themselves."""
    if _is_acronym(word):
        return word
    if language == "en":
        spelled = SPELLING.sub(lambda match: BRITISH[match[0]], ENDING_EN.sub("", word.casefold()))
        return DERIVED_EN.sub("~", spelled)
    stem = _inflected(word)
    stem = stem.removeprefix("ge") if stem.endswith("t") else stem  # "gefördert"
    return ENDING.sub("", DERIVED.sub("", DERIVED.sub("", stem)))  # "Beratung", "berat", "bera"; "berät", "bera"


def _inflected(word: str) -> str:
    """A word without the ending of its case or number."""
    return ENDING.sub("", word.casefold().translate(UMLAUTS))
