"""The terms of the data: completion for the editor, and suggestions for unknown terms in a query.

An empty answer is most often due to a misspelled term. The search for similar ones runs in a thread of the site, so it
is bounded: by the length of the query, by the number of terms that are looked up, and by the number of suggestions. One
suggestion takes about a millisecond.
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
from ...terms import BASE, RDF, SCHEMA, XSD, expand
from ..site import memoize, site

MAX_PROPOSED_TERMS = 5000
MAX_TERMS = 100
MAX_UNKNOWN_TERMS = 3
IS_A = ("a", "rdf:type")
# The names of kinds, as further words for their classes.
KIND_NAMES = {expand(name): (*kind.name, *kind.plural) for kind in KINDS for name in kind.classes}
Classes = dict[NamedNode, set[NamedNode]]


def vocabulary(dataset: Dataset) -> str:
    """Return prefixes and terms as JSON; only the prefixes of large user files.

    A term is a list: short name, use, German and English label, other words, and classes: of a property those of its
    subjects and those of its objects, of a thing its own.
    """
    terms = list(islice(_terms(dataset), MAX_PROPOSED_TERMS))
    content = {"base": BASE if site().is_bundled else "", "prefixes": dict(dataset.prefixes), "terms": terms}
    # Without spaces, since every page with an editor loads it.
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _terms(dataset: Dataset) -> Iterator[list[str | list[str]]]:
    """Yield the terms that have a prefix, the most frequent first."""
    counts: dict[str, Counter[NamedNode]] = {use: Counter() for use in ("property", "class", "thing")}
    classes: dict[Term, set[NamedNode]] = defaultdict(set)
    for triple in _triples(dataset):
        counts["property"][triple.predicate] += 1
        for node in (triple.subject, triple.object):
            if isinstance(node, NamedNode):
                is_class = triple.predicate == RDF.type and node == triple.object
                counts["class" if is_class else "thing"][node] += 1
        if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
            classes[triple.subject].add(triple.object)
    domains, ranges = _domains_and_ranges(dataset, classes)
    uses: dict[NamedNode, str] = {}
    for use, nodes in counts.items():
        for node, _ in nodes.most_common():
            short = compact(node, dataset.prefixes)
            if uses.setdefault(node, use) == use and not short.startswith("<"):
                related = (domains[node], ranges[node]) if use == "property" else (classes.get(node, ()), ())
                german, english, *words = names_of(node)
                names = (sorted(compact(other, dataset.prefixes) for other in group) for group in related)
                yield [short, use, german, english, words, *names]


def _domains_and_ranges(dataset: Dataset, classes: Mapping[Term, set[NamedNode]]) -> tuple[Classes, Classes]:
    """Return for each property the classes of its subjects and of its objects, by use and by the ontology."""
    domains: Classes = defaultdict(set)
    ranges: Classes = defaultdict(set)
    for triple in _triples(dataset):
        domains[triple.predicate] |= classes.get(triple.subject, set())
        ranges[triple.predicate] |= classes.get(triple.object, set())
        if triple.predicate in (SCHEMA.domainIncludes, SCHEMA.rangeIncludes) and isinstance(triple.subject, NamedNode):
            ends = domains if triple.predicate == SCHEMA.domainIncludes else ranges
            ends[triple.subject] |= {triple.object} if isinstance(triple.object, NamedNode) else set()
    return domains, ranges


def names_of(node: NamedNode) -> list[str]:
    """Return the German and the English label of a term, then other words for it."""
    reused = reused_name(node) if site().is_bundled else None
    labels = [name(site().dataset, node, tag) or (reused.say(tag) if reused else "") for tag in ("de", "en")]
    words = KIND_NAMES.get(node, ()) if site().is_bundled else ()
    return [*labels, *(word for word in dict.fromkeys(words) if word not in labels)]


def unknown_terms(query: str) -> dict[str, str | None]:
    """Return the first terms of a query, as written, that the data does not have, each with a suggestion if any.

    Only terms in namespaces of the data are looked up, without datatypes and functions.
    """
    prologue = Query(query).prologue
    prefixes = prefix_declarations(prologue)
    body = [token for token in tokens(query[len(prologue) :]) if token.type != "space"]
    namespaces = [iri for iri in site().dataset.prefixes.values() if iri != XSD.iri] + [BASE] * site().is_bundled
    iris = ((token.text, iri_of(token, prefixes)) for token in body)
    terms = {text: iri for text, iri in iris if iri and iri.startswith(tuple(namespaces))}
    classes = {after.text for before, after in pairwise(body) if before.text in IS_A}
    missing = (pair for pair in islice(terms.items(), MAX_TERMS) if not _is_known(site().dataset, pair[1]))
    return {text: _nearest(iri, is_class=text in classes) for text, iri in islice(missing, MAX_UNKNOWN_TERMS)}


def _is_known(dataset: Dataset, iri: str) -> bool:
    try:
        node = NamedNode(iri)
    except ValueError:
        return True
    literals = (triple.object for triple in _triples(dataset) if isinstance(triple.object, Literal))
    datatypes = memoize("datatypes", lambda _: {literal.datatype for literal in literals})
    return is_known(dataset.store, node) or node in datatypes


def _triples(dataset: Dataset) -> Iterable[Triple]:
    """Return the triples of the dataset, none of large user files."""
    return () if dataset.is_large else dataset.triples()


def _nearest(iri: str, *, is_class: bool) -> str | None:
    """Return the nearest term in the same namespace, else the class (if one is expected) or thing by its name."""
    name = local(iri)
    namespace = iri.removesuffix(name)
    names = memoize("terms", _local_names).get(namespace)
    nearest = [namespace + neighbour for neighbour in names.nearest(name, 1)] if names else []
    if not nearest and is_class:
        nearest = memoize("classes", _classes).nearest(name, 1)
    return next(iter(nearest or site().names.nearest(name, 1)), None)


def _classes(dataset: Dataset) -> Names:
    """Return the classes that have instances by name; of several with one name, the largest comes first."""
    sizes = Counter(triple.object for triple in _triples(dataset) if triple.predicate == RDF.type)
    ranks: dict[str, dict[str, tuple[bool, int]]] = defaultdict(dict)
    for node, size in sizes.items():
        if isinstance(node, NamedNode):
            german, english, *others = names_of(node)
            for word in (*others, local(node.value), german, english):  # labels rank before other words
                ranks[plain(word)][node.value] = (word in others, -size)
    return Names({word: tuple(sorted(iris, key=iris.__getitem__)) for word, iris in ranks.items() if word})


def _local_names(dataset: Dataset) -> Mapping[str, Words]:
    """Return the local names of all IRIs by namespace."""
    names: dict[str, set[str]] = defaultdict(set)
    for triple in _triples(dataset):
        for node in (triple.subject, triple.predicate, triple.object):
            if isinstance(node, NamedNode):
                name = local(node.value)
                names[node.value.removesuffix(name)].add(name)
    return {namespace: Words(sorted(group)) for namespace, group in names.items()}
