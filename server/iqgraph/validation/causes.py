"""Causes: the findings that somebody has to act on, without those that follow from them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pyoxigraph import BlankNode, Literal, NamedNode

from ..bilingual import Text, sentences
from ..dataset import Dataset, Term
from ..terms import BASE, DATASET, GRAPH, IQ, RDF, SH, SHAPES, Namespace, is_derived
from .comparison import DATA, empty_graphs
from .evidence import find_premises
from .findings import Finding, Reach, sort_findings

MAX_LISTED = 3
PASSAGE = Namespace(f"{BASE}passage/")
MORE = Text(en="Further findings that may follow from it: {}.", de="Weitere Befunde, die daraus folgen können: {}.")


def causes(dataset: Dataset, findings: Iterable[Finding]) -> list[Finding]:
    """Select one finding for each cause, and count in its message the findings that may follow from it.

    A finding whose reach is the dataset stands for all others, and one whose reach is a file for those in that file
    whose values are known. Findings about something that is not as it was sealed have one cause, and so have more than
    MAX_LISTED equal findings about one thing. What follows from a wrong statement or an undefined name is dropped.
    """
    findings = sort_findings(findings)
    if fatal := [finding for finding in findings if finding.reach is Reach.DATASET]:
        return [*fatal[:-1], _with_count(fatal[-1], len(findings) - len(fatal))]
    without_statements = empty_graphs(dataset)
    findings = [finding for finding in findings if finding.is_seal or _owner(finding.focus) not in without_statements]
    # What else is wrong in the file of a graph without statements is due to these, which another graph has now.
    if empty := [finding for finding in findings if finding.reach is Reach.FILE]:
        others, files = [finding for finding in findings if finding not in empty], {finding.file for finding in empty}
        moved = [finding for finding in others if finding.file in files and _is_described(dataset, finding.value)]
        rest = causes(dataset, (finding for finding in others if finding not in moved))
        return sort_findings([*empty[:-1], _with_count(empty[-1], len(moved)), *rest])
    selection: list[Finding] = []
    seals_by_file: dict[str | None, list[Finding]] = defaultdict(list)
    for cause, group in _group_by_cause(dataset, findings).items():
        wrong, seals = _split(group)
        if not wrong:
            seals_by_file[group[0].file] += seals
        elif not seals:
            selection += _summarize(group)
        else:
            selection.append(_explain(dataset, cause, wrong, seals))
    for seals in seals_by_file.values():
        selection += _summarize(seals)
    wrong, seals = _split(selection)
    return sort_findings([*seals, *(_independent(dataset, wrong) or wrong)])


def _split(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The findings that say what is wrong, and those that only say that something has changed."""
    seals = [finding for finding in findings if finding.is_seal]
    return [finding for finding in findings if not finding.is_seal], seals


def _group_by_cause(dataset: Dataset, findings: Sequence[Finding]) -> dict[object, list[Finding]]:
    """The findings by the thing or file that is not as it was sealed, else by focus node and message.

    A single such thing or file is also the cause of what else is wrong in its file or, for a shape, anywhere.
    """
    _, seals = _split(findings)
    changes = {finding.file if finding.focus == DATASET else _owner(finding.focus) for finding in seals}
    files = {finding.file for finding in seals}
    has_changed_shape = any(str(file).startswith("shapes/") for file in files)
    has_own_data = any(file.startswith(DATA) for file in dataset.origins.values())
    groups: dict[object, list[Finding]] = defaultdict(list)
    for finding in findings:
        places = (_owner(finding.focus), _owner(finding.value), finding.predicate, finding.file)
        cause: object = next((place for place in places if place in changes), None)
        if cause is None and len(changes) == 1 and (has_changed_shape or finding.file in files):
            (cause,) = changes
        focus = finding.focus if has_own_data or not str(finding.file).startswith("ontology/") else None
        groups[cause or (focus, finding.message)].append(finding)
    return groups


def _explain(dataset: Dataset, cause: object, wrong: Sequence[Finding], seals: Sequence[Finding]) -> Finding:
    """The finding that best explains why something is not as it was sealed, with the number of all others.

    An undefined name comes first, then what the changed files state. If all findings are elsewhere, they follow from
    the change: then it is the seal or, if a shape has changed, the seal with the name of the shape.
    """
    files = {seal.file for seal in seals if seal.file}
    near = [finding for finding in wrong if finding.file in files or cause in (_owner(finding.focus), finding.file)]
    if not near:
        has_changed_shape = str(seals[0].file).startswith("shapes/")
        return _with_count(replace(seals[0], focus=wrong[0].rule) if has_changed_shape else seals[0], len(wrong))

    def rank(finding: Finding) -> tuple[bool, bool, bool]:
        is_elsewhere, is_described = finding.file not in files, _is_described(dataset, finding.value)
        return is_elsewhere, is_described, not _is_stated(dataset, finding)

    first = min(near, key=rank)
    file = seals[0].file if first.file not in files and len(files) == 1 else first.file
    first = replace(first, file=file, severity=SH.Violation)
    return _with_count(first, len(wrong) - 1)


