"""Evidence marks: which source makes a statement, and how sure that is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from pyoxigraph import NamedNode, Triple

from ..bilingual import Text
from ..dataset import Dataset
from ..dataset.derivation import statement_iri
from ..dataset.profile import about
from ..engine.neighbourhood import name
from ..terms import CONCEPT, DCTERMS, GRAPH, IQ, OA, ONTOLOGY, PROV, is_derived
from .passages import Readings, sign_of

MAX_STATEMENTS = 1 << 14  # more than the bundled graph has; of larger data those that were needed last


@dataclass(frozen=True, slots=True)
class Mark:
    """A source of a statement: its number or name, its IRI, how it supports the statement, and that in words.

    The number of a passage comes after the short name of its document, where there are several.
    """

    text: str
    iri: str
    how: str
    title: str
    passage: NamedNode | None = None


class Evidence:
    """The marks of statements in one language; with `several` documents, numbers say of which one they are."""

    def __init__(self, dataset: Dataset, readings: Readings, language: str, *, several: bool) -> None:
        self.dataset, self.readings, self.language, self.several = dataset, readings, language, several
        self._of = lru_cache(MAX_STATEMENTS)(lambda triple: tuple(self._mark(*one) for one in self._sources(triple)))
        self._mark = lru_cache(MAX_STATEMENTS)(self._made)

    def marks(self, *triples: Triple) -> tuple[Mark, ...]:
        """Those of the graphs that make statements and, where a rule derives one, of those it follows from."""
        return ordered(mark for triple in triples for mark in self._of(triple))

    def cited(self, passages: Iterable[NamedNode]) -> tuple[Mark, ...]:
        """Those of passages on which something rests as a whole."""
        # Some of its statements may need other passages and others not, so the passage itself has no way of saying.
        return ordered(
            Mark(self.called(one), one.value, "silent", self._title(one, "silent", ()), one) for one in passages
        )

    def called(self, passage: NamedNode) -> str:
        """The number of a passage, after the document where there are several."""
        documents = self.dataset.nodes(passage, OA.hasSource) if self.several else []
        names = [sign_of(self.dataset, document, self.language) for document in documents]
        return " ".join((*names, self._number(passage)))

    def witness(
        self,
        graphs: Iterable[NamedNode],
        premises: Iterable[NamedNode] = (),
        contextual: Iterable[NamedNode] = (),
        names: Iterable[NamedNode] = (),
    ) -> tuple[Mark, ...]:
        """Those of the graphs from which a row follows, and of the premises of what is derived in them.

        Contextual are the nodes that record such statements; names are the graphs that hold no more of the row.
        Marks that a reader cannot tell from each other are one.
        """
        others: dict[NamedNode, set[NamedNode]] = {}
        for node in contextual:
            for graph in self.dataset.nodes(node, DCTERMS.isPartOf):
                others.setdefault(graph, set()).update(self.dataset.nodes(node, IQ.readWith))
        derived = [(premise, True, ()) for premise in premises]
        stated = [
            (graph, False, tuple(sorted(others.get(graph, ()), key=str)))
            for graph in graphs
            if not (derived and is_derived(graph))
        ]
        only, told = set(names), self._say(de="nur für einen Namen in der Zeile", en="only for a name in the row")
        marks = []
        for graph, *how in (*stated, *derived):
            mark = self._mark(graph, *how)
            if graph in only and mark.how != "editorial":
                mark = replace(mark, how="name", title=f"{mark.title} – {told}")
            marks.append(mark)
        alike = {mark.iri if mark.passage else (mark.text, mark.how): mark for mark in reversed(weakest(marks))}
        return tuple(alike.values())[::-1]

    def _sources(self, triple: Triple) -> Iterator[tuple[NamedNode, bool, tuple[NamedNode, ...]]]:
        """The graphs of a statement, whether it follows from them, and the passages to read it with."""
        for quad in self.dataset.store.quads_for_pattern(triple.subject, triple.predicate, triple.object):
            graph = quad.graph_name
            if is_derived(graph):
                premises = self.dataset.nodes(statement_iri(triple, graph), PROV.wasDerivedFrom) or [graph]
                yield from ((one, True, self.readings.get((triple, one), ())) for one in premises)
            elif isinstance(graph, NamedNode):
                yield graph, False, self.readings.get((triple, graph), ())

    def _made(self, graph: NamedNode, follows: bool, others: tuple[NamedNode, ...]) -> Mark:  # noqa: FBT001 - cached
        passages = self.dataset.passages(graph)
        modality = [node.value.removeprefix(CONCEPT.iri) for node in self.dataset.nodes(graph, IQ.modality)]
        usual = modality[0] if modality else "editorial" if about(self.dataset.store, graph) else "explicit"
        how = "derived" if follows else "contextual" if others else usual
        if len(passages) != 1:
            return Mark(self._word(graph, how), graph.value, how, self._name(graph))
        if how == "contextual" and not others:
            how = "explicit"  # of a graph with contextual statements, this is none of them
        (passage,) = passages
        return Mark(self.called(passage), passage.value, how, self._title(passage, how, others), passage)

    def _number(self, passage: NamedNode) -> str:
        """The number of a passage in its document."""
        found = self.dataset.literals(passage, IQ.order)
        return found[0].value if found else passage.value.rpartition("/")[2]

    def _word(self, graph: NamedNode, how: str) -> str:
        """What stands on the mark of a graph that renders no passage."""
        if is_derived(graph):
            return self._say(de="Regel", en="rule")
        if graph == ONTOLOGY:
            return self._say(de="Ontologie", en="ontology")
        if how == "editorial":
            return self._say(de="Redaktion", en="editors")
        return graph.value.removeprefix(GRAPH.iri).rpartition("/")[2]

    def _title(self, passage: NamedNode, how: str, others: tuple[NamedNode, ...]) -> str:
        word = self._say(de="Textstelle", en="Passage")
        documents = self.dataset.nodes(passage, OA.hasSource) if self.several else []
        whose = "".join(f" ({self._name(document)})" for document in documents)
        what = f"{word} {self.called(passage)}{whose}: {self._name(passage)}"
        if how == "derived":
            return f"{what} – {self._say(de='daraus abgeleitet', en='derived from it')}"
        if others:
            listed = ", ".join(map(self._number, others))
            return f"{what} – {self._say(de=f'zu lesen mit {listed}', en=f'to be read with {listed}')}"
        return what

    def _name(self, node: NamedNode) -> str:
        return name(self.dataset, node, self.language)

    def _say(self, *, de: str, en: str) -> str:
        return Text(de=de, en=en).say(self.language)


def ordered(found: Iterable[Mark]) -> tuple[Mark, ...]:
    """Each mark once, those for names last, passages by document and number before all others."""
    return tuple(sorted(dict.fromkeys(found), key=_place))


def weakest(found: Iterable[Mark]) -> tuple[Mark, ...]:
    """Each source once: of a claim of several statements, what only follows says more of it than what is explicit."""
    ranked = sorted(found, key=lambda mark: (mark.how != "name", mark.how in ("contextual", "derived")))
    return ordered({mark.iri: mark for mark in ranked}.values())


def _place(mark: Mark) -> tuple[bool, bool, str, int, str]:
    document, number = (mark.iri.rpartition("/")[0], mark.text.rpartition(" ")[2]) if mark.passage else ("", "")
    return mark.how == "name", not mark.passage, document, int(number) if number.isdigit() else 0, mark.text
