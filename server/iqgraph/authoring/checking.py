"""What is wrong with a document, told to its author: by passage, each cause once, with file and line."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from ..bilingual import Text, sentences
from ..dataset import UNION, Dataset, Pattern
from ..serialisation.turtle import compact
from ..terms import BASE, CONCEPT, GRAPH, ID, RDF, SCHEMA, SKOS, graph_iri, passage_iri
from ..validation.evidence import find_premises
from ..validation.findings import Finding, Language
from .written import TODO, Written

MAX_NEAR, MIN_LIKENESS = 3, 0.8
PASSAGE = re.compile(rf"<{re.escape(BASE)}passage/[^/>]*/([^>]*)>")
NEAR = Text(de="Ähnlich heißen: {}.", en="Near to it are: {}.")
RANGE = Text(de="{} führt zu: {}.", en="{} leads to: {}.")
DOMAIN = Text(de="{} geht aus von: {}.", en="{} goes from: {}.")
ELSEWHERE = Text(de="anderswo", en="elsewhere")
WHOLE = Text(de="Dokument", en="document")
UNWRITTEN = Text(
    de="{}: {} Bezeichnungen und Beschreibungen sind noch zu schreiben (TODO).",
    en="{}: {} labels and descriptions are still to be written (TODO).",
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A finding, the passage that it belongs to ("" for the document as a whole), and where it is mended."""

    passage: str | None
    place: str
    finding: Finding

    @property
    def is_unwritten(self) -> bool:
        """Whether it is about a text that is still to be written."""
        return isinstance(self.finding.value, Literal) and self.finding.value.value == TODO

    def line(self, language: Language) -> str:
        """The complaint as one line: file and line, then the finding, with passages as the file calls them."""
        text = self.finding.line(language).removeprefix(f"{self.finding.file}: ")
        return f"{self.place}: " + PASSAGE.sub(r"p:\1", text)


def complaints(dataset: Dataset, written: Written, findings: Sequence[Finding]) -> list[Complaint]:
    """The findings by passage and place, each cause once.

    Of several about one value or about one thing as a whole, or of equal ones about one line, only the first is told,
    and nothing that follows from what is told, as what a rule makes of a wrong statement, or what the dataset says of
    itself.
    """
    found: dict[object, Complaint] = {}
    causes = {(one.focus, one.path, one.value) for one in findings if one.value is not None}
    for finding in findings:
        premises = find_premises(dataset, finding.focus, _predicate(finding), finding.value)
        if not premises or causes.isdisjoint((quad.subject, quad.predicate, quad.object) for quad in premises.quads):
            cause = (finding.focus, finding.path, finding.value or (finding.path and finding.message))
            found.setdefault(cause, _complaint(dataset, written, finding))
    own = [one for one in found.values() if one.passage is not None]
    others = [one for one in found.values() if one.passage is None and (one.place or not own)]
    told = {(one.place, one.finding.focus, one.finding.message): one for one in reversed([*own, *others])}
    known = {compact(one.subject) for one in dataset.triples() if isinstance(one.subject, NamedNode)} if told else set()
    helped = [_with_help(dataset, one, known) for one in told.values()]
    return sorted(helped, key=lambda one: (one.passage is None, one.passage or "", _numbered(one.place)))


def _numbered(place: str) -> tuple[str, int]:
    """A place as it is sorted: line 9 stands before line 10."""
    file, _, line = place.rpartition(":")
    return (file, int(line)) if line.isdecimal() else (place, 0)


def say(found: Iterable[Complaint], written: Written, language: Language) -> list[str]:
    """The complaints as lines, below the passage that they belong to; labels that are to be written are one line."""
    groups: Mapping[str | None, list[Complaint]] = defaultdict(list)
    for one in found:
        if not one.is_unwritten:
            groups[one.passage].append(one)
    unwritten = written.unwritten()
    lines = [UNWRITTEN.say(language).format(unwritten[0].place, len(unwritten))] if unwritten else []
    for passage, group in groups.items():
        head = ELSEWHERE.say(language) if passage is None else passage or WHOLE.say(language)
        lines += [head, *(f"  {one.line(language)}" for one in group)]
    return lines


