"""Evidence marks: which source makes a statement, and how directly."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from pyoxigraph import NamedNode, Triple

from ..bilingual import Text
from ..dataset import Dataset
from ..dataset.profile import description_of
from ..engine.neighbourhood import name
from ..terms import CONCEPT, DCTERMS, GRAPH, IQ, OA, ONTOLOGY, PROV, is_derived, statement_iri
from .passages import Contexts, short_title

MAX_STATEMENTS = 1 << 14  # more than the bundled graph has; of larger data, the most recently used


@dataclass(frozen=True, slots=True)
class Mark:
    """A source of a statement: its number or name, its IRI, how it supports the statement, and that in words.

    The modality is the source's `iq:modality`, or `contextual`, `derived`, `editorial`, `name` or `silent`. Where there
    are several documents, the text of a passage begins with the short title of its document.
    """

    text: str
    iri: str
    modality: str
    title: str
    passage: NamedNode | None = None


class Support(NamedTuple):
    """A graph with a statement or, if it is derived, a premise of it; and the passages to read it with."""

    graph: NamedNode
    context: tuple[NamedNode, ...] = ()
    is_premise: bool = False


class Evidence:
    """The marks of statements in one language."""

    def __init__(self, dataset: Dataset, contexts: Contexts, language: str, *, has_several_documents: bool) -> None:
        self.dataset, self.contexts, self.language = dataset, contexts, language
        self.has_several_documents = has_several_documents
        self._mark = lru_cache(MAX_STATEMENTS)(self._create_mark)
        self._triple_marks = lru_cache(MAX_STATEMENTS)(lambda triple: tuple(map(self._mark, self._supports(triple))))

    def marks(self, *triples: Triple) -> tuple[Mark, ...]:
        """The marks of the graphs that state the triples; for a derived triple, those of its premises."""
        return sort_marks(mark for triple in triples for mark in self._triple_marks(triple))

    def passage_marks(self, passages: Iterable[NamedNode]) -> tuple[Mark, ...]:
        """The marks of passages as a whole, whatever they state."""
        # Some statements of a passage may need context and others not, so the passage has no modality of its own.
        return sort_marks(self._passage_mark(passage, "silent") for passage in passages)

    def passage_label(self, passage: NamedNode) -> str:
        """The number of a passage, after the short title of its document where there are several."""
        documents = self.dataset.nodes(passage, OA.hasSource) if self.has_several_documents else []
        titles = (short_title(self.dataset, document, self.language) for document in documents)
        return " ".join((*titles, self._number(passage)))

    def witness_marks(self, witness: Mapping[str, Iterable[str]]) -> tuple[Mark, ...]:
        """The marks of a witness in an evidence document: of its graphs, and of the premises of its derived statements.

        Marks that look the same are merged.
        """
        keys = ("graphs", "premises", "contextual", "names")
        graphs, premises, contextual, names = ([NamedNode(iri) for iri in witness.get(key, ())] for key in keys)
        contexts: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        for node in contextual:
            for graph in self.dataset.nodes(node, DCTERMS.isPartOf):
                contexts[graph].update(self.dataset.nodes(node, IQ.readWith))
        derived = [Support(premise, is_premise=True) for premise in premises]
        stated = [graph for graph in graphs if not (derived and is_derived(graph))]
        supports = [Support(graph, tuple(sorted(contexts[graph], key=str))) for graph in stated] + derived
        marks = []
        for support in supports:
            mark = self._mark(support)
            if support.graph in names and mark.modality != "editorial":
                note = self._say(de="nur für einen Namen oder die Art", en="only for a name or the kind")
                mark = replace(mark, modality="name", title=f"{mark.title} – {note}")
            marks.append(mark)
        by_appearance: dict[object, Mark] = {}
        for mark in weakest_marks(marks):
            by_appearance.setdefault(mark.iri if mark.passage else (mark.text, mark.modality), mark)
        return tuple(by_appearance.values())

    def _supports(self, triple: Triple) -> Iterator[Support]:
        for quad in self.dataset.store.quads_for_pattern(triple.subject, triple.predicate, triple.object):
            graph = quad.graph_name
            if is_derived(graph):
                premises = self.dataset.nodes(statement_iri(triple, graph), PROV.wasDerivedFrom) or [graph]
                for premise in premises:
                    yield Support(premise, self.contexts.get((triple, premise), ()), is_premise=True)
            elif isinstance(graph, NamedNode):
                yield Support(graph, self.contexts.get((triple, graph), ()))

    def _create_mark(self, support: Support) -> Mark:
        graph, passages = support.graph, self.dataset.passages(support.graph)
        stated = [node.value.removeprefix(CONCEPT.iri) for node in self.dataset.nodes(graph, IQ.modality)]
        default = stated[0] if stated else "editorial" if description_of(self.dataset.store, graph) else "explicit"
        modality = "contextual" if support.context else default
        # Terms are as they are defined, whatever follows from them.
        if is_derived(graph) or (support.is_premise and default != "editorial"):
            modality = "derived"
        if len(passages) != 1:
            return Mark(self._graph_label(graph, modality), graph.value, modality, self._name(graph))
        if modality == "contextual" and not support.context:
            modality = "explicit"  # the graph has contextual statements, but this is not one of them
        return self._passage_mark(passages[0], modality, support.context)

    def _passage_mark(self, passage: NamedNode, modality: str, context: tuple[NamedNode, ...] = ()) -> Mark:
        label, documents = self.passage_label(passage), self.dataset.instances(IQ.Document)
        word = "" if passage in documents else f"{self._say(de='Textstelle', en='Passage')} {label}: "
        title = f"{word}{self._name(passage)}"  # some statements are read with a document as a whole
        if modality == "derived":
            title += f" – {self._say(de='daraus abgeleitet', en='derived from it')}"
        elif context:
            names = ", ".join(self._name(node) if node in documents else self._number(node) for node in context)
            title += f" – {self._say(de='zu lesen mit', en='to be read with')} {names}"
        return Mark(label, passage.value, modality, title, passage)

    def _number(self, passage: NamedNode) -> str:
        """The number of a passage in its document; of a document, its short title."""
        numbers = self.dataset.literals(passage, IQ.order)
        return numbers[0].value if numbers else short_title(self.dataset, passage, self.language)

    def _graph_label(self, graph: NamedNode, modality: str) -> str:
        """The text on the mark of a graph that is not that of a single passage."""
        if is_derived(graph):
            return self._say(de="Regel", en="rule")
        if graph == ONTOLOGY:
            return self._say(de="Ontologie", en="ontology")
        if modality == "editorial":
            return self._say(de="Redaktion", en="editors")
        return graph.value.removeprefix(GRAPH.iri).rpartition("/")[2]

    def _name(self, node: NamedNode) -> str:
        return name(self.dataset, node, self.language)

    def _say(self, *, de: str, en: str) -> str:
        return Text(de=de, en=en).say(self.language)


def sort_marks(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks without duplicates: passages by document and number, then other sources, and last those for names."""
    return tuple(sorted(dict.fromkeys(marks), key=_sort_key))


def weakest_marks(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """One mark for each source: of several statements, a claim is only as direct as the least direct one."""
    by_strength = sorted(marks, key=lambda mark: (mark.modality != "name", mark.modality in ("contextual", "derived")))
    return sort_marks({mark.iri: mark for mark in by_strength}.values())


def _sort_key(mark: Mark) -> tuple[bool, bool, str, int, str]:
    document, number = (mark.iri.rpartition("/")[0], mark.text.rpartition(" ")[2]) if mark.passage else ("", "")
    return mark.modality == "name", not mark.passage, document, int(number) if number.isdigit() else 0, mark.text