def _summarize(findings: list[Finding]) -> list[Finding]:
    """The findings or, if there are too many, the first with the number of the others."""
    return findings if len(findings) <= MAX_LISTED else [_with_count(findings[0], len(findings) - 1)]


def _with_count(finding: Finding, others: int) -> Finding:
    """A finding whose message has the number of others that may follow from it."""
    return replace(finding, message=sentences(finding.message, MORE.format(others))) if others else finding


def _owner(term: Term | None) -> Term | None:
    """The graph of a passage, or of the record of one of its statements; any other term is its own."""
    if not isinstance(term, NamedNode) or not (term in GRAPH or term in PASSAGE):
        return term
    return NamedNode(term.value.partition("#")[0].replace(PASSAGE.iri, GRAPH.iri))


def _independent(dataset: Dataset, findings: Sequence[Finding]) -> list[Finding]:
    """The findings that follow from no other, those about statements of files first, and one for each cause.

    A finding follows from another if a rule derived the statement from a wrong one, if a value is missing beside a
    wrong one or because the property is undefined, if the thing has an undefined class or is a wrong value itself, if
    it has a property of a class without being a member, and if it is about a record or a blank node.
    """
    statements = {(finding.focus, finding.path, finding.value) for finding in findings if finding.value is not None}
    properties = {(focus, path) for focus, path, _ in statements}
    values = {finding.value for finding in findings}
    file_values = {value for focus, _, value in statements if not is_derived(_owner(focus))}
    names = {one for finding in findings for one in (finding.predicate, finding.value) if one in IQ or one in PASSAGE}
    undefined = {name for name in names if name and not dataset.values(name, RDF.type)}
    with_undefined_property = {finding.focus for finding in findings if finding.path in undefined}
    with_undefined_value = {finding.focus for finding in findings if finding.value in undefined}
    blank_node_rules = {finding.rule for finding in findings if isinstance(finding.value, BlankNode)}
    closed = [finding for finding in findings if finding.component == SH.ClosedConstraintComponent]
    non_members = {finding.focus for finding in closed if not _is_of_another_class(dataset, finding)}

    def follows(finding: Finding) -> bool:
        focus, value, is_missing = finding.focus, finding.value, finding.value is None
        has_undefined = not with_undefined_value.isdisjoint((focus, value))
        has_undefined |= is_missing and focus in with_undefined_property
        return (
            (has_undefined and undefined.isdisjoint((finding.path, value)))
            or finding.path in (RDF.subject, RDF.predicate, RDF.object)
            or (is_missing and (focus, finding.path) in properties)
            or (finding.rule in blank_node_rules and not isinstance(value, BlankNode))
            or (value in file_values and is_derived(_owner(focus)))
            or (is_missing and focus in values and not _is_described(dataset, focus))
            or (focus in non_members and _is_of_another_class(dataset, finding))
        )

    selection: dict[object, Finding] = {}
    for finding in sorted(findings, key=lambda finding: not _is_stated(dataset, finding)):
        # A literal is the same cause wherever a rule copies it to, as from a label of one kind to another.
        path = None if isinstance(finding.value, Literal) else finding.path
        cause = (finding.focus, path, finding.value or (finding.message if path else finding.file))
        if cause not in selection and not follows(finding):
            premises = find_premises(dataset, finding.focus, finding.predicate, finding.value)
            if not premises or statements.isdisjoint(tuple(quad.triple) for quad in premises.quads):
                selection[cause] = finding
    return list(selection.values())


def _is_of_another_class(dataset: Dataset, finding: Finding) -> bool:
    """Whether the shape of a finding is about a class that the thing is not a member of."""
    name = IQ[finding.rule.value.removeprefix(SHAPES.iri).partition("-")[0]]
    return bool(dataset.values(name, RDF.type)) and name not in dataset.values(finding.focus, RDF.type)


def _is_stated(dataset: Dataset, finding: Finding) -> bool:
    """Whether a file states what a finding is about."""
    focus = finding.focus
    return isinstance(focus, NamedNode) and any(dataset.asserted_quads(focus, finding.predicate, finding.value, None))


def _is_described(dataset: Dataset, node: Term | None) -> bool:
    """Whether a file states anything about a node; so it is for a node that is no IRI."""
    return not isinstance(node, NamedNode) or any(dataset.asserted_quads(node, None, None, None))
