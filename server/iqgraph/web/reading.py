"""Statements that a passage makes only together with others."""

from typing import cast

from pyoxigraph import NamedNode, QuerySolutions, Triple

from ..dataset import Dataset
from ..terms import DCTERMS, IQ, RDF

Readings = dict[tuple[Triple, NamedNode], tuple[NamedNode, ...]]
READ_WITH = f"""
SELECT ?subject ?predicate ?value ?graph ?passage WHERE {{
    ?statement {IQ.readWith} ?passage ; {DCTERMS.isPartOf} ?graph ;
        {RDF.subject} ?subject ; {RDF.predicate} ?predicate ; {RDF.object} ?value .
    OPTIONAL {{ ?passage {IQ.order} ?order }}
}}
ORDER BY ?graph ?statement ?order
"""


def readings(dataset: Dataset) -> Readings:
    """For each such statement and its graph, the passages that it must be read with."""
    found: Readings = {}
    for subject, predicate, value, graph, passage in cast("QuerySolutions", dataset.store.query(READ_WITH)):
        key = Triple(subject, predicate, value), graph
        found[key] = (*found.get(key, ()), passage)
    return found
