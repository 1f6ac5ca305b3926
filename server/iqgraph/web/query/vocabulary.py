"""The terms of the data: what an editor can propose, and what a query names in vain.

A term that the data does not have is most often the reason why nothing fits, and most often a slip. It is looked for in
a thread of the site, so all is bounded: the length of the query, by the page that shows it, the terms that are looked
up, and those that are named. A near term is found in about a millisecond.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, pairwise

from pyoxigraph import Literal, NamedNode, Triple

from ...dataset import Dataset, Term
from ...dataset.dataset import is_known
from ...engine import Query
from ...engine.nearest import Names, Words, local, plain
from ...engine.neighbourhood import name
from ...engine.tokens import iri_of, prefix_declarations, tokens
from ...model.kinds import KINDS
from ...reference.usage import reused_name
from ...serialisation.turtle import compact
from ...terms import BASE, RDF, SCHEMA, XSD, expanded
from ..site import memoized, site

MAX_PROPOSED_TERMS = 5000
MAX_TERMS = 100
MAX_UNKNOWN_TERMS = 3
IS_A = ("a", "rdf:type")
# What people call the members of a class, where its own label is another word.
KIND_NAMES = {expanded(one): (*kind.name, *kind.plural) for kind in KINDS for one in kind.classes}


def vocabulary(dataset: Dataset) -> str:
    """Prefixes and terms as JSON; of somebody's large files only the prefixes, not to look at each statement.

    Of a term: its short name, what it is used as, its labels in German and English, other words for it, and classes:
    of a property those that it is said of and those that it leads to, of a thing its own.
    """
    found = list(islice(_used(dataset), MAX_PROPOSED_TERMS))
    content = {"base": BASE if site().bundled else "", "prefixes": dict(dataset.prefixes), "terms": found}
    # Without spaces, since each page with an editor loads it.
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _used(dataset: Dataset) -> Iterator[list[str | list[str]]]:
    """The terms used most come first; a name that the prefixes cannot shorten is left out."""
    used: dict[str, Counter[NamedNode]] = {use: Counter() for use in ("property", "class", "thing")}
    classes: dict[Term, set[NamedNode]] = defaultdict(set)
    for triple in _triples(dataset):
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
                shortened = (sorted(compact(node, dataset.prefixes) for node in one) for one in ends)
                yield [short, use, german, english, words, *shortened]


def _ends(dataset: Dataset, classes: Mapping[Term, set[NamedNode]]) -> tuple[dict[NamedNode, set[NamedNode]], ...]:
    """The classes that each property is said of and those that it leads to: by its use, and by the ontology."""
    of: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    to: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for triple in _triples(dataset):
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


def unknown(query: str) -> dict[str, str | None]:
    """The first terms that occur nowhere in the data, as a query writes them, and what may have been meant.

    Only those of vocabularies that the data has prefixes for are looked up.
    """
    prologue = Query(query).prologue
    prefixes = prefix_declarations(prologue)
    body = [token for token in tokens(query[len(prologue) :]) if token.kind != "space"]
    # Datatypes and functions need not be in the data, nor what lies in a vocabulary that it has no prefix for.
    known = [one for one in site().dataset.prefixes.values() if one != XSD.iri] + [BASE] * site().bundled
    iris = ((token.text, iri_of(token, prefixes)) for token in body)
    named = {text: iri for text, iri in iris if iri and iri.startswith(tuple(known))}
    classes = {after.text for before, after in pairwise(body) if before.text in IS_A}
    missing = (pair for pair in islice(named.items(), MAX_TERMS) if not _is_known(site().dataset, pair[1]))
    return {text: _nearest(iri, is_class=text in classes) for text, iri in islice(missing, MAX_UNKNOWN_TERMS)}


def _is_known(dataset: Dataset, iri: str) -> bool:
    try:
        node = NamedNode(iri)
    except ValueError:
        return True
    return is_known(dataset.store, node) or node in memoized("datatypes", _datatypes)


def _triples(dataset: Dataset) -> Iterable[Triple]:
    """What the terms are learnt from: of somebody's large files nothing."""
    return () if dataset.is_large else dataset.triples()


def _datatypes(dataset: Dataset) -> frozenset[NamedNode]:
    return frozenset(one.object.datatype for one in _triples(dataset) if isinstance(one.object, Literal))


def _nearest(iri: str, *, is_class: bool) -> str | None:
    """The nearest term of the same namespace; else, where a class is due, that whose name is nearest; else a thing."""
    name = local(iri)
    space = iri.removesuffix(name)
    alike = memoized("terms", _ends_by_space).get(space)
    near = [space + end for end in alike.nearest(name, 1)] if alike else []
    if not near and is_class:
        near = memoized("classes", _classes).nearest(name, 1)
    return next(iter(near or site().names.nearest(name, 1)), None)


def _classes(dataset: Dataset) -> Names:
    """The classes that things are of by what they are called; of one name, those first that have most members."""
    members = Counter(one.object for one in _triples(dataset) if one.predicate == RDF.type)
    found: dict[str, dict[str, tuple[bool, int]]] = defaultdict(dict)
    for node, count in members.items():
        if isinstance(node, NamedNode):
            german, english, *others = called(node)
            for word in (*others, local(node.value), german, english):  # its own names count more
                found[plain(word)][node.value] = (word in others, -count)
    return Names({word: tuple(sorted(ranks, key=ranks.__getitem__)) for word, ranks in found.items() if word})


def _ends_by_space(dataset: Dataset) -> Mapping[str, Words]:
    """The ends of the IRIs that are said of, or said with, by what is before them."""
    ends: dict[str, set[str]] = defaultdict(set)
    for one in _triples(dataset):
        for node in (one.subject, one.predicate, one.object):
            if isinstance(node, NamedNode):
                end = local(node.value)
                ends[node.value.removesuffix(end)].add(end)
    return {space: Words(sorted(found)) for space, found in ends.items()}
