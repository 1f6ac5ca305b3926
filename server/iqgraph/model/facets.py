"""Faceted search: the words and facet values that a reader chose, and the SPARQL query with exactly their results."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Template
from types import MappingProxyType
from unicodedata import normalize

from pyoxigraph import Literal

from ..reference.usage import with_prefixes
from ..terms import CONCEPT, ID
from .kinds import by_slug

FACETS = ("kind", "period", "place", "theme", "organisation")
SPACES = {"period": ID, "place": ID, "theme": CONCEPT, "organisation": ID}
# The pattern by which a thing has a value of a facet; a period counts if it overlaps with the time of the thing.
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
CODES = "skos:notation|owl:sameAs|skos:exactMatch|skos:closeMatch"  # of an IRI elsewhere, its last segment
GENDER = "[*:_·]"
FOLDING = (("ä|ae", "a"), ("ö|oe", "o"), ("ü|ue", "u"), ("ß", "ss"), (f"{GENDER}?innen", "en"), (GENDER, ""))
_FOLDING = [(re.compile(pattern), replacement) for pattern, replacement in FOLDING]
NO_COLUMNS: Mapping[str, str] = MappingProxyType({})
_CODE_PREFIX = "^https?:.*[/#]"
THING = Template(f"""?thing skos:prefLabel ?label .
FILTER (LANG(?label) = "$language")
FILTER (STRSTARTS(STR(?thing), "{ID.iri}") || STRSTARTS(STR(?thing), "{CONCEPT.iri}"))""")
# One FILTER EXISTS for each word: a join over all words would give each thing a row for every combination of its texts.
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
    """Words to find, and a value of some facets; unknown values are ignored."""

    words: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)

    def query(self, language: str, columns: Mapping[str, str] = NO_COLUMNS) -> str:
        """The query for all matching things by label, with the values of some properties.

        `columns` maps the variable that heads a column to a property. A row has all values of a property in one text.
        Each property is matched in its own branch of a UNION, so that columns do not multiply each other's rows,
        and the evidence of a row names the source of each value.
        """
        facets = filter(None, (_facet_pattern(facet, value) for facet, value in self.values.items()))
        patterns = [THING.substitute(language=language), *facets, *map(_word_pattern, self.words)]
        values, texts = [f"?value{number}" for number, _ in enumerate(columns, 1)], []
        # GROUP_CONCAT fails for a row without a value, so there the text is empty
        for variable, value in zip(columns, values, strict=True):
            concatenation = f'GROUP_CONCAT(DISTINCT COALESCE(CONCAT("; ", {value}), ""); SEPARATOR="")'
            texts.append(f"(SUBSTR({concatenation}, 3) AS ?{variable})")
        if columns:  # GROUP_CONCAT keeps the order in which the rows come
            pairs = enumerate(columns.values(), 1)
            branches = (VALUE.substitute(name=name, number=number, language=language) for number, name in pairs)
            patterns.append("OPTIONAL " + _block("\nUNION ".join(map(_block, branches))))
            inner, order = f"SELECT DISTINCT ?thing ?label {' '.join(values)}", f"ORDER BY {' '.join(values)}"
            patterns = [_block("\n".join([inner, f"WHERE {_block(*patterns)}", order]))]
        projection = " ".join(["(?label AS ?Name)", *texts, "(?thing AS ?IRI)"])
        return _write_query(projection, patterns, f"GROUP BY ?thing ?label\nORDER BY {_fold('?label')} ?thing")


def facet_query(facet: str) -> str:
    """The query for all things with all their values of a facet."""
    return _write_query("DISTINCT ?thing ?value", [RELATIONS[facet].substitute(value="?value")], "")


def fold(text: str) -> str:
    """A text as the search compares it: lower case, umlauts as plain vowels, one word for all genders."""
    folded = normalize("NFC", text).lower()
    for pattern, replacement in _FOLDING:
        folded = pattern.sub(replacement, folded)
    return folded


def is_code(word: str) -> bool:
    """Whether a word may be the beginning of a code, such as 06413 or DE713."""
    return any(map(str.isdigit, word))


def code(text: str) -> str:
    """A code, or the last segment of an IRI elsewhere, folded."""
    return fold(re.sub(_CODE_PREFIX, "", text))


def is_name(text: str) -> bool:
    """Whether a text may be the last segment of an IRI of ours."""
    return bool(re.fullmatch(r"[\w-]{1,100}", text))


def _facet_pattern(facet: str, value: str) -> str:
    """The pattern for things with a value of a facet; empty if there can be no such value."""
    if facet == "kind":
        kind = by_slug(value)
        return f"VALUES ?class {{ {' '.join(kind.classes)} }}\n?thing a ?class ." if kind else ""
    return RELATIONS[facet].substitute(value=SPACES[facet][value]) if is_name(value) else ""


def _word_pattern(word: str) -> str:
    """The pattern for things with a word in a label or description in either language, or at the start of a code."""
    literal, end = Literal(fold(word)), f'REPLACE(STR(?code), "{_CODE_PREFIX}", "")'
    or_code = OR_CODE.substitute(codes=CODES, code=_fold(end), word=literal) if is_code(word) else ""
    return WORD.substitute(texts=TEXTS, text=_fold("?text"), word=literal, or_code=or_code)


def _fold(variable: str) -> str:
    """The SPARQL expression for `fold`."""
    text = f"LCASE(STR({variable}))"
    for pattern, replacement in FOLDING:
        text = f'REPLACE({text}, "{pattern}", "{replacement}")'
    return text


def _block(*patterns: str) -> str:
    return "\n".join(["{", *patterns]).replace("\n", "\n    ") + "\n}"


def _write_query(projection: str, patterns: Iterable[str], modifiers: str) -> str:
    return with_prefixes(f"SELECT {projection}\nWHERE {_block(*patterns)}\n{modifiers}\n")
