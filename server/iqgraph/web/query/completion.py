"""What an editor can propose: prefixes, and the terms and things of the dataset with their labels."""

import json
from collections import Counter
from collections.abc import Iterator

from flask import Blueprint, Response
from pyoxigraph import NamedNode

from ...dataset import Dataset
from ...engine.neighbourhood import name
from ...serialisation.turtle import compact
from ...terms import RDF
from ..site import site

bp = Blueprint("completion", __name__)

MAX_TERMS = 5000


@bp.get("/sparql/terms.json")
def terms() -> Response:
    """Prefixes, and for each term its short name, what it is used as, and its labels in German and English.

    Of somebody's large files only the prefixes: to know their terms, each statement would have to be looked at.
    """
    dataset = site().dataset
    found = [] if dataset.is_large else list(_terms(dataset))[:MAX_TERMS]
    content = {"prefixes": dict(dataset.prefixes), "terms": found}
    return Response(json.dumps(content, ensure_ascii=False, separators=(",", ":")), content_type="application/json")


def _terms(dataset: Dataset) -> Iterator[list[str]]:
    """The terms used most come first; a name that the prefixes cannot shorten is left out."""
    used: dict[str, Counter[NamedNode]] = {use: Counter() for use in ("property", "class", "thing")}
    for triple in dataset.triples():
        used["property"][triple.predicate] += 1
        for node in (triple.subject, triple.object):
            if isinstance(node, NamedNode):
                is_class = triple.predicate == RDF.type and node == triple.object
                used["class" if is_class else "thing"][node] += 1
    seen: set[NamedNode] = set()
    for use, found in used.items():
        for node, _ in found.most_common():
            short = compact(node, dataset.prefixes)
            if node not in seen and not short.startswith("<"):
                seen.add(node)
                yield [short, use, name(dataset, node, "de"), name(dataset, node, "en")]
