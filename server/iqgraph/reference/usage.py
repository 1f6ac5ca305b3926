"""The names and uses of terms: counts, examples, and the queries that use them.

The ontology does not describe terms of other vocabularies; their names in `ontology/reused.csv` are for pages only.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from pyoxigraph import Literal, NamedNode, Quad, QueryTriples

from ..bilingual import Text, untranslated
from ..dataset import Dataset, GraphName, Pattern
from ..engine.neighbourhood import name
from ..resources import Rule, packaged, read_toml, table
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
# With two slashes after the colon it is an address.
NAME = re.compile(r"\b([a-z]+):(?!//)([A-Za-z_][\w-]*|)")
GENERAL_GRAPHS = {ONTOLOGY, META, PARTITIONS}
_TABLE = table(packaged().ontology, "reused.csv")
NAMES: Mapping[str, Text] = {row["term"]: Text(de=row["de"], en=row["en"]) for row in _TABLE}
DATASETS: Mapping[str, str] = read_toml(__package__, "datasets.toml")
# The labels of properties where statements are rows about one thing.
ROW_LABELS = {row.term("term"): Text(de=row["row_de"], en=row["row_en"]) for row in _TABLE if row["row_de"]}


def usage_query(term: NamedNode, term_type: NamedNode) -> str:
    """The query whose rows are the uses of a term of this type."""
    return with_prefixes(QUERIES.get(term_type, QUERIES[OWL.ObjectProperty]).replace("TERM", compact(term)))


def with_prefixes(body: str) -> str:
    """A query with declarations of its prefixes."""
    prefixes = sorted({prefix for prefix, _ in NAME.findall(body) if prefix in PREFIXES})
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in prefixes) + f"\n{body}"


def count(dataset: Dataset, query: str) -> int:
    """The number of rows of a query."""
    return sum(1 for _ in dataset.rows(query))


def example(dataset: Dataset, term: NamedNode, term_type: NamedNode) -> Quad | None:
    """The first use of a term in the first document, else the first in any other source."""

    @cache
    def place(graph: GraphName) -> tuple[bool, bool, str]:
        return not dataset.passages(graph), graph in GENERAL_GRAPHS or is_derived(graph), str(graph)

    return min(_uses(dataset, term, term_type), key=lambda quad: (place(quad.graph_name), str(quad)), default=None)


def terms_in_query(query: str) -> set[NamedNode]:
    """The terms with known prefixes in a query, without its comments."""
    body = "\n".join(line for line in query.splitlines() if not line.startswith("#"))
    return {NamedNode(PREFIXES[prefix] + local) for prefix, local in NAME.findall(body) if prefix in PREFIXES}


def terms_in_rule(dataset: Dataset, rule: Rule) -> set[NamedNode]:
    """The properties and classes in the statements that a rule derives."""
    triples = dataset.store.query(rule.query)
    if not isinstance(triples, QueryTriples):
        return set()
    # A reified statement is only the record of what a statement follows from.
    statements = [triple for triple in triples if triple.predicate != RDF.reifies]
    classes = {triple.object for triple in statements if triple.predicate == RDF.type}
    return {triple.predicate for triple in statements} | {term for term in classes if isinstance(term, NamedNode)}


def _uses(dataset: Dataset, term: NamedNode, term_type: NamedNode) -> Iterator[Quad]:
    patterns: dict[NamedNode, Pattern] = {
        OWL.Class: (None, RDF.type, term, None),
        RDFS.Datatype: (None, SKOS.notation, None, None),
        SKOS.Concept: (None, None, term, None),
        SKOS.ConceptScheme: (None, SKOS.inScheme, term, None),
    }
    quads = list(dataset.store.quads_for_pattern(*patterns.get(term_type, (None, term, None, None))))
    if not quads:  # a class may have no members, only a number of them
        quads = list(dataset.store.quads_for_pattern(None, None, term, None))
    for quad in quads:
        has_datatype = isinstance(quad.object, Literal) and quad.object.datatype == term
        is_definition = quad.graph_name == ONTOLOGY and term_type in (OWL.Class, SKOS.Concept)
        is_use = (has_datatype or term_type != RDFS.Datatype) and not is_definition
        if is_use and isinstance(quad.graph_name, NamedNode):
            yield quad


def reused_name(node: NamedNode) -> Text | None:
    """The name of a term of another vocabulary; None if it is not used here."""
    return NAMES.get(short_name(node))


def split_identifier(value: NamedNode | Literal) -> tuple[str, str]:
    """The name of a dataset and the identifier in it; without a known dataset, the whole IRI or code."""
    start = next((start for start in DATASETS if value.value.startswith(start)), "")
    return DATASETS.get(start, ""), value.value.removeprefix(start).removesuffix("/")


def term_namer(dataset: Dataset) -> Callable[[NamedNode], Text]:
    """A function for the name of a term: its label, else its name as a reused term, else its short name."""

    @cache
    def term_name(term: NamedNode) -> Text:
        label = Text(en=name(dataset, term, "en"), de=name(dataset, term, "de"))
        return label if all(label) else reused_name(term) or untranslated(short_name(term))

    return term_name
