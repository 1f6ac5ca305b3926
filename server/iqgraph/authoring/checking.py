"""What is wrong with a document, told to its author: by passage, each cause once, with file and line."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from pyoxigraph import Literal, NamedNode

from ..bilingual import Language, Text, sentences
from ..dataset import UNION, Dataset
from ..serialisation.turtle import compact
from ..terms import BASE, CONCEPT, DCTERMS, ID, IQ, RDF, SCHEMA, SKOS
from ..validation.causes import causes
from ..validation.evidence import Premises, find_premises
from ..validation.findings import Finding
from .written import TODO, Written, unlabelled

MAX_NEAR, MIN_LIKENESS = 3, 0.8
PASSAGE = re.compile(rf"<{re.escape(BASE)}passage/[^/>]*/([^>]*)>")
ANNOTATED = re.compile(r"\bgraph:\S+#\w+")  # the author writes an annotation, and never sees this name
NEAR = Text(de="Ähnlicher Name: {}.", en="Similar name: {}.")
RANGE = Text(de="{} führt zu: {}.", en="{} leads to: {}.")
DOMAIN = Text(de="{} geht aus von: {}.", en="{} goes from: {}.")
ELSEWHERE = Text(de="anderswo", en="elsewhere")
WHOLE = Text(de="Dokument", en="document")
NO_PASSAGE = Text(de="passages.csv nennt keine solche Textstelle.", en="passages.csv has no such passage.")
UNLABELLED = Text(
    de="Dinge ohne Bezeichnung oder Beschreibung: {}; iqgraph document label {} schreibt sie oder TODO dafür.",
    en="Things without a label or a description: {}; iqgraph document label {} writes them or TODO for them.",
)
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
        return f"{self.place}: " + PASSAGE.sub(r"p:\1", ANNOTATED.sub("{| |}", text))


def complaints(dataset: Dataset, written: Written, findings: Sequence[Finding]) -> list[Complaint]:
    """The findings by passage and place, each cause once.

    Of equal ones about one value or one file, and of what rules make of one line, only the first is told. That a graph
    is not sealed is no fault while somebody writes it.
    """
    found: dict[object, Complaint] = {}
    for finding in causes(dataset, [one for one in findings if not one.is_seal]):
        premises = find_premises(dataset, finding.focus, finding.predicate, finding.value)
        one = _complaint(written, finding, premises)
        about = None if premises else (finding.focus, finding.value, finding.message)
        found.setdefault((one.place, finding.message if one.passage is None else about), one)
    has_own = any(one.passage is not None for one in found.values())
    told = [one for one in found.values() if one.passage is not None or one.place or not has_own]
    typed = dataset.store.quads_for_pattern(None, RDF.type, None, UNION) if told else ()
    known = {compact(one.subject) for one in typed}
    helped = [_with_help(dataset, one, known) for one in told]
    # Of places in one file, line 9 stands before line 10.
    return sorted(helped, key=lambda one: (one.passage is None, one.passage or "", len(one.place), one.place))


def lines(dataset: Dataset, written: Written, found: Sequence[Complaint], language: Language) -> dict[str, list[str]]:
    """The complaints as lines, by the passage that they belong to; labels that are lacking are one line."""
    told: dict[str, list[str]] = defaultdict(list)
    if unwritten := written.unwritten():
        told[WHOLE.say(language)].append(UNWRITTEN.format(unwritten[0].place, len(unwritten)).say(language))
    lacking = {thing for things in unlabelled(dataset, written).values() for thing in things}
    if lacking:
        told[WHOLE.say(language)].append(UNLABELLED.format(len(lacking), written.name).say(language))
    for one in found:
        is_label = one.finding.path in (SKOS.prefLabel, DCTERMS.description) and one.finding.value is None
        if not one.is_unwritten and not (is_label and written.short(one.finding.focus) in lacking):
            head = ELSEWHERE.say(language) if one.passage is None else one.passage or WHOLE.say(language)
            told[head].append(one.line(language))
    return told


def _with_help(dataset: Dataset, complaint: Complaint, known: Collection[str]) -> Complaint:
    """A complaint with what may be meant: things of like names, or where the property goes from and to."""
    finding = complaint.finding
    value, path = finding.value, finding.predicate
    is_lost = isinstance(value, NamedNode) and PASSAGE.fullmatch(str(value)) and compact(value) not in known
    texts = [NO_PASSAGE] if is_lost else []
    for end, text in ((finding.focus, DOMAIN), (path, None), (value, RANGE)):
        if isinstance(end, NamedNode) and (end in ID or end in CONCEPT or end in IQ):
            near = [] if compact(end) in known else get_close_matches(compact(end), known, MAX_NEAR, MIN_LIKENESS)
            ends = _ends(dataset, path, text) if path and value and text else []
            classes = [*dataset.nodes(end, RDF.type), *dataset.nodes(end, SKOS.inScheme)]
            if near:
                texts.append(NEAR.format(", ".join(near)))
            elif path and text and ends and set(ends).isdisjoint(classes):
                texts.append(text.format(compact(path), ", ".join(sorted(map(compact, ends)))))
    message = sentences(finding.message, *texts)
    return replace(complaint, finding=replace(finding, message=message))


def _ends(dataset: Dataset, path: NamedNode, text: Text) -> list[NamedNode]:
    """Where a property goes from or leads to: classes, and in place of any concept the scheme of most that are used."""
    ends = dataset.nodes(path, SCHEMA.domainIncludes if text is DOMAIN else SCHEMA.rangeIncludes)
    if SKOS.Concept not in ends:
        return ends
    used = (quad.object for quad in dataset.store.quads_for_pattern(None, path, None, UNION))
    schemes = Counter(scheme for value in used for scheme in dataset.nodes(value, SKOS.inScheme))
    return [*(one for one in ends if one != SKOS.Concept), *(scheme for scheme, _ in schemes.most_common(1))]


def _complaint(written: Written, finding: Finding, premises: Premises | None) -> Complaint:
    """Where a finding is mended: at its statement, at what this follows from, or where its thing begins."""
    # A node that stands for a statement is mended in its graph.
    focus = NamedNode(finding.focus.value.partition("#")[0]) if isinstance(finding.focus, NamedNode) else finding.focus
    statements = [(focus, finding.predicate, finding.value)]
    if premises:
        own = [one for one in premises.quads if str(one.graph_name)[1:].startswith(written.prefixes["g"])]
        statements = [(one.subject, one.predicate, one.object) for one in own]
    line = next((line for one in statements if (line := written.find(*one))), None)
    return Complaint(line.passage, line.place, finding) if line else Complaint(None, finding.file or "", finding)
