"""What an editor can propose: prefixes, and the terms and things of the dataset with their labels and their place."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import NamedNode

from ...dataset import Dataset, Term
from ...engine.neighbourhood import name
from ...model.kinds import KINDS
from ...reference.reused import reused_name
from ...serialisation.turtle import compact
from ...terms import BASE, RDF, SCHEMA, expanded
from ..site import site

MAX_TERMS = 5000
# What people call the members of a class, where its own label is another word.
KIND_NAMES = {expanded(one): (*kind.name, *kind.plural) for kind in KINDS for one in kind.classes}


def vocabulary(dataset: Dataset) -> str:
    """Prefixes and terms as JSON; of somebody's large files only the prefixes, not to look at each statement.

    Of a term: its short name, what it is used as, its labels in German and English, other words for it, and classes:
    of a property those that it is said of and those that it leads to, of a thing its own.
    """
    found = [] if dataset.is_large else list(_terms(dataset))[:MAX_TERMS]
    content = {"base": BASE if site().bundled else "", "prefixes": dict(dataset.prefixes), "terms": found}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _terms(dataset: Dataset) -> Iterator[list[str | list[str]]]:
    """The terms used most come first; a name that the prefixes cannot shorten is left out."""
    used: dict[str, Counter[NamedNode]] = {use: Counter() for use in ("property", "class", "thing")}
    classes: dict[Term, set[NamedNode]] = defaultdict(set)
    triples = list(dataset.triples())
    for triple in triples:
        used["property"][triple.predicate] += 1
        for node in (triple.subject, triple.object):
            if isinstance(node, NamedNode):
                is_class = triple.predicate == RDF.type and node == triple.object
                used["class" if is_class else "thing"][node] += 1
        if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
            classes[triple.subject].add(triple.object)
    of, to = _ends(dataset, classes)
    seen: set[NamedNode] = set()
    for use, found in used.items():
        for node, _ in found.most_common():
            short = compact(node, dataset.prefixes)
            if node not in seen and not short.startswith("<"):
                seen.add(node)
                ends = (of[node], to[node]) if use == "property" else (classes.get(node, ()), ())
                german, english, *words = called(node)
                yield [short, use, german, english, words, *(_short(dataset, one) for one in ends)]


def _ends(dataset: Dataset, classes: Mapping[Term, set[NamedNode]]) -> tuple[dict[NamedNode, set[NamedNode]], ...]:
    """The classes that each property is said of and those that it leads to: by its use, and by the ontology."""
    of: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    to: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for triple in dataset.triples():
        of[triple.predicate] |= classes.get(triple.subject, set())
        to[triple.predicate] |= classes.get(triple.object, set())
        if triple.predicate in (SCHEMA.domainIncludes, SCHEMA.rangeIncludes) and isinstance(triple.subject, NamedNode):
            ends = of if triple.predicate == SCHEMA.domainIncludes else to
            ends[triple.subject] |= {triple.object} if isinstance(triple.object, NamedNode) else set()
    return of, to


def called(node: NamedNode) -> list[str]:
    """The German and the English label, then other words; a term of another vocabulary is called as on all pages."""
    dataset = site().dataset
    known = reused_name(node) if site().bundled else None
    labels = [name(dataset, node, tag) or (known.say(tag) if known else "") for tag in ("de", "en")]
    words = KIND_NAMES.get(node, ()) if site().bundled else ()
    return [*labels, *(word for word in dict.fromkeys(words) if word not in labels)]


def _short(dataset: Dataset, nodes: Iterable[NamedNode]) -> list[str]:
    return sorted(compact(node, dataset.prefixes) for node in nodes)
