"""What a reader has chosen while browsing, as a query: the page shows the rows of exactly this query."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Template
from types import MappingProxyType
from unicodedata import normalize

from pyoxigraph import Literal

from ..terms import CONCEPT, ID, PREFIXES
from .kinds import by_slug

FACETS = ("kind", "period", "place", "theme", "organisation")
SPACES = {"period": ID, "place": ID, "theme": CONCEPT, "organisation": ID}
# How a thing has a value; a period, if it overlaps with the time of the thing.
RELATIONS = {
    "period": Template("""$value dcat:startDate ?first ; dcat:endDate ?last .
?thing iq:during?/dcat:startDate ?start .
OPTIONAL { ?thing iq:during?/dcat:endDate ?end }
FILTER (xsd:integer(SUBSTR(STR(?start), 1, 4)) <= xsd:integer(SUBSTR(STR(?last), 1, 4)))
FILTER (!BOUND(?end) || xsd:integer(SUBSTR(STR(?end), 1, 4)) >= xsd:integer(SUBSTR(STR(?first), 1, 4)))"""),
    "place": Template("?thing schema:areaServed|iq:seatPlace|schema:containedInPlace $value ."),
    "theme": Template("?thing iq:theme|iq:focus|iq:offerType $value ."),
    "organisation": Template(
        "?thing (iq:roleHolder|iq:providedBy|iq:coordinatedBy|iq:fundedBy|iq:administeredBy|iq:taskOf"
        "|iq:recipient|iq:hasImplementationPartner|iq:about|prov:wasAssociatedWith|^iq:coordinatedBy) $value ."
    ),
}
NAMES = "skos:prefLabel|skos:altLabel|skos:hiddenLabel|iq:acronym|rdfs:label|dcterms:title"
TEXTS = f"{NAMES}|dcterms:description|dcterms:identifier|skos:definition|rdfs:comment"
CODES = "skos:notation|owl:sameAs|skos:exactMatch|skos:closeMatch"  # of an IRI elsewhere, what is behind its last slash
GENDER = "[*:_·]"
FOLDED = (("ä|ae", "a"), ("ö|oe", "o"), ("ü|ue", "u"), ("ß", "ss"), (f"{GENDER}?innen", "en"), (GENDER, ""))
_FOLDED = [(re.compile(marked), plain) for marked, plain in FOLDED]
NO_COLUMNS: Mapping[str, str] = MappingProxyType({})
_BEFORE_CODE = "^https?:.*[/#]"
THING = Template(f"""?thing skos:prefLabel ?label .
FILTER (LANG(?label) = "$language")
FILTER (STRSTARTS(STR(?thing), "{ID.iri}") || STRSTARTS(STR(?thing), "{CONCEPT.iri}"))""")
# Whether there is a text with a word is asked for each word by itself. To join the texts of one with those of the next
# would give each thing as many rows as there are combinations of its texts.
WORD = Template("""FILTER EXISTS {
    { ?thing $texts ?text .
      FILTER (CONTAINS($text, $word)) }$or_code
}""")
OR_CODE = Template("""
    UNION { ?thing $codes ?code .
      FILTER (STRSTARTS($code, $word)) }""")
VALUE = Template("""?thing $name ?object$number .
FILTER (isIRI(?object$number) || LANG(?object$number) IN ("", "$language"))
OPTIONAL {
    ?object$number skos:prefLabel|rdfs:label ?name$number
    FILTER (LANG(?name$number) = "$language")
}
BIND (STR(COALESCE(?name$number, ?object$number)) AS ?value$number)""")


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
        chosen = (_having(facet, getattr(self, facet)) for facet in FACETS)
        patterns = [THING.substitute(language=language), *filter(None, chosen), *map(_containing, self.words)]
        values, texts = [f"?value{number}" for number, _ in enumerate(columns, 1)], []
        # GROUP_CONCAT fails for a row without a value, so there the text is empty
        for head, value in zip(columns, values, strict=True):
            joined = f'GROUP_CONCAT(DISTINCT COALESCE(CONCAT("; ", {value}), ""); SEPARATOR="")'
            texts.append(f"(SUBSTR({joined}, 3) AS ?{head})")
        if columns:  # the texts of a row stand in the order in which they come
            named = enumerate(columns.values(), 1)
            found = (VALUE.substitute(name=name, number=number, language=language) for number, name in named)
            patterns.append("OPTIONAL " + _block("\nUNION ".join(map(_block, found))))
            inner, places = f"SELECT DISTINCT ?thing ?label {' '.join(values)}", f"ORDER BY {' '.join(values)}"
            patterns = [_block("\n".join([inner, f"WHERE {_block(*patterns)}", places]))]
        what = " ".join(["(?label AS ?Name)", *texts, "(?thing AS ?IRI)"])
        return _write_query(what, patterns, f"GROUP BY ?thing ?label\nORDER BY {_fold('?label')} ?thing")


def related(facet: str) -> str:
    """The query for all things with all their values of a facet."""
    return _write_query("DISTINCT ?thing ?value", [RELATIONS[facet].substitute(value="?value")], "")


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


def _having(facet: str, value: str) -> str:
    """A thing must have this value of a facet, if there is such a value."""
    if facet == "kind":
        kind = by_slug(value)
        return f"VALUES ?class {{ {' '.join(kind.classes)} }}\n?thing a ?class ." if kind else ""
    return RELATIONS[facet].substitute(value=SPACES[facet][value]) if is_name(value) else ""


def _containing(word: str) -> str:
    """A word must be part of a label or the description, in either language, or the beginning of a code."""
    literal, end = Literal(fold(word)), f'REPLACE(STR(?code), "{_BEFORE_CODE}", "")'
    or_code = OR_CODE.substitute(codes=CODES, code=_fold(end), word=literal) if is_code(word) else ""
    return WORD.substitute(texts=TEXTS, text=_fold("?text"), word=literal, or_code=or_code)


def _fold(variable: str) -> str:
    """A text in small letters without what is folded."""
    text = f"LCASE(STR({variable}))"
    for marked, plain in FOLDED:
        text = f'REPLACE({text}, "{marked}", "{plain}")'
    return text


def _block(*patterns: str) -> str:
    return "\n".join(["{", *patterns]).replace("\n", "\n    ") + "\n}"


def _write_query(what: str, patterns: Iterable[str], end: str) -> str:
    body = _block(*patterns)
    prefixes = "".join(
        f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items() if re.search(rf"\b{prefix}:", body)
    )
    return f"{prefixes}\nSELECT {what}\nWHERE {body}\n{end}\n"
