"""Evidence marks: which source makes a statement, and how sure that is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from ..dataset import UNION, Dataset
from ..dataset.derivation import statement_iri
from ..dataset.unsourced import UNSOURCED
from ..engine.things.neighbourhood import name
from ..terms import CONCEPT, DERIVED, GRAPH, IQ, OA, ONTOLOGY, PROV, RDF
from . import urls
from .http.language import language, say
from .site import site


@dataclass(frozen=True, slots=True)
class Mark:
    """A source of a statement: its number or name, where it leads, how it supports the statement, and that in words."""

    text: str
    address: str
    how: str
    title: str
    passage: NamedNode | None = None


def marks(*triples: Triple) -> tuple[Mark, ...]:
    """The marks of statements: of the graphs that make them and, where a rule derives one, of those it follows from."""
    return ordered(mark for triple in triples for mark in _of(triple))


def ordered(found: Iterable[Mark]) -> tuple[Mark, ...]:
    """Each mark once, passages by number before all others."""
    return tuple(sorted(dict.fromkeys(found), key=_place))


def cited(passages: Iterable[NamedNode]) -> tuple[Mark, ...]:
    """The marks of passages on which something rests as a whole."""
    return ordered(_whole(passage) for passage in passages)


def passage_of(graph: NamedNode) -> NamedNode | None:
    """The passage that a graph renders, if it renders one."""
    found = site().dataset.values(graph, PROV.wasDerivedFrom)
    passages = [node for node in found if isinstance(node, NamedNode) and is_passage(site().dataset, node)]
    return passages[0] if len(passages) == 1 else None


def is_passage(dataset: Dataset, node: NamedNode) -> bool:
    """Whether this is a passage of a document."""
    return any(dataset.store.quads_for_pattern(node, RDF.type, IQ.Passage, UNION))


def number(passage: NamedNode) -> str:
    """The number of a passage in its document."""
    found = site().dataset.values(passage, IQ.order)
    return found[0].value if found and isinstance(found[0], Literal) else passage.value.rpartition("/")[2]


def _of(triple: Triple) -> Iterator[Mark]:
    dataset = site().dataset
    for quad in dataset.store.quads_for_pattern(triple.subject, triple.predicate, triple.object):
        if quad.graph_name == DERIVED:
            found = dataset.values(statement_iri(triple), PROV.wasDerivedFrom)
            premises = [graph for graph in found if isinstance(graph, NamedNode)]
            yield from (_mark(graph, triple, derived=True) for graph in premises or [DERIVED])
        elif isinstance(quad.graph_name, NamedNode):
            yield _mark(quad.graph_name, triple)


def _mark(graph: NamedNode, triple: Triple, *, derived: bool = False) -> Mark:
    passage = passage_of(graph)
    with_others = site().readings.get((triple, graph), ())
    how = "derived" if derived else "contextual" if with_others else _modality(graph)
    if passage is None:
        return Mark(_word(graph, how), urls.local(graph.value), how, _name(graph))
    if how == "contextual" and not with_others:
        how = "explicit"
    return Mark(number(passage), urls.local(passage.value), how, _title(passage, how, with_others), passage)


def _whole(passage: NamedNode) -> Mark:
    graphs = site().dataset.subjects(PROV.wasDerivedFrom, passage)
    how = next((_modality(graph) for graph in graphs if isinstance(graph, NamedNode) and graph != DERIVED), "explicit")
    return Mark(number(passage), urls.local(passage.value), how, _title(passage, how, ()), passage)


def _word(graph: NamedNode, how: str) -> str:
    """What stands on the mark of a graph that renders no passage."""
    if graph == DERIVED:
        return say(de="Regel", en="rule")
    if graph == ONTOLOGY:
        return say(de="Ontologie", en="ontology")
    return (
        say(de="Redaktion", en="editors")
        if how == "editorial"
        else graph.value.removeprefix(GRAPH.iri).rpartition("/")[2]
    )


def _modality(graph: NamedNode) -> str:
    found = site().dataset.values(graph, IQ.modality)
    names = [node.value.removeprefix(CONCEPT.iri) for node in found if isinstance(node, NamedNode)]
    return names[0] if names else "editorial" if graph in UNSOURCED else "explicit"


def _title(passage: NamedNode, how: str, others: tuple[NamedNode, ...]) -> str:
    what = f"{say(de='Textstelle', en='Passage')} {number(passage)}{_whose(passage)}: {_name(passage)}"
    if how == "derived":
        return f"{what} – {say(de='daraus abgeleitet', en='derived from it')}"
    if others:
        listed = ", ".join(number(one) for one in others)
        return f"{what} – {say(de=f'zu lesen mit {listed}', en=f'to be read with {listed}')}"
    return what


def _whose(passage: NamedNode) -> str:
    """The document of a passage in brackets, where there are several whose numbers could be mistaken."""
    documents = site().dataset.values(passage, OA.hasSource) if len(site().outlines) > 1 else []
    return "".join(f" ({_name(document)})" for document in documents if isinstance(document, NamedNode))


def _name(node: NamedNode) -> str:
    return name(site().dataset, node, language())


def _place(mark: Mark) -> tuple[bool, int, str]:
    return not mark.text.isdigit(), int(mark.text) if mark.text.isdigit() else 0, mark.text
