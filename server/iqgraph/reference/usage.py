"""How a term is called and used: in which statements, how often, an example with its passages, and by which queries.

The ontology says nothing about terms of other vocabularies, so what these are called here stands in
`ontology/reused.csv` and belongs to the pages, not to the data.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from pyoxigraph import Literal, NamedNode, Quad, QueryTriples

from ..bilingual import Text
from ..dataset import Dataset, GraphName, Pattern
from ..engine.neighbourhood import name
from ..resources import Rule, packaged, table
from ..serialisation.turtle import compact
from ..terms import META, ONTOLOGY, OWL, PARTITIONS, PREFIXES, RDF, RDFS, SKOS, is_derived, short_name

QUERIES: Mapping[NamedNode, str] = {
    OWL.Class: "SELECT DISTINCT ?thing\nWHERE { ?thing a TERM }\nORDER BY ?thing\n",
    OWL.ObjectProperty: "SELECT ?thing ?value\nWHERE { ?thing TERM ?value }\nORDER BY ?thing ?value\n",
    RDFS.Datatype: "SELECT ?thing ?property ?value\nWHERE {\n  ?thing ?property ?value .\n"
    "  FILTER (DATATYPE(?value) = TERM)\n}\nORDER BY ?thing ?property ?value\n",
    SKOS.ConceptScheme: "SELECT ?concept\nWHERE { ?concept skos:inScheme TERM }\nORDER BY ?concept\n",
    SKOS.Concept: "SELECT ?thing ?property\nWHERE {\n  ?thing ?property TERM .\n"
    "  FILTER (?property NOT IN (rdf:object, skos:broader))\n}\nORDER BY ?thing ?property\n",
}
# With two slashes behind the colon it is an address and no name.
NAME = re.compile(r"\b([a-z]+):(?!//)([A-Za-z_][\w-]*|)")
IN_GENERAL = {ONTOLOGY, META, PARTITIONS}
_TABLE = table(packaged().ontology, "reused.csv")
NAMES: Mapping[str, Text] = {row["term"]: Text(de=row["de"], en=row["en"]) for row in _TABLE}
# What stands before the value, where statements are rows about one thing.
IN_A_ROW = {row.term("term"): Text(de=row["row_de"], en=row["row_en"]) for row in _TABLE if row["row_de"]}


def usage_query(term: NamedNode, kind: NamedNode) -> str:
    """The query whose rows are the uses of a term of this kind."""
    return with_prefixes(QUERIES.get(kind, QUERIES[OWL.ObjectProperty]).replace("TERM", compact(term)))


def with_prefixes(body: str) -> str:
    """A query with the prefixes of our table that it needs."""
    used = sorted({prefix for prefix, _ in NAME.findall(body) if prefix in PREFIXES})
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in used) + f"\n{body}"


def count(dataset: Dataset, query: str) -> int:
    """How many rows a query has."""
    return sum(1 for _ in dataset.rows(query))


def example(dataset: Dataset, term: NamedNode, kind: NamedNode) -> Quad | None:
    """The use of a term that stands first in the first document, else the first that any other source makes."""

    @cache
    def place(graph: GraphName) -> tuple[bool, bool, str]:
        return not dataset.passages(graph), graph in IN_GENERAL or is_derived(graph), str(graph)

    return min(_uses(dataset, term, kind), key=lambda quad: (place(quad.graph_name), str(quad)), default=None)


def mentioned(query: str) -> set[NamedNode]:
    """The terms of our table of prefixes that a query names, its comments not counted."""
    body = "\n".join(line for line in query.splitlines() if not line.startswith("#"))
    return {NamedNode(PREFIXES[prefix] + local) for prefix, local in NAME.findall(body) if prefix in PREFIXES}


def terms_of(dataset: Dataset, rule: Rule) -> set[NamedNode]:
    """The properties and classes that a rule makes statements with."""
    triples = dataset.store.query(rule.query)
    if not isinstance(triples, QueryTriples):
        return set()
    # What a rule says of a statement itself is only a record of what it follows from.
    said = [triple for triple in triples if triple.predicate != RDF.reifies]
    classes = {triple.object for triple in said if triple.predicate == RDF.type}
    return {triple.predicate for triple in said} | {term for term in classes if isinstance(term, NamedNode)}


def _uses(dataset: Dataset, term: NamedNode, kind: NamedNode) -> Iterator[Quad]:
    patterns: dict[NamedNode, Pattern] = {
        OWL.Class: (None, RDF.type, term, None),
        RDFS.Datatype: (None, SKOS.notation, None, None),
        SKOS.Concept: (None, None, term, None),
        SKOS.ConceptScheme: (None, SKOS.inScheme, term, None),
    }
    quads = list(dataset.store.quads_for_pattern(*patterns.get(kind, (None, term, None, None))))
    if not quads:  # a class may have no member that is named, only a number of them
        quads = list(dataset.store.quads_for_pattern(None, None, term, None))
    for quad in quads:
        typed = kind != RDFS.Datatype or (isinstance(quad.object, Literal) and quad.object.datatype == term)
        general = quad.graph_name == ONTOLOGY and kind in (OWL.Class, SKOS.Concept)
        if typed and not general and isinstance(quad.graph_name, NamedNode):
            yield quad


def reused_name(node: NamedNode) -> Text | None:
    """What a term of another vocabulary is called, or None if it is not used here."""
    return NAMES.get(short_name(node))


def calling(dataset: Dataset) -> Callable[[NamedNode], Text]:
    """What a term is called: as the dataset says, else as it is called here, else by its short name."""

    @cache
    def call(term: NamedNode) -> Text:
        known = Text(en=name(dataset, term, "en"), de=name(dataset, term, "de"))
        short = short_name(term)
        return known if all(known) else reused_name(term) or Text(en=short, de=short)

    return call
