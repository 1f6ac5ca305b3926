"""Pushing: another engine has exactly our data afterwards, or the error says what it may have."""

from collections.abc import Callable, Collection, Iterable
from decimal import Decimal, InvalidOperation

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..bilingual import Text, sentences
from ..dataset import UNION, Dataset, Term
from ..dataset.dataset import canonical_hash
from ..errors import CallError, DatasetError
from ..terms import GRAPH, XSD
from .destination import Destination, Graphs, Name

Report = Callable[[Text], object]
# A request without a response may still be executed later, so the state of the engine is unknown.
OLD_OR_NEW = Text(
    de="Sie hat jetzt entweder ganz den alten oder ganz den neuen Stand; laden Sie noch einmal.",
    en="It now has either all of the old state or all of the new one; push again.",
)
MIXED = Text(
    de="Sie hat jetzt womöglich alte und neue Graphen nebeneinander; laden Sie noch einmal.",
    en="It may now have a mixture of old and new graphs; push again.",
)


def push(dataset: Dataset, destination: Destination, report: Report, union: Name | None = None) -> None:
    """Write the named graphs of a dataset to an engine and, if a name is given for it, their union.

    Graphs with IRIs of ours that the dataset does not have are removed; no other graph is changed. Only graphs that
    differ are written: in one transaction if the engine has an update endpoint, else one by one. Then all are read.
    CallError if that fails, DatasetError if they differ from what was sent; in both cases another push helps.
    """
    graphs = _graphs(dataset, union)
    before = _read_graphs(destination, {*graphs, *destination.names(GRAPH.iri)})
    after = {name: graphs.get(name, frozenset()) for name in before}
    changes = {name: triples for name, triples in after.items() if by_value(triples) != by_value(before[name])}
    state = OLD_OR_NEW if destination.update else MIXED
    try:
        if changes:
            report(_plan(before, changes, destination))
            destination.replace(changes)
        _compare(destination, after, _read_graphs(destination, after))
    except CallError as error:
        raise CallError(sentences(error.text, state)) from error
    except KeyboardInterrupt:
        report(sentences(Text(de="Unterbrochen.", en="Interrupted."), state))
        raise
    read_back = Text(
        de="Zurückgelesen: {} Graphen, {} Aussagen, SHA-256 {}; alles gleich.",
        en="Read back: {} graphs, {} statements, SHA-256 {}; all are equal.",
    )
    report(read_back.format(len(graphs), sum(map(len, graphs.values())), canonical_hash(dataset)))


def _graphs(dataset: Dataset, union: Name | None) -> Graphs:
    names: list[Name] = [name for name in dataset.graphs() if isinstance(name, NamedNode)]
    graphs = {name: frozenset(dataset.triples(name)) for name in names}
    if union is not None:
        graphs[union] = frozenset(dataset.triples(UNION))
    terms = (term for triples in graphs.values() for triple in triples for term in triple)
    if len(names) < len(dataset.graphs()) or any(isinstance(term, BlankNode) for term in terms):
        raise CallError(
            de="Die Daten haben Blank Nodes, die sich nach dem Zurücklesen nicht vergleichen lassen.",
            en="The data has blank nodes, which cannot be compared when they are read back.",
        )
    return graphs


def _read_graphs(destination: Destination, names: Collection[Name]) -> Graphs:
    return {name: destination.read(name) for name in sorted(names, key=str)}


def _plan(before: Graphs, changes: Graphs, destination: Destination) -> Text:
    additions = sum(not before[name] for name in changes)
    removals = sum(not triples for triples in changes.values())
    at_once = Text(de="in einer Transaktion", en="in one transaction")
    one_by_one = Text(de="nacheinander; wer liest, sieht so lange beides", en="one by one; readers see both meanwhile")
    plan = Text(
        de="{} Graphen: {} unverändert, {} neu, {} ersetzt, {} entfernt, {}.",
        en="{} graphs: {} unchanged, {} added, {} replaced, {} removed, {}.",
    )
    unchanged_count = len(before) - len(changes)
    counts = (len(before), unchanged_count, additions, len(changes) - additions - removals, removals)
    return plan.format(*counts, at_once if destination.update else one_by_one)


def _compare(destination: Destination, expected: Graphs, actual: Graphs) -> None:
    pairs = {name: (by_value(expected[name]), by_value(actual[name])) for name in expected}
    missing = [f"{triple} in {name}" for name, (here, there) in pairs.items() for triple in here - there]
    extra = [f"{triple} in {name}" for name, (here, there) in pairs.items() for triple in there - here]
    if missing or extra:
        url, example = destination.store.url, min(missing or extra)
        raise DatasetError(
            de=f"{url} gibt etwas anderes zurück, als gesendet wurde: {len(missing)} Aussagen fehlen, "
            f"{len(extra)} sind zu viel, zum Beispiel {example}.",
            en=f"{url} returns something other than it was sent: {len(missing)} statements are missing and "
            f"{len(extra)} are extra, for instance {example}.",
        )


def by_value(triples: Iterable[Triple]) -> frozenset[Triple]:
    """The triples with one literal for each decimal number, however an engine writes it.

    Of the decimal 3 Fuseki makes "3.0" (https://www.w3.org/TR/xmlschema-2/#decimal, 3.2.3.2), and
    Virtuoso an integer (https://github.com/openlink/virtuoso-opensource/issues/1062).
    """
    return frozenset(Triple(triple.subject, triple.predicate, _number(triple.object)) for triple in triples)


def _number(term: Term) -> Term:
    if not isinstance(term, Literal) or term.datatype not in (XSD.decimal, XSD.integer):
        return term
    try:
        digits = f"{Decimal(term.value):f}"
    except InvalidOperation:
        return term
    return Literal(digits.rstrip("0").rstrip(".") if "." in digits else digits, datatype=XSD.decimal)