def _with_help(dataset: Dataset, complaint: Complaint, known: Collection[str]) -> Complaint:
    """A complaint with what may be meant: things of like names, or where the property goes from and to."""
    finding = complaint.finding
    value, path = finding.value, _predicate(finding)
    texts = []
    if isinstance(value, NamedNode) and (value in ID or value in CONCEPT) and compact(value) not in known:
        if near := get_close_matches(compact(value), known, MAX_NEAR, MIN_LIKENESS):
            texts.append(Text(*(text.format(", ".join(near)) for text in NEAR)))
    elif value is not None and path is not None:
        for end, ends, text in (
            (finding.focus, dataset.nodes(path, SCHEMA.domainIncludes), DOMAIN),
            (value, _range(dataset, path), RANGE),
        ):
            classes = [*dataset.nodes(end, RDF.type), *dataset.nodes(end, SKOS.inScheme)]
            if ends and isinstance(end, NamedNode) and set(ends).isdisjoint(classes):
                names = ", ".join(sorted(map(compact, ends)))
                texts.append(Text(*(one.format(compact(path), names) for one in text)))
    message = sentences(finding.message, *texts)
    return replace(complaint, finding=replace(finding, message=message))


def _range(dataset: Dataset, path: NamedNode) -> list[NamedNode]:
    """The classes that a property leads to; of concepts, the scheme that most statements take them from."""
    ends = dataset.nodes(path, SCHEMA.rangeIncludes)
    if SKOS.Concept not in ends:
        return ends
    used = (quad.object for quad in dataset.store.quads_for_pattern(None, path, None, UNION))
    schemes = Counter(scheme for value in used for scheme in dataset.nodes(value, SKOS.inScheme))
    return [scheme for scheme, _ in schemes.most_common(1)]


def _complaint(dataset: Dataset, written: Written, finding: Finding) -> Complaint:
    quads = sorted(_quads(dataset, written, finding), key=lambda quad: _rank(written, quad))
    if not quads:
        return Complaint(None, finding.file or "", finding)
    quad = quads[0]
    graph = quad.graph_name
    is_editorial = not _is_passage(written, graph)
    line = written.find(quad, DefaultGraph() if is_editorial or not isinstance(graph, NamedNode) else graph)
    passage = _passage(dataset, written, quad)
    return Complaint(passage, line.place if line else finding.file or "", finding)


def _quads(dataset: Dataset, written: Written, finding: Finding) -> Iterator[Quad]:
    """The statements of the document's files that a finding is about: itself, or what it follows from."""
    premises = find_premises(dataset, finding.focus, _predicate(finding), finding.value)
    if premises:
        yield from (quad for quad in premises.quads if _is_own(written, quad.graph_name))
        return
    if isinstance(finding.focus, NamedNode):
        # A graph, and a node that stands for a statement, are mended where their passage is.
        focus = NamedNode(finding.focus.value.partition("#")[0].replace(_graphs(written), _passages(written)))
        path = _predicate(finding)
        patterns: list[Pattern] = [
            (focus, path, finding.value, None),
            (focus, path, None, None),
            (focus, None, None, None),
            (None, None, focus, None),
        ]
        found = (
            [quad for quad in dataset.store.quads_for_pattern(*pattern) if _is_own(written, quad.graph_name)]
            for pattern in patterns
        )
        yield from next(filter(None, found), [])


def _predicate(finding: Finding) -> NamedNode | None:
    return finding.path if isinstance(finding.path, NamedNode) else None


def _graphs(written: Written) -> str:
    """What the names of the graphs of passages begin with."""
    return graph_iri(written.name, "").value


def _passages(written: Written) -> str:
    """What the names of the passages begin with."""
    return passage_iri(written.name, "").value


def _is_own(written: Written, graph: object) -> bool:
    """Whether a graph is of this document."""
    name = graph.value.removeprefix(GRAPH.iri) if isinstance(graph, NamedNode) else ""
    first, _, rest = name.partition("/")
    return first == written.name or (rest == written.name and first in ("names", "notes", "passages"))


def _is_passage(written: Written, graph: object) -> bool:
    return isinstance(graph, NamedNode) and graph.value.startswith(_graphs(written))


def _rank(written: Written, quad: Quad) -> tuple[bool, str]:
    return not _is_passage(written, quad.graph_name), str(quad.graph_name)


def _passage(dataset: Dataset, written: Written, quad: Quad) -> str:
    """The passage whose graph makes the statement, that it is about, or that is the first to speak of its subject."""
    patterns: list[Pattern] = [(quad.subject, None, None, None), (None, None, quad.subject, None)]
    graphs = [found.graph_name for pattern in patterns for found in dataset.store.quads_for_pattern(*pattern)]
    nodes = [str(node)[1:-1] for node in (quad.graph_name, quad.subject, *sorted(graphs, key=str))]
    begins = (_graphs(written), _passages(written))
    return next((node.rpartition("/")[2] for node in nodes if node.startswith(begins)), "")
