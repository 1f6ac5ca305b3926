"""Digests beside the seals: what changed, where a seal of a graph cannot tell, and whether all rules are there.

A table in the data has one of each file, and of what `graph/meta` says of each graph and of each of its statements. The
graph itself does not hold them: they say nothing about what it says.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from pyoxigraph import NamedNode, Triple

from ..dataset.derivation import statement_digest
from ..resources import File, Sources, data_files, rdf_files, table, walk
from ..serialisation import n_triples
from ..terms import DATASET, GRAPH, META

SEALS, TABLE = "seals.ttl", "digests.csv"
HEAD = ("name", "sha256")


def digest(triples: Iterable[Triple]) -> str:
    """SHA-256 of the sorted canonical N-Triples lines; without blank nodes, that of the canonical graph."""
    return sha256(n_triples(triples)).hexdigest()


def rule_files(sources: Sources) -> Iterator[File]:
    """The files of the shapes, of the evidence rules and of the derivation rules."""
    yield from rdf_files(sources.shapes, "shapes")
    for root, name in ((sources.shapes, "shapes"), (sources.ontology / "rules", "ontology/rules")):
        yield from (file for file in (walk(root, name) if root.is_dir() else ()) if file.name.endswith(".rq"))


def of_files(files: Iterable[File]) -> dict[str, str]:
    """The digest of each file, whatever ends its lines: a checkout on Windows changes that."""
    return {file.name: sha256(file.content.read_bytes().replace(b"\r\n", b"\n")).hexdigest() for file in files}


def of_subjects(described: Iterable[Triple]) -> dict[str, str]:
    """The digest of what graph/meta says of each graph and statement, of all else as of the dataset, and of all."""
    every = list(described)
    said = defaultdict(list)
    for triple in every:
        subject = triple.subject
        said[subject.value if isinstance(subject, NamedNode) and subject in GRAPH else DATASET.value].append(triple)
    return {**{name: digest(triples) for name, triples in said.items()}, META.value: digest(every)}


def content(sources: Sources, described: Iterable[Triple]) -> bytes:
    """The table of today, sorted by name."""
    files = [*rule_files(sources), *(file for file in data_files(sources) if file.name != f"data/{SEALS}")]
    found = {**of_files(files), **of_subjects(described)}
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEAD, *sorted(found.items())])
    return text.getvalue().encode()


def recorded(sources: Sources | None) -> Mapping[str, str]:
    """The digests as the data was sealed; none if it was not."""
    rows = table(sources.data, TABLE) if sources else []
    return {row["name"]: row["sha256"] for row in rows}


def changed(known: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """The names that are new, gone, or have another digest, sorted."""
    return sorted(name for name in {*known, *found} if known.get(name) != found.get(name))


def annotated(name: str, triples: Iterable[Triple]) -> Triple | None:
    """Which of the statements of a graph the node stands for that an annotation is about."""
    fragment = name.partition("#c")[2]
    return next((triple for triple in triples if fragment and statement_digest(triple) == fragment), None)
