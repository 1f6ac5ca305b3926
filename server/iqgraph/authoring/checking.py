"""What an author has to do: the findings on a document by passage, each cause once, and the progress of each."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode

from ..bilingual import Language, Text, sentences
from ..dataset import UNION, Dataset
from ..serialisation.turtle import compact
from ..terms import BASE, CONCEPT, DCTERMS, ID, IQ, RDF, SCHEMA, SHAPES, SKOS, graph_iri
from ..validation.causes import causes
from ..validation.evidence import Premises, find_premises
from ..validation.findings import Finding
from .folder import TODO, DocumentFolder
from .labelling import missing_labels, scheme_of, similar_names

PASSAGE = re.compile(rf"<{re.escape(BASE)}passage/[^/>]*/([^>]*)>")
ANNOTATION = re.compile(r"\bgraph:\S+#\w+")  # the IRI of a statement that the author annotates, and never sees
SIMILAR = Text(de="Ähnlicher Name: {}.", en="Similar name: {}.")
NEW = Text(
    de="Ist der Begriff neu, ergänzt iqgraph document label ihn in {}.",
    en="If the concept is new, iqgraph document label adds it to {}.",
)
RANGE = Text(de="Wertebereich von {}: {}.", en="Range of {}: {}.")
DOMAIN = Text(de="Definitionsbereich von {}: {}.", en="Domain of {}: {}.")
ELSEWHERE = Text(de="anderswo", en="elsewhere")
WHOLE = Text(de="Dokument", en="document")
NO_PASSAGE = Text(de="passages.csv nennt keine solche Textstelle.", en="passages.csv has no such passage.")
MISSING_LABELS = Text(
    de="Dinge ohne Bezeichnung oder Beschreibung: {}; iqgraph document label {} ergänzt sie, oder TODO.",
    en="Things without a label or a description: {}; iqgraph document label {} adds them, or TODO.",
)
TODOS = Text(
    de="{}: {} Bezeichnungen und Beschreibungen sind noch zu schreiben (TODO).",
    en="{}: {} labels and descriptions are still to be written (TODO).",
)
FULL, EMPTY = "█", "░"
STEPS = (
    Text(de="TODO ersetzen", en="replace TODO"),
    Text(de="schreiben, was sie sagt", en="write what it says"),
    Text(de="Vorschläge übernehmen oder löschen", en="accept or delete the suggestions"),
    Text(de="eine Frage stellen, die sie beantwortet", en="ask a question that it answers"),
)
COUNTS = Text(de="Aussagen: {}, TODO: {}, Vorschläge: {}", en="statements: {}, TODO: {}, suggestions: {}")
NEXT = Text(de="Weiter: {}", en="Next: {}")
LAST = "make format, make seal, iqgraph validate."


@dataclass(frozen=True, slots=True)
class Complaint:
    """A finding, its passage ("" for the whole document, None outside it), and the file and line to correct."""

    passage: str | None
    place: str
    finding: Finding

    @property
    def is_unwritten(self) -> bool:
        """Whether it is about a text of the document that is still TODO."""
        value = self.finding.value
        return self.passage is not None and isinstance(value, Literal) and value.value == TODO

    def line(self, language: Language) -> str:
        """The complaint as one line: the place, then the finding with passages as the file names them."""
        text = self.finding.line(language).removeprefix(f"{self.finding.file}: ")
        return f"{self.place}: " + PASSAGE.sub(r"p:\1", ANNOTATION.sub("{| |}", text))


def complaints(dataset: Dataset, folder: DocumentFolder, findings: Sequence[Finding]) -> list[Complaint]:
    """The findings by passage and place, each cause once.

    Of equal findings on one text, value or file, and of findings derived from one line, only the first is included, of
    a text or an undefined name the first in the document. Missing seals are not, since a document is sealed when it is
    finished.
    """
    by_cause: dict[object, Complaint] = {}
    for finding in causes(dataset, [finding for finding in findings if not finding.is_seal]):
        premises = find_premises(dataset, finding.focus, finding.predicate, finding.value)
        complaint = _complaint(folder, finding, premises)
        is_text = isinstance(finding.value, Literal) and finding.value.language and finding.value.value != TODO
        is_shared = is_text or finding.rule == SHAPES["no-dangling"]
        own = None if premises else (finding.focus, finding.value, finding.message)
        place = complaint.place, finding.message if complaint.passage is None else own
        cause = (finding.value, finding.message) if is_shared and not premises else place
        if cause not in by_cause or (by_cause[cause].passage is None and complaint.passage is not None):
            by_cause[cause] = complaint
    relevant = [*by_cause.values()]
    if any(complaint.passage is not None for complaint in relevant):
        relevant = [complaint for complaint in relevant if complaint.passage is not None or complaint.place]
    typings = dataset.store.quads_for_pattern(None, RDF.type, None, UNION) if relevant else ()
    names = {compact(quad.subject) for quad in typings}
    result = [_with_hints(dataset, complaint, names) for complaint in relevant]
    # By length first, so that line 9 of a file comes before line 10.
    result.sort(key=lambda complaint: (len(complaint.place), complaint.place))
    return sorted(result, key=lambda complaint: (complaint.passage is None, complaint.passage or ""))


def lines(
    dataset: Dataset, folder: DocumentFolder, complaints: Sequence[Complaint], language: Language
) -> dict[str, list[str]]:
    """The complaints as lines, by passage; all missing labels and all TODOs are one line each."""
    groups: dict[str, list[str]] = defaultdict(list)
    if todos := folder.todo_lines():
        groups[WHOLE.say(language)].append(TODOS.format(todos[0].place, len(todos)).say(language))
    if missing := {thing for things in missing_labels(dataset, folder).values() for thing in things}:
        groups[WHOLE.say(language)].append(MISSING_LABELS.format(len(missing), folder.name).say(language))
    for complaint in complaints:
        is_label = complaint.finding.path in (SKOS.prefLabel, DCTERMS.description) and complaint.finding.value is None
        if not complaint.is_unwritten and not (is_label and folder.compact(complaint.finding.focus) in missing):
            group = ELSEWHERE.say(language) if complaint.passage is None else complaint.passage or WHOLE.say(language)
            groups[group].append(complaint.line(language))
    return groups


def progress(dataset: Dataset, folder: DocumentFolder, complaints: Sequence[str], language: str) -> list[str]:
    """A line with a bar for each passage, and the next step: the first complaint, else the first missing step."""
    table, bars, next_steps = folder.table(), list[str](), [*complaints]
    for passage in table.passages:
        node, graph = table.iri(passage), graph_iri(table.document, passage.name)
        texts = dataset.literals(node, SKOS.prefLabel, DCTERMS.description)
        todos, suggestions = sum(text.value == TODO for text in texts), len(folder.suggestions(passage.name))
        statements = sum(triple.predicate not in (RDF.type, DCTERMS.title) for triple in dataset.triples(graph))
        has_question = dataset.subjects(DCTERMS.references, node)
        missing = [todos, not statements, suggestions, not has_question]
        if passage.kind == "Caption":  # it makes no statement
            missing[1:] = [False] * 3
        bar = "".join(EMPTY if is_missing else FULL for is_missing in missing)
        bars.append(f"{passage.name}  {bar}  {COUNTS.format(statements, todos, suggestions).say(language)}")
        steps = (step for step, is_missing in zip(STEPS, missing, strict=True) if is_missing)
        next_steps += [f"{passage.name}: {step.say(language)}." for step in steps]
    return [*bars, NEXT.say(language).format(*next_steps[:1] or [LAST])]


def _with_hints(dataset: Dataset, complaint: Complaint, names: Collection[str]) -> Complaint:
    """A complaint with things of similar names, or with the domain or range of the property."""
    finding = complaint.finding
    value, path = finding.value, finding.predicate
    is_no_passage = isinstance(value, NamedNode) and PASSAGE.fullmatch(str(value)) and compact(value) not in names
    hints = [NO_PASSAGE] if is_no_passage else []
    for term, text in ((finding.focus, DOMAIN), (path, None), (value, RANGE)):
        if isinstance(term, NamedNode) and (term in ID or term in CONCEPT or term in IQ):
            similar = similar_names(term, names)
            classes = _classes(dataset, path, text) if path and value and text else []
            own = [*dataset.nodes(term, RDF.type), *dataset.nodes(term, SKOS.inScheme)]
            if similar:
                hints.append(SIMILAR.format(", ".join(similar)))
            elif term in CONCEPT and not own and path and (scheme := scheme_of(dataset, path)):
                hints.append(NEW.format(compact(scheme)))
            elif path and text and classes and set(classes).isdisjoint(own):
                hints.append(text.format(compact(path), ", ".join(sorted(map(compact, classes)))))
    message = sentences(finding.message, *hints)
    return replace(complaint, finding=replace(finding, message=message))


def _classes(dataset: Dataset, path: NamedNode, text: Text) -> list[NamedNode]:
    """The domain or range of a property; instead of the class of all concepts, the scheme of most of its values."""
    classes = dataset.nodes(path, SCHEMA.domainIncludes if text is DOMAIN else SCHEMA.rangeIncludes)
    if SKOS.Concept not in classes:
        return classes
    return [*(node for node in classes if node != SKOS.Concept), *filter(None, [scheme_of(dataset, path)])]


def _complaint(folder: DocumentFolder, finding: Finding, premises: Premises | None) -> Complaint:
    """The finding at the line of its statement or of a premise of that, or at the start of its subject."""
    # The IRI of a statement begins with that of its graph.
    focus = NamedNode(finding.focus.value.partition("#")[0]) if isinstance(finding.focus, NamedNode) else finding.focus
    statements = [(focus, finding.predicate, finding.value)]
    if premises:
        own = [quad for quad in premises.quads if str(quad.graph_name)[1:].startswith(folder.prefixes["g"])]
        statements = [(quad.subject, quad.predicate, quad.object) for quad in own]
    own_lines = () if str(finding.file).startswith("ontology/") else (folder.find(*one) for one in statements)
    line = next(filter(None, own_lines), None)
    return Complaint(line.passage, line.place, finding) if line else Complaint(None, finding.file or "", finding)
