"""Queries that the pages show; each can be asked as it stands."""

from dataclasses import dataclass

from ..terms import ID, IQ, PROV, SKOS


@dataclass(frozen=True, slots=True)
class Example:
    """A question in both languages, and the query that answers it."""

    german: str
    english: str
    query: str


SAMPLE = Example(
    "Irgendwelche zehn Aussagen",
    "Any ten statements",
    "SELECT ?subject ?predicate ?object\nWHERE { ?subject ?predicate ?object }\nLIMIT 10\n",
)
COORDINATED = Example(
    "Was koordiniert involas?",
    "What does involas coordinate?",
    f"""PREFIX id: <{ID.iri}>
PREFIX iq: <{IQ.iri}>
PREFIX skos: <{SKOS.iri}>

SELECT ?what ?label
WHERE {{
  id:involas iq:coordinates ?what .
  ?what skos:prefLabel ?label .
  FILTER (LANG(?label) = "de")
}}
""",
)
EVIDENCE = Example(
    "Welche Stellen nennen Angebote, und wie heißen diese?",
    "Which passages name offers, and what are these called?",
    f"""PREFIX iq: <{IQ.iri}>
PREFIX prov: <{PROV.iri}>
PREFIX skos: <{SKOS.iri}>

SELECT ?passage ?label
WHERE {{
  GRAPH ?graph {{ ?offer a iq:Offer }}
  ?graph prov:wasDerivedFrom ?passage .
  ?offer skos:prefLabel ?label .
  FILTER (LANG(?label) = "de")
}}
ORDER BY ?passage ?label
""",
)
EXAMPLES = (SAMPLE, COORDINATED, EVIDENCE)
