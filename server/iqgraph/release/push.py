"""Pushing: another engine holds exactly our data afterwards, or the push says what it may hold."""

from collections.abc import Callable, Collection, Iterable
from decimal import Decimal, InvalidOperation

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..bilingual import Text, sentences
from ..dataset import UNION, Dataset, Term
from ..dataset.dataset import canonical_hash
from ..errors import CallError, DatasetError
from ..terms import GRAPH, XSD
from .destination import Destination, Graphs, Name

Tell = Callable[[Text], object]
# A request that nobody answered may still be carried out later, so what is there cannot be told.
OLD_OR_NEW = Text(
    de="Sie enthält jetzt ganz den alten oder ganz den neuen Stand; laden Sie noch einmal.",
    en="It holds all of the old state or all of the new one now; push again.",
)
MIXED = Text(
    de="Sie enthält jetzt womöglich alte und neue Graphen nebeneinander; laden Sie noch einmal.",
    en="It may hold some graphs old and others new now; push again.",
)


def push(dataset: Dataset, there: Destination, tell: Tell, union: Name | None = None) -> None:
    """Let an engine hold the named graphs of a dataset and, if a graph is named for it, their union.

    Graphs below our address that the dataset does not have are removed; no other graph is touched. Only what differs is
    written: in one transaction if the engine has a door for updates, else graph by graph. Then all is read back.
    CallError if that cannot be done, DatasetError if something else comes back; another push mends either.
    """
    wanted = _wanted(dataset, union)
    before = _read_graphs(there, {*wanted, *there.names(GRAPH.iri)})
    after = {name: wanted.get(name, frozenset()) for name in before}
    change = {name: triples for name, triples in after.items() if by_value(triples) != by_value(before[name])}
    left = OLD_OR_NEW if there.update else MIXED
    try:
        if change:
            tell(_plan(before, change, there))
            there.replace(change)
        _compare(there, after, _read_graphs(there, after))
    except CallError as error:
        raise CallError(sentences(error.text, left)) from error
    except KeyboardInterrupt:
        tell(sentences(Text(de="Unterbrochen.", en="Interrupted."), left))
        raise
    read_back = Text(
        de="Zurückgelesen: {} Graphen, {} Aussagen, SHA-256 {}; alles wie hier.",
        en="Read back: {} graphs, {} statements, SHA-256 {}; all as here.",
    )
    tell(read_back.format(len(wanted), sum(map(len, wanted.values())), canonical_hash(dataset)))


def _wanted(dataset: Dataset, union: Name | None) -> Graphs:
    names: list[Name] = [name for name in dataset.graphs() if isinstance(name, NamedNode)]
    wanted = {name: frozenset(dataset.triples(name)) for name in names}
    if union is not None:
        wanted[union] = frozenset(dataset.triples(UNION))
    terms = (term for triples in wanted.values() for triple in triples for term in triple)
    if len(names) < len(dataset.graphs()) or any(isinstance(term, BlankNode) for term in terms):
        raise CallError(
            de="In den Daten gibt es Blank Nodes; was von ihnen zurückkommt, lässt sich nicht vergleichen.",
            en="There are blank nodes in the data; what comes back of them cannot be compared.",
        )
    return wanted


def _read_graphs(there: Destination, names: Collection[Name]) -> Graphs:
    return {name: there.read(name) for name in sorted(names, key=str)}


def _plan(before: Graphs, change: Graphs, there: Destination) -> Text:
    new = sum(not before[name] for name in change)
    gone = sum(not triples for triples in change.values())
    at_once = Text(
        de="in einer Transaktion; wer liest, sieht den alten Stand oder den neuen",
        en="in one transaction; readers see the old state or the new one",
    )
    one_by_one = Text(
        de="nacheinander; bis das getan ist, sieht, wer liest, manche davon alt und andere neu",
        en="one after the other; until that is done, readers see some of them old and others new",
    )
    plan = Text(
        de="Von {} Graphen bleiben {}, {} kommen hinzu, {} werden ersetzt, {} fallen weg, {}.",
        en="Of {} graphs, {} stay as they are, {} added, {} replaced, {} removed, {}.",
    )
    counts = (len(before), len(before) - len(change), new, len(change) - new - gone, gone)
    return plan.format(*counts, at_once if there.update else one_by_one)


def _compare(there: Destination, wanted: Graphs, held: Graphs) -> None:
    pairs = {name: (by_value(wanted[name]), by_value(held[name])) for name in wanted}
    lost = [(triple, name) for name, (here, back) in pairs.items() for triple in here - back]
    found = [(triple, name) for name, (here, back) in pairs.items() for triple in back - here]
    if lost or found:
        example = min(f"{triple} in {name}" for triple, name in lost or found)
        raise DatasetError(
            de=f"{there.store.url} gibt etwas anderes zurück, als gesendet wurde: {len(lost)} Aussagen fehlen, "
            f"{len(found)} sind zu viel, zum Beispiel {example}.",
            en=f"{there.store.url} gives back something else than it was sent: {len(lost)} statements are missing "
            f"and {len(found)} are too many, for instance {example}.",
        )


def by_value(triples: Iterable[Triple]) -> frozenset[Triple]:
    """The statements with one literal for each number, however an engine writes it.

    Of 3 as a decimal, Fuseki makes "3.0" (https://www.w3.org/TR/xmlschema-2/#decimal, 3.2.3.2), and
    Virtuoso the integer (https://github.com/openlink/virtuoso-opensource/issues/1062), whose values are decimals.
    """
    return frozenset(Triple(one.subject, one.predicate, _number(one.object)) for one in triples)


def _number(term: Term) -> Term:
    if not isinstance(term, Literal) or term.datatype not in (XSD.decimal, XSD.integer):
        return term
    try:
        digits = f"{Decimal(term.value):f}"
    except InvalidOperation:
        return term
    return Literal(digits.rstrip("0").rstrip(".") if "." in digits else digits, datatype=XSD.decimal)
