"""The header of a file: metadata from the dataset, as comments."""

import re
from pathlib import Path

from iqgraph.dataset import Dataset, load
from iqgraph.release.dumps import AUTHORS, header
from iqgraph.resources import Sources
from iqgraph.terms import DATASET, GRAPH, ID
from repository import ROOT
from tiny import HEAD, put

MINE = """
graph:meta {
    <https://w3id.org/iq-hessen/dataset> dcterms:title "The\\n letter  -- @prefix x"@en ; dcat:version "2.0.0" .
}
"""


def test_a_dataset_without_metadata(sources: Sources) -> None:
    """The header has its address, and a hash if there is one."""
    assert header(load(sources=sources)) == [f"Address: {DATASET.value}"]
    assert header(load(sources=sources), digest="abc")[1:] == ["SHA-256 of the canonical form (RDFC-1.0): abc"]


def test_line_breaks_are_removed(sources: Sources, tmp_path: Path) -> None:
    """They would end the comment."""
    put(tmp_path, "data/mine.trig", HEAD + MINE)

    assert header(load(sources=sources)) == [
        "Title (en): The letter -- @prefix x",
        f"Address: {DATASET.value}",
        "Version: 2.0.0",
        f"Cite as: {AUTHORS}: The letter -- @prefix x. Version 2.0.0. {DATASET.value}",
    ]


def test_the_header_of_a_graph(dataset: Dataset) -> None:
    """It names the whole, and its source by title and URL."""
    lines = header(dataset, part=("Graph", GRAPH["links/ror"]))

    assert lines[0] == f"Graph: {GRAPH.iri}links/ror"
    assert f"Part of: {DATASET.value}" in lines
    assert next(line for line in lines if line.startswith("Source: ")).count("https://") == 2


def test_titles_of_sources_are_german(sources: Sources, tmp_path: Path) -> None:
    """Most sources are German."""
    book = 'graph:meta { graph:mine prov:hadPrimarySource id:book . id:book skos:prefLabel "Buch"@de , "Book"@en . }'
    put(tmp_path, "data/mine.trig", HEAD + book)

    assert f"Source: “Buch” {ID.iri}book" in header(load(sources=sources), part=("Graph", GRAPH["mine"]))


def test_authors_are_those_of_the_citation() -> None:
    """Those of CITATION.cff."""
    names = re.findall(r"^  - name: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)

    assert names == [AUTHORS]
