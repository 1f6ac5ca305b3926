"""The labels and descriptions that new things still lack, put where their author will write them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from pyoxigraph import NamedNode

from ..dataset import Dataset
from ..terms import DCTERMS, ID, SKOS, graph_iri
from ..writing import write
from .written import TODO, Written

TEXTS = (SKOS.prefLabel, DCTERMS.description)
LANGUAGES = ("de", "en")


def label(dataset: Dataset, written: Written) -> dict[str, list[str]]:
    """Write below the graph of each passage what the things lack that it is the first to describe; these by passage."""
    found = {name: blocks for name, blocks in _blocks(dataset, written) if blocks}
    texts: dict[str, list[str]] = defaultdict(list)
    for file, lines in written.by_file().items():
        for place, line in enumerate(lines):
            following = lines[place + 1].graph if place + 1 < len(lines) else ""
            texts[file].append(line.text)
            if line.graph == f"g:{line.passage}" != following:
                texts[file] += [f"\n{block}" for block in found.get(line.passage, {}).values()]
    write({written.path(file): "\n".join(lines).encode() for file, lines in texts.items()})
    return {passage: list(blocks) for passage, blocks in found.items()}


def _blocks(dataset: Dataset, written: Written) -> Iterator[tuple[str, Mapping[str, str]]]:
    """What is to be written below each passage: by the name of the thing the lines about it."""
    done: set[object] = set()
    for passage in written.table().passages:
        said = {triple.subject for triple in dataset.triples(graph_iri(written.name, passage.name))} - done
        done |= said
        things = sorted((one for one in said if isinstance(one, NamedNode) and one in ID), key=str)
        lacking = {written.short(thing): " ;\n    ".join(_lacking(dataset, written, thing)) for thing in things}
        yield passage.name, {name: f"{name} {lines} ." for name, lines in lacking.items() if lines}


def _lacking(dataset: Dataset, written: Written, thing: NamedNode) -> list[str]:
    return [
        f'{written.short(predicate)} "{TODO}"@{language}'
        for predicate in TEXTS
        for language in LANGUAGES
        if all(text.language != language for text in dataset.literals(thing, predicate))
    ]
