"""What a reader has chosen while browsing, as a query: the page shows the rows of exactly this query."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from unicodedata import normalize

from pyoxigraph import Literal

from ..terms import CONCEPT, ID, PREFIXES
from .kinds import by_slug

FACETS = ("kind", "period", "place", "theme", "organisation")
SPACES = {"period": ID, "place": ID, "theme": CONCEPT, "organisation": ID}
RELATIONS = {
    "place": "schema:areaServed|iq:seatPlace|schema:containedInPlace",
    "theme": "iq:theme|iq:focus|iq:offerType",
    "organisation": "(iq:roleHolder|iq:providedBy|iq:coordinatedBy|iq:fundedBy|iq:administeredBy|iq:taskOf"
    "|iq:recipient|iq:hasImplementationPartner|iq:about|prov:wasAssociatedWith|^iq:coordinatedBy)",
}
NAMES = "skos:prefLabel|skos:altLabel|skos:hiddenLabel|iq:acronym|rdfs:label|dcterms:title"
TEXTS = f"{NAMES}|dcterms:description|dcterms:identifier|skos:definition|rdfs:comment"
CODES = "skos:notation|owl:sameAs|skos:exactMatch|skos:closeMatch"  # of an IRI elsewhere, what is behind its last slash
GENDER = "[*:_·]"
FOLDED = (("ä|ae", "a"), ("ö|oe", "o"), ("ü|ue", "u"), ("ß", "ss"), (f"{GENDER}?innen", "en"), (GENDER, ""))
_FOLDED = [(re.compile(marked), plain) for marked, plain in FOLDED]
NO_COLUMNS: Mapping[str, str] = MappingProxyType({})
_BEFORE_CODE = "^https?:.*[/#]"
_END_OF_CODE = f'REPLACE(STR(?code), "{_BEFORE_CODE}", "")'
_YEAR = "xsd:integer(SUBSTR(STR({}), 1, 4))"


@dataclass(frozen=True, slots=True)
class Choice:
    """Words to find, and at most one value of each facet; what is not known counts as not chosen."""

    words: tuple[str, ...] = ()
    kind: str = ""
    period: str = ""
    place: str = ""
    theme: str = ""
    organisation: str = ""

    def query(self, language: str, columns: Mapping[str, str] = NO_COLUMNS) -> str:
        """All things that fit, with the values of properties, which stand by the variables that head their columns.

        They stand by label. A row has all values of a property in one text. Each is found in a branch of its own, so
        that no column multiplies the rows of another, and the evidence of a row says for each value where it is from.
        """
        values = {f"?value{number}": name for number, name in enumerate(columns.values(), 1)}
        chosen = (line for facet in FACETS for line in _having(facet, getattr(self, facet)))
        texts, patterns = [], [*_things(language), *chosen, *_containing(self.words)]
        # GROUP_CONCAT fails for a row without a value, so there the text is empty
        for head, value in zip(columns, values, strict=True):
            joined = f'GROUP_CONCAT(DISTINCT COALESCE(CONCAT("; ", {value}), ""); SEPARATOR="")'
            texts.append(f"(SUBSTR({joined}, 3) AS ?{head})")
        if columns:  # the texts of a row stand in the order in which they come
            patterns += _either(_valued(value, name, language) for value, name in values.items())
            inner = f"SELECT DISTINCT ?thing ?label {' '.join(values)}"
            rows = [inner, "WHERE {", *(f"    {line}" for line in patterns), "}", f"ORDER BY {' '.join(values)}"]
            patterns = ["{", *(f"    {line}" for line in rows), "}"]
        what = " ".join(["(?label AS ?Name)", *texts, "(?thing AS ?IRI)"])
        return _write_query(what, patterns, f"GROUP BY ?thing ?label\nORDER BY {_fold('?label')} ?thing")


def related(facet: str) -> str:
    """The query for all things with all their values of a facet."""
    return _write_query("DISTINCT ?thing ?value", [*_related(facet, "?value")], "")


def fold(text: str) -> str:
    """A text as the search compares it: small letters, umlauts as plain vowels, one form for whichever gender."""
    folded = normalize("NFC", text).lower()
    for marked, plain in _FOLDED:
        folded = marked.sub(plain, folded)
    return folded


def is_code(word: str) -> bool:
    """Whether a word can be the beginning of a code, such as 06413 or DE713."""
    return any(map(str.isdigit, word))


def code(text: str) -> str:
    """A code, or the end of the IRI that it has elsewhere, as the search compares it."""
    return fold(re.sub(_BEFORE_CODE, "", text))


def is_name(text: str) -> bool:
    """Whether a text can be the last part of an IRI of ours."""
    return bool(re.fullmatch(r"[\w-]{1,100}", text))


def _things(language: str) -> Iterator[str]:
    yield "?thing skos:prefLabel ?label ."
    yield f'FILTER (LANG(?label) = "{language}")'
    yield f'FILTER (STRSTARTS(STR(?thing), "{ID.iri}") || STRSTARTS(STR(?thing), "{CONCEPT.iri}"))'


def _having(facet: str, value: str) -> Iterator[str]:
    """A thing must have this value of a facet, if there is such a value."""
    if facet == "kind":
        if kind := by_slug(value):
            yield f"VALUES ?class {{ {' '.join(kind.classes)} }}"
            yield "?thing a ?class ."
    elif is_name(value):
        yield from _related(facet, str(SPACES[facet][value]))


def _related(facet: str, value: str) -> Iterator[str]:
    """A thing has a value of a facet other than the kind; a period, if it overlaps with the time of the thing."""
    yield from _overlapping(value) if facet == "period" else (f"?thing {RELATIONS[facet]} {value} .",)


def _containing(words: Iterable[str]) -> Iterator[str]:
    """Each word must be part of a label or the description, in either language, or the beginning of a code.

    Whether there is such a text is asked for each word by itself. To join the texts of one word with those of the next
    would give each thing as many rows as there are combinations of its texts.
    """
    for word in words:
        yield "FILTER EXISTS {"
        yield f"    {{ ?thing {TEXTS} ?text ."
        yield f"      FILTER (CONTAINS({_fold('?text')}, {Literal(fold(word))})) }}"
        if is_code(word):
            yield f"    UNION {{ ?thing {CODES} ?code ."
            yield f"      FILTER (STRSTARTS({_fold(_END_OF_CODE)}, {Literal(fold(word))})) }}"
        yield "}"


def _either(branches: Iterable[Iterable[str]]) -> Iterator[str]:
    """What one of the branches finds, if one does."""
    yield "OPTIONAL {"
    for number, branch in enumerate(branches):
        yield "    UNION {" if number else "    {"
        yield from (f"        {line}" for line in branch)
        yield "    }"
    yield "}"


def _valued(value: str, name: str, language: str) -> Iterator[str]:
    """A value of a property as a text, a thing by its label."""
    own, label = f"?object{value.removeprefix('?value')}", f"?name{value.removeprefix('?value')}"
    yield f"?thing {name} {own} ."
    yield f'FILTER (isIRI({own}) || LANG({own}) IN ("", "{language}"))'
    yield "OPTIONAL {"
    yield f"    {own} skos:prefLabel|rdfs:label {label}"
    yield f'    FILTER (LANG({label}) = "{language}")'
    yield "}"
    yield f"BIND (STR(COALESCE({label}, {own})) AS {value})"


def _fold(variable: str) -> str:
    """A text in small letters without what is folded."""
    text = f"LCASE(STR({variable}))"
    for marked, plain in FOLDED:
        text = f'REPLACE({text}, "{marked}", "{plain}")'
    return text


def _overlapping(period: str) -> Iterator[str]:
    yield f"{period} dcat:startDate ?first ; dcat:endDate ?last ."
    yield "?thing iq:during?/dcat:startDate ?start ."
    yield "OPTIONAL { ?thing iq:during?/dcat:endDate ?end }"
    yield f"FILTER ({_YEAR.format('?start')} <= {_YEAR.format('?last')})"
    yield f"FILTER (!BOUND(?end) || {_YEAR.format('?end')} >= {_YEAR.format('?first')})"


def _write_query(what: str, patterns: list[str], end: str) -> str:
    body = "".join(f"    {line}\n" for line in patterns)
    prefixes = "".join(
        f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items() if re.search(rf"\b{prefix}:", body)
    )
    return f"{prefixes}\nSELECT {what}\nWHERE {{\n{body}}}\n{end}\n"
