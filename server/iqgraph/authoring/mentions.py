"""Mentions in a text: known things by their labels, and capitalised names that no thing has yet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from unicodedata import normalize

from pyoxigraph import Literal, NamedNode, Quad

from ..bilingual import MONTHS
from ..dataset import UNION, Dataset
from ..terms import CONCEPT, ID, IQ, META, RDF, SKOS
from .sentences import WORDS

LABELS = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, IQ.acronym)
WORD = re.compile(r"\w+\+?")  # "ESF+" is no "ESF"
# A word copied from a page may contain soft hyphens (https://developer.mozilla.org/en-US/docs/Web/CSS/hyphens), and on
# some systems umlauts are two characters (https://unicode.org/reports/tr15/).
SOFT_HYPHEN = "\u00ad"
BETWEEN = "(?<=[zZ]wischen [0-9]{4} )und|(?<=[bB]etween [0-9]{4} )and"
RANGE = re.compile(rf"\b([0-9]{{4}}) ?(?:[-–]|bis|to|{BETWEEN}) ?([0-9]{{4}})\b")
NOT_MENTIONED = {IQ.Document, IQ.EditorialNote, IQ.Section}  # their labels name what they are about
# German nouns are capitalised, too, but two of them side by side are a name.
CAPITALISED = r"[A-ZÄÖÜ][\w-]+"
NAME = re.compile(rf"{CAPITALISED}(?: (?:of |for )?{CAPITALISED})+|[\w-]*[A-ZÄÖÜ][\w-]*[A-ZÄÖÜ][\w-]*")
# Names by their spelling, even if a part of them is a label: in quotation marks, with a legal form, bodies, times.
MONTH = f"(?:{'|'.join(MONTHS)})"
FULL_NAME = re.compile(
    rf"(?<=[„“\"])[A-ZÄÖÜ][^„“”\"\n]{{2,60}}(?=[“”\"])"
    rf"|{CAPITALISED}(?: {CAPITALISED})* (?:e\. ?V\.|(?:{'|'.join(sorted(WORDS['legal_forms']))})\b)"
    rf"|\b[\w-]*(?i:{'|'.join(sorted(WORDS['bodies']))}) (?:für|for) {CAPITALISED}(?: und {CAPITALISED})?"
    rf"(?: {CAPITALISED})*"
    rf"|\b[0-9]{{1,2}}\.[0-9]{{1,2}}\.[0-9]{{4}}|\b(?:[0-9]{{1,2}}\.? )?{MONTH} [0-9]{{4}}|{RANGE.pattern}"
)
COURTESY_TITLE = re.compile(r"\b(?:Frau|Herrn?)(?= (?:Dr\.|Prof\.|[A-ZÄÖÜ]))")  # "Frau Dr." does not mention women
ACRONYM_IN_BRACKETS = re.compile(r" \([\w-]+\)$")
ACRONYM = re.compile(r"(?=.*[A-ZÄÖÜ].*[A-ZÄÖÜ])[\w-]{2,}")
ENDING = re.compile(r"(?<=\w{4})(?:innen|ern|en|er|em|es|e|s|(?<!io)n)$")
# "Koordination", "koordiniert" and "Koordinierung" have one stem, and so have the name of a Land and its adjective.
SUFFIX = re.compile(r"(?<=\w{4})(?:ationen|ation|ierung|iert|ier|ungs?|isch|weit|t)$")
# "Funding" and "funded" have one stem, but "network" is not "networking", nor are "funders" funding.
ENDING_EN = re.compile(r"(?<=\w{3})s$")
# "Administered" and "administration" have one stem.
SUFFIX_EN = re.compile(r"(?<=\w{4})(?:r?ations?|itions?|r?at(?:ed|ing)|is(?:ed|ing)|(?:er)?(?:ing|ed))$")
# British and American spellings differ in these letters: labour, counselling, recognize, centre, programme.
SPELLING_VARIANTS = {"our": "or", "ll": "l", "z": "s", "tre": "ter", "mme": "m"}
SPELLING = re.compile("our|ll|z|tre$|mme$")
# A label that is an adjective, such as "federal", does not count: "a federal state" is no mention of it.
ADJECTIVE = re.compile(r"[a-z]+(?:al|ary|ed|ic|ive|ous)")
ALTERNATIVES = re.compile(" oder | or ")
ACTION = re.compile(r"(?:ung|ation)(?:en)?$")
MIN_PART_CHARS, MIN_REST_CHARS = 5, 4  # "Ausland" is no "Land"
UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})

Stems = tuple[str, ...]


class Lexicon:
    """The labels of a dataset in one language, by the stems of their words."""

    def __init__(self, dataset: Dataset, language: str) -> None:
        self._language = language
        self._things: dict[Stems, dict[NamedNode, str]] = {}
        for predicate in LABELS:
            for quad in dataset.store.quads_for_pattern(None, predicate, None, UNION):
                if isinstance(quad.subject, NamedNode) and _may_be_mentioned(dataset, quad.subject):
                    self._add(quad.subject, quad.object, is_acronym=predicate == IQ.acronym)
        self._max_words = max(map(len, self._things), default=0)

    def mentions(self, text: str) -> dict[NamedNode, str]:
        """The things whose labels occur in a text, with these labels; the adjective of a Land mentions it, too.

        A concept within a name or a longer label is no mention: the programme "Integration durch Qualifizierung" is
        one thing. Nor is a year within a longer time.
        """
        text = _normalize(text)
        text = COURTESY_TITLE.sub(lambda match: " " * len(match[0]), text)
        spans = [match.span() for match in FULL_NAME.finditer(text)]
        # English nouns are capitalised only in names, and in headings, where all words may be.
        matches = NAME.finditer(text) if self._language == "en" else ()
        names = [match.span() for match in matches if " " in match[0] and match[0] != text.strip()]
        mentions: dict[NamedNode, str] = {}
        words = list(WORD.finditer(text))
        for index, word in enumerate(words):
            for length in range(min(self._max_words, len(words) - index), 0, -1):
                span = word.start(), words[index + length - 1].end()
                things = self._look_up([match[0] for match in words[index : index + length]])
                is_part, is_in_name = _is_within(span, spans), _is_within(span, names)
                phrase = text[slice(*span)]
                for thing, label in things.items():
                    # A thing counts even within a longer name, if its label is one capitalised word.
                    is_name = thing in ID and label[0].isupper() and " " not in label
                    # An "IQ Netzwerk" is not the "IQ Netzwerke".
                    is_singular = len(phrase) < len(label) and label.casefold().startswith(phrase.casefold())
                    if (not is_part or is_name) and not (is_in_name if thing in CONCEPT else is_singular):
                        mentions[thing] = label
                if things and (length > 1 or any(thing in ID for thing in things)):
                    spans.append(span)
        return mentions

    def names(self, text: str) -> list[str]:
        """Capitalised names in a text that are no label, in their order."""
        text = _normalize(text)
        stems = {stem for label in self.mentions(text).values() for stem in self._stems(label)}
        full_names = {match.start(): _without_article(match[0]) for match in FULL_NAME.finditer(text)}
        names = {start: name for start, name in full_names.items() if self._stems(name) not in self._things}
        for pattern in (COURTESY_TITLE, FULL_NAME):
            text = pattern.sub(lambda match: "." * len(match[0]), text)
        for match in NAME.finditer(text):
            name = _without_article(match[0])
            is_name = name not in WORDS["legal_forms"] and (" " in name or _is_acronym(name))
            if is_name and stems.isdisjoint(self._stems(name)):
                names[match.start()] = name
        return list(dict.fromkeys(names[start] for start in sorted(names)))

    def _add(self, thing: NamedNode, label: object, *, is_acronym: bool) -> None:
        if isinstance(label, Literal) and (is_acronym or label.language == self._language or _is_acronym(label.value)):
            text = _normalize(label.value)
            alternatives = ALTERNATIVES.split(text) if thing in CONCEPT else ()
            for variant in (text, text.replace("-", ""), text.removesuffix(" Person"), *alternatives):
                if WORD.search(variant) and not ADJECTIVE.fullmatch(variant):
                    self._things.setdefault(self._stems(variant), {}).setdefault(thing, variant)

    def _look_up(self, words: Sequence[str]) -> Mapping[NamedNode, str]:
        """The things with a label of these words, with the label; of a German compound, those of its parts."""
        things = self._things.get(tuple(_stem(word, self._language) for word in words), {})
        if len(words) > 1:
            return things
        word = words[0]
        things = {thing: label for thing, label in things.items() if self._is_inflection_of(word, label)}
        return things or (self._look_up_parts(word) if self._language == "de" and word[0].isupper() else {})

    def _look_up_parts(self, word: str) -> Mapping[NamedNode, str]:
        """The concepts in a compound: "Schulungsangebote" are about one, a "Handwerkskammer" is one."""
        starts = [word[:end] for end in range(MIN_PART_CHARS, len(word) - MIN_REST_CHARS + 1)]
        ends = [word[start:].capitalize() for start in range(MIN_REST_CHARS, len(word) - MIN_PART_CHARS + 1)]
        return {
            thing: label
            for part in [*starts, *(start.removesuffix("s") for start in starts), *ends]
            for thing, label in self._things.get(self._stems(part), {}).items()
            if thing in CONCEPT and len(label) >= MIN_PART_CHARS and _without_ending(part) == _without_ending(label)
        }

    def _is_inflection_of(self, word: str, label: str) -> bool:
        """Whether a word is an inflection or derivation of a label; "seit" is none of "Seite", "rund" of "gerundet"."""
        if not label[0].isupper():
            return self._language == "en" or _without_ending(word) == _without_ending(label)
        if not word[0].isupper() or word.casefold() in WORDS["beginnings"]:
            return _without_ending(word) != _without_ending(label)
        is_action = ACTION.search(word) or ACTION.search(label)
        return not is_action or all(SUFFIX.search(_without_ending(text)) for text in (word, label))

    def _stems(self, text: str) -> Stems:
        return tuple(_stem(word, self._language) for word in WORD.findall(text))


def _normalize(text: str) -> str:
    """A text in Unicode NFC without soft hyphens, with ranges of years in one notation."""
    return RANGE.sub(r"\1–\2", normalize("NFC", text).replace(SOFT_HYPHEN, ""))


def _without_article(name: str) -> str:
    """A name without articles, prepositions and measures before it, and without its acronym in brackets."""
    name = ACRONYM_IN_BRACKETS.sub("", name)
    first, _, rest = name.partition(" ")
    is_word_before = rest and first.casefold() in WORDS["beginnings"] | WORDS["measures"]
    return _without_article(rest) if is_word_before else name


def _is_within(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    """Whether a span is part of a longer one of the others."""
    return any(start <= span[0] and span[1] <= end and (start, end) != span for start, end in others)


def uses(dataset: Dataset, concept: NamedNode) -> list[Quad]:
    """The statements about things with a concept as their value."""
    quads = dataset.asserted_quads(None, None, concept, None)
    return [quad for quad in quads if quad.predicate not in SKOS and quad.graph_name != META]


def _may_be_mentioned(dataset: Dataset, node: NamedNode) -> bool:
    """Whether a text may mention a node; a concept only if it is in use."""
    if node in CONCEPT:
        return bool(uses(dataset, node))
    return node in ID and NOT_MENTIONED.isdisjoint(dataset.values(node, RDF.type))


def _is_acronym(word: str) -> bool:
    return ACRONYM.fullmatch(word) is not None


def _stem(word: str, language: str) -> str:
    """The stem of a word; an acronym is its own."""
    if _is_acronym(word):
        return word
    if language == "en":
        stem = SPELLING.sub(lambda match: SPELLING_VARIANTS[match[0]], ENDING_EN.sub("", word.casefold()))
        return SUFFIX_EN.sub("~", stem)
    stem = _without_ending(word)
    stem = stem.removeprefix("ge") if stem.endswith("t") else stem  # "gefördert"
    return ENDING.sub("", SUFFIX.sub("", SUFFIX.sub("", stem)))  # "Beratung", "berat", "bera"; "berät", "bera"


def _without_ending(word: str) -> str:
    """A word without the ending of its case or number."""
    return ENDING.sub("", word.casefold().translate(UMLAUTS))
