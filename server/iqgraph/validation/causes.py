"""Causes: of what is found, what somebody has to mend, without what follows from that."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pyoxigraph import BlankNode, Literal, NamedNode

from ..bilingual import Text, sentences
from ..dataset import Dataset, Term
from ..terms import BASE, DATASET, GRAPH, IQ, RDF, SH, SHAPES, Namespace, is_derived, short_name
from .comparison import ABSENT, DATA, LOST, absent
from .evidence import PREFIX, Premises, find_premises
from .findings import Finding, ordered

MAX_LISTED = 3
EMPTY = ABSENT.en.partition("{")[0]
PASSAGE = Namespace(f"{BASE}passage/")
NOTHING = Text(en="Nothing is called {}.", de="{} heißt nichts.")
MORE = Text(en="Further findings that may follow from it: {}.", de="Weitere Befunde, die daraus folgen können: {}.")


def causes(dataset: Dataset, findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each cause once.

    Of several about one value or about one thing as a whole only the first is told, and nothing that follows from what
    is told: as what a rule makes of a wrong statement, what is missing beside a property that there is not, what is
    wrong with a thing whose class there is not. Of what is wrong with a thing that is not as it was sealed, or with
    what leads to it, or if it is the only one, of what its file says or of all if that has shapes, the first is told,
    and how much more there is. So it is with all that is found where a file is missing, and with what the ontology
    lacks once other files stand in the place of the data.
    """
    found = ordered(findings)
    if first := [one for one in found if one.rule == PREFIX or (one.is_seal and one.message.en.startswith(LOST.en))]:
        return [*first[:-1], *_first([first[-1], *(one for one in found if one not in first)], 0)]
    gone = absent(dataset)
    found = [one for one in found if one.is_seal or _thing(one.focus) not in gone]
    # Where a graph has lost its statements, what else is wrong in that file is what they say in another graph.
    if lost := [one for one in found if one.is_seal and one.message.en.startswith(EMPTY)]:
        others, files = [one for one in found if one not in lost], {one.file for one in lost}
        moved = [one for one in others if one.file in files and _is_described(dataset, one.value)]
        rest = causes(dataset, (one for one in others if one not in moved))
        return ordered([*lost[:-1], *_first([lost[-1], *moved], 0), *rest])
    # What is not as it was sealed: things, or files of which no more is known.
    changed = {one.file if one.focus == DATASET else _thing(one.focus) for one in found if one.is_seal}
    sealed = {one.file for one in found if one.is_seal}
    single = next(iter(changed)) if len(changed) == 1 else None  # with its file, if no more than that has changed
    is_ours = any(file.startswith(DATA) for file in set(dataset.origins.values()))
    groups: dict[object, list[Finding]] = defaultdict(list)
    for one in found:
        things = (_thing(one.focus), _thing(one.value), one.predicate, one.file)
        about: object = next((thing for thing in things if thing in changed), None)
        if about is None and (one.file in sealed or any(str(file).startswith("shapes/") for file in sealed)):
            about = single
        place = one.focus if is_ours or not str(one.file).startswith("ontology/") else None
        groups[about or (place, one.message)].append(one)
    seals: dict[str | None, list[Finding]] = defaultdict(list)
    told: list[Finding] = []
    for about, group in groups.items():
        wrong = [one for one in group if not one.is_seal]
        if not wrong:
            seals[group[0].file] += group
        elif about not in changed:
            told += _first(group, MAX_LISTED)
        else:
            (one,) = _first(_nearest(dataset, about, wrong, [one for one in group if one.is_seal]), 0)
            told.append(replace(one, severity=SH.Violation))  # as that of the seal, which it stands for
    known = {one.file for one in told if one.file}
    told += [one for file, group in seals.items() for one in _first(group, 0 if file in known else MAX_LISTED)]
    wrong = [one for one in told if not one.is_seal]
    distinct = [one for one, _ in independent(dataset, wrong)]
    return ordered([*(one for one in told if one.is_seal), *(distinct or wrong)])


def _nearest(dataset: Dataset, about: object, wrong: list[Finding], seals: list[Finding]) -> list[Finding]:
    """What is wrong with a thing that has changed, what leads nowhere first, then what its changed files state.

    What no changed file says of it follows from what they say or no longer say. Without any of that its seal is first,
    and if a shape has changed, which one.
    """
    files = {one.file for one in seals if one.file}
    near = [one for one in wrong if one.file in files or about in (_thing(one.focus), one.file)]
    near.sort(
        key=lambda one: (
            one.file not in files,
            _is_described(dataset, one.value),
            not _is_stated(dataset, one),
        )
    )
    rest = [one for one in wrong if one not in near]
    if near and near[0].file not in files and len(files) == 1:
        near[0] = replace(near[0], file=seals[0].file)
    if near and (value := near[0].value) and value in Namespace(BASE) and not _is_described(dataset, value):
        near[0] = replace(near[0], message=sentences(near[0].message, NOTHING.format(short_name(value))))
    if wrong and not near and str(seals[0].file).startswith("shapes/"):
        near = [replace(seals[0], focus=wrong[0].rule)]
    return [*(near or seals[:1]), *rest]


