"""Evidence: each statement lies in a graph that leads to its source. What SHACL cannot say, queries say.

So it is with the names in tables and at the head of files: the dataset has to know what they mean.

Where a derived statement is wrong, a finding says what it follows from, for whoever has to mend it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store, Triple

from ..bilingual import Text, sentences, untranslated
from ..dataset import UNION, Dataset, Term
from ..dataset.dataset import is_known
from ..dataset.derivation import is_computed, statement_iri
from ..errors import DatasetError
from ..resources import Rule, data_files, evidence_rules, table, walk
from ..terms import (
    BASE,
    DATASET,
    DCTERMS,
    ONTOLOGY,
    PARTITIONS,
    PREFIXES,
    PROV,
    RDF,
    RULE,
    SHAPES,
    expanded,
    is_derived,
    short_name,
)
from .comparison import compare
from .findings import Finding, ordered

MAX_LISTED = 10
FOLLOWS = Text(en="It follows by rule {} from: {}.", de="Es folgt nach Regel {} aus: {}.")
HOMELESS = Text(
    en="The statement is in no named graph, so nothing says where it comes from.",
    de="Die Aussage steht in keinem benannten Graphen, also sagt nichts, woher sie kommt.",
)
UNFOUNDED = Text(en="The file states it, but no rule yields it.", de="Die Datei sagt es, aber keine Regel ergibt es.")
LACKING = Text(en="A rule yields it, but the file lacks it.", de="Eine Regel ergibt es, aber in der Datei fehlt es.")
FOREIGN = Text(en="The file states it, but not the ontology.", de="Die Datei sagt es, aber nicht die Ontologie.")
OMITTED = Text(en="The ontology states it, but not the file.", de="Die Ontologie sagt es, aber nicht die Datei.")
# The column with names, and the prefix of those that are written without one.
COLUMNS = {
    "data/names.csv": ("thing", "id"),
    "ontology/changed.csv": ("new", ""),
    "ontology/kinds.csv": ("classes", ""),
    "ontology/renamed.csv": ("new", ""),
    "ontology/topics.csv": ("classes", ""),
    "ontology/verbs.csv": ("role", "concept"),
}
PREFIX = SHAPES["prefix"]
DECLARED = re.compile(r"(?im)^@?prefix\s+([\w-]+):\s*<([^>]*)>")
OF_DOCUMENTS = ("g", "p")  # which mean another in each
OTHER_PREFIX = Text(
    en="Here {}: stands for {}, but elsewhere for {}. All else is checked when this is right.",
    de="Hier steht {}: für {}, sonst aber für {}. Alles andere wird geprüft, wenn das stimmt.",
)
UNKNOWN = Text(
    en="Line {}: nothing is called this. Correct the name, or drop the line.",
    de="Zeile {}: So heißt nichts. Berichtigen Sie den Namen, oder streichen Sie die Zeile.",
)
NO_QUERY = Text(en="This is not SPARQL: {}.", de="Das ist kein SPARQL: {}.")


def examine(dataset: Dataset) -> list[Finding]:
    """All that is wrong with the evidence of a dataset."""
    findings = [*_homeless(dataset), *_computed(dataset), *compare(dataset)]
    findings += [*unknown_names(dataset), *other_prefixes(dataset), *broken_queries(dataset)]
    for rule in evidence_rules(dataset.sources) if dataset.sources else []:
        findings += _breaches(dataset, rule)
    return ordered(findings)


def _breaches(dataset: Dataset, rule: Rule) -> Iterator[Finding]:
    """What one rule finds; each row of its answer is a breach."""
    try:
        answers = dataset.store.query(rule.query)
    except SyntaxError as error:
        raise DatasetError(untranslated(f"{rule.file}: {error.msg}")) from error
    if not isinstance(answers, QuerySolutions) or "focus" not in {variable.value for variable in answers.variables}:
        raise DatasetError(
            de=f"{rule.file}: Eine Regel für Belege muss eine SELECT-Abfrage mit ?focus sein.",
            en=f"{rule.file}: an evidence rule must be a SELECT query with ?focus.",
        )
    names = {variable.value for variable in answers.variables} & {"focus", "path", "value", "graph"}
    for row in answers:
        yield _finding(dataset, rule, {name: row[name] for name in names})


def _finding(dataset: Dataset, rule: Rule, row: dict[str, Term | None]) -> Finding:
    focus, path, value, graph = (row.get(name) for name in ("focus", "path", "value", "graph"))
    if focus is None:
        raise DatasetError(
            de=f"{rule.file}: Die Regel fand einen Verstoß ohne ?focus.",
            en=f"{rule.file}: the rule found a breach without ?focus.",
        )
    predicate = path if isinstance(path, NamedNode) else None
    name = graph if isinstance(graph, NamedNode) else None
    premises = find_premises(dataset, focus, predicate, value)
    text = sentences(rule.text, premises.say()) if premises else rule.text
    file = (premises and dataset.first_file(premises.quads)) or dataset.place(focus, predicate, value, name)
    return Finding(SHAPES[rule.slug], focus, text, predicate, value, file)


def _homeless(dataset: Dataset) -> Iterator[Finding]:
    """Statements outside of all graphs: each one, or one finding a file if they are many."""
    by_file: dict[str, list[Quad]] = {}
    for quad in dataset.default_graph_only:
        by_file.setdefault(dataset.origins[quad], []).append(quad)
    for file, quads in by_file.items():
        few = len(quads) <= MAX_LISTED
        message = HOMELESS if few else untranslated("{} ({})").format(HOMELESS, len(quads))
        for quad in quads if few else quads[:1]:
            yield Finding(SHAPES["homeless"], quad.subject, message, quad.predicate, quad.object, file)


def _computed(dataset: Dataset) -> Iterator[Finding]:
    """What a file states of what rules yield, and of the ontology, against what they say now."""
    stated = Store()
    stated.extend(dataset.precomputed)  # their values as a store writes them
    for rule, belongs, foreign, lacking in COMPUTED:
        if given := {quad for quad in stated if belongs(quad)}:
            held = {quad for quad in dataset.store if belongs(quad)}
            yield from _differences(dataset, rule, given - held, foreign)
            yield from _differences(dataset, rule, held - given, lacking)


COMPUTED: tuple[tuple[NamedNode, Callable[[Quad], bool], Text, Text], ...] = (
    # What is only counted is counted anew, whatever a file says.
    (SHAPES["derived"], lambda quad: is_computed(quad) and quad.graph_name != PARTITIONS, UNFOUNDED, LACKING),
    (SHAPES["ontology"], lambda quad: quad.graph_name == ONTOLOGY, FOREIGN, OMITTED),
)


def _differences(dataset: Dataset, rule: NamedNode, quads: set[Quad], message: Text) -> Iterator[Finding]:
    """One finding a statement; none for the record of a derived statement that is found itself."""
    records = {statement_iri(quad.triple, quad.graph_name) for quad in quads if is_derived(quad.graph_name)}
    file = dataset.first_file(dataset.precomputed)
    for quad in quads:
        if quad.subject not in records:
            yield Finding(rule, quad.subject, message, quad.predicate, quad.object, dataset.origins.get(quad, file))


def unknown_names(dataset: Dataset) -> Iterator[Finding]:
    """The names of ours in tables that nothing has; other data than that of the sources need not have it."""
    sources = dataset.sources
    if sources is None or not {file.name for file in data_files(sources)} <= {*dataset.origins.values()}:
        return
    for path, (column, prefix) in COLUMNS.items():
        folder, _, file = path.partition("/")
        for row in table(sources.data if folder == "data" else sources.ontology, file):
            for name in row[column].split():
                if not _is_known(dataset, name if ":" in name else f"{prefix}:{name}"):
                    yield Finding(SHAPES["table"], Literal(name), UNKNOWN.format(row.line), file=path)


def other_prefixes(dataset: Dataset) -> Iterator[Finding]:
    """The prefixes that a file of the data takes for something else than all others."""
    read = {*dataset.origins.values()}
    for file in data_files(dataset.sources) if dataset.sources else ():
        if file.name in read and file.name.endswith((".ttl", ".trig")):
            for prefix, iri in DECLARED.findall(file.text()):
                known = PREFIXES.get(prefix, iri)
                if known != iri and prefix not in OF_DOCUMENTS:
                    message = OTHER_PREFIX.format(prefix, iri, known)
                    yield Finding(PREFIX, Literal(f"{prefix}:"), message, file=file.name)


def broken_queries(dataset: Dataset) -> Iterator[Finding]:
    """The queries beside the ontology that are none, which else would be noticed where somebody asks for an answer."""
    for file in walk(dataset.sources.ontology, "ontology") if dataset.sources else ():
        try:
            if file.name.endswith(".rq"):
                Store().query(file.text())
        except SyntaxError as error:
            yield Finding(SHAPES["query"], DATASET, NO_QUERY.format(error.msg), file=file.name)


def _is_known(dataset: Dataset, name: str) -> bool:
    """Whether something has the name or, if it ends with a slash, a graph has one that begins so.

    What is named elsewhere may be unknown here, but not by a prefix that there is not.
    """
    try:
        node = expanded(name)
    except ValueError:
        return False
    if name.endswith("/"):
        return any(graph.value.startswith(node.value) for graph in dataset.graphs())
    is_elsewhere = "//" in node.value and not node.value.startswith(BASE)
    return is_elsewhere or is_known(dataset.store, node)


@dataclass(frozen=True)
class Premises:
    """The rules by their names, and the statements in the graphs that the rules found them in."""

    rules: tuple[str, ...]
    quads: tuple[Quad, ...]

    def say(self) -> Text:
        """From what it follows, in both languages."""
        quads = "; ".join(" ".join(map(short_name, quad.triple)) + _in(quad) for quad in self.quads)
        return FOLLOWS.format(", ".join(self.rules), quads)


def find_premises(dataset: Dataset, subject: Term, predicate: Term | None, value: Term | None) -> Premises | None:
    """What a statement follows from, if no file makes it."""
    if not isinstance(subject, NamedNode) or not isinstance(predicate, NamedNode) or value is None:
        return None
    graphs = {quad.graph_name for quad in dataset.store.quads_for_pattern(subject, predicate, value, None)} - {UNION}
    statement = Triple(subject, predicate, value)
    records = [statement_iri(statement, graph) for graph in graphs if is_derived(graph)]
    if len(records) < len(graphs):
        return None
    rules = {rule.value.removeprefix(RULE.iri) for node in records for rule in dataset.nodes(node, DCTERMS.conformsTo)}
    origins = {graph for node in records for graph in dataset.nodes(node, PROV.wasDerivedFrom)}
    if not rules or not origins:  # some rules keep no record, such as those of labels
        return None
    return Premises(tuple(sorted(rules)), tuple(_linking(dataset, origins, subject, value)))


def _linking(dataset: Dataset, graphs: set[NamedNode], *ends: Term) -> Iterator[Quad]:
    """The statements by which these graphs link the two ends, by themselves or by way of a third thing."""
    near = [_near(dataset, graphs, end) for end in ends]
    middle = set.intersection(*(set(found) for found in near)) | set(ends)
    yield from sorted({quad for found in near for node in middle for quad in found.get(node, ())}, key=str)


def _near(dataset: Dataset, graphs: set[NamedNode], end: Term) -> dict[Term, list[Quad]]:
    """What these graphs link a thing with, and by which statements."""
    found: dict[Term, list[Quad]] = {}
    for graph in graphs:
        for quad in dataset.store.quads_for_pattern(None, None, end, graph):
            found.setdefault(quad.subject, []).append(quad)
        if isinstance(end, NamedNode):
            for quad in dataset.store.quads_for_pattern(end, None, None, graph):
                if quad.predicate != RDF.type and isinstance(quad.object, NamedNode):
                    found.setdefault(quad.object, []).append(quad)
    return found


def _in(quad: Quad) -> str:
    return f" ({short_name(quad.graph_name)})" if isinstance(quad.graph_name, NamedNode) else ""