def _first(group: list[Finding], most: int) -> list[Finding]:
    """All of so many findings at most, of more the first and how many more there are."""
    first, more = group[0], len(group) - 1
    if not more or more < most:
        return group
    return [replace(first, message=sentences(first.message, MORE.format(more)))]


def _thing(term: Term | None) -> Term | None:
    """The graph of a passage, or of a node that stands for one of its statements; any other term is itself."""
    if not isinstance(term, NamedNode) or not (term in GRAPH or term in PASSAGE):
        return term
    return NamedNode(term.value.partition("#")[0].replace(PASSAGE.iri, GRAPH.iri))


def independent(dataset: Dataset, findings: Sequence[Finding]) -> Iterator[tuple[Finding, Premises | None]]:
    """The findings that follow from no other, of those with one cause the first, with what a derived one follows from.

    What follows is what a rule makes of a wrong statement, what is missing beside a wrong value or beside a property
    that there is not, what is wrong with a thing whose class there is not or to which a wrong value leads, what a class
    asks of a thing that only has one of its properties, and what is said of a statement that stands for another or of
    a node without a name.
    """
    causes = {(one.focus, one.path, one.value) for one in findings if one.value is not None}
    valued = {(focus, path) for focus, path, _ in causes}
    unknown = {term for one in findings for term in (one.predicate, one.value) if _is_unknown(dataset, term)}
    lacking = {one.focus for one in findings if one.path in unknown}
    untyped = {one.focus for one in findings if one.value in unknown}
    nameless = {one.rule for one in findings if isinstance(one.value, BlankNode)}
    closed = [one for one in findings if one.component == SH.ClosedConstraintComponent]
    strangers = {one.focus for one in closed if not _is_of_another_class(dataset, one)}
    named = {one.value for one in findings}
    written = {one.value for one in findings if one.value is not None and not is_derived(_thing(one.focus))}
    known: set[object] = set()
    for finding in sorted(findings, key=lambda one: not _is_stated(dataset, one)):
        follows = not untyped.isdisjoint((finding.focus, finding.value))
        follows |= finding.value is None and finding.focus in lacking
        follows &= unknown.isdisjoint((finding.path, finding.value))
        follows |= finding.is_seal or finding.path in (RDF.subject, RDF.predicate, RDF.object)
        follows |= finding.value is None and (finding.focus, finding.path) in valued
        follows |= bool(nameless) and isinstance(finding.focus, BlankNode)
        follows |= finding.rule in nameless and not isinstance(finding.value, BlankNode)
        follows |= is_derived(_thing(finding.focus)) and finding.value in written
        follows |= finding.value is None and finding.focus in named and not _is_described(dataset, finding.focus)
        # A literal is the same cause wherever a rule copies it to, as from a label of one kind to another.
        path = None if isinstance(finding.value, Literal) else finding.path
        cause = (finding.focus, path, finding.value or (finding.message if path else finding.file))
        if follows or cause in known or (finding.focus in strangers and _is_of_another_class(dataset, finding)):
            continue
        premises = find_premises(dataset, finding.focus, finding.predicate, finding.value)
        if not premises or causes.isdisjoint((quad.subject, quad.predicate, quad.object) for quad in premises.quads):
            known.add(cause)
            yield finding, premises


def _is_of_another_class(dataset: Dataset, finding: Finding) -> bool:
    """Whether the shape of a finding is that of a class that the thing is not of."""
    name = IQ[finding.rule.value.removeprefix(SHAPES.iri).partition("-")[0]]
    return bool(dataset.values(name, RDF.type)) and name not in dataset.values(finding.focus, RDF.type)


def _is_unknown(dataset: Dataset, term: Term | None) -> bool:
    """Whether a name of the ontology is one that it has not."""
    return term is not None and term in IQ and not dataset.values(term, RDF.type)


def _is_stated(dataset: Dataset, finding: Finding) -> bool:
    """Whether files make the statement that a finding is about."""
    focus = finding.focus
    return isinstance(focus, NamedNode) and any(dataset.from_files(focus, finding.predicate, finding.value, None))


def _is_described(dataset: Dataset, node: Term | None) -> bool:
    """Whether a file says anything of a node; so it is of what has no name."""
    return not isinstance(node, NamedNode) or any(dataset.from_files(node, None, None, None))
