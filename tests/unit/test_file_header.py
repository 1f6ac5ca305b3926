"""The header of a file: what it says of itself, taken from the data, as comments that every parser skips."""

import re
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from iqgraph.dataset import Dataset, load
from iqgraph.release.dumps import AUTHORS, as_comments, header
from iqgraph.resources import Sources
from iqgraph.terms import DATASET, GRAPH, ID
from repository import ROOT
from tiny import HEAD, put

MINE = """
graph:meta {
    <https://w3id.org/iq-hessen/dataset> dcterms:title "The\\n letter  -- @prefix x"@en ; dcat:version "2.0.0" .
}
"""


def test_only_what_is_said(sources: Sources) -> None:
    """A dataset that says nothing of itself has an address, and a hash if one is given."""
    assert header(load(sources=sources)) == [f"Address: {DATASET.value}"]
    assert header(load(sources=sources), digest="abc")[1:] == ["SHA-256 of the canonical form (RDFC-1.0): abc"]


def test_each_statement_is_one_line(sources: Sources, tmp_path: Path) -> None:
    """No line break in the data ends the comment."""
    put(tmp_path, "data/mine.trig", HEAD + MINE)

    assert header(load(sources=sources)) == [
        "Title (en): The letter -- @prefix x",
        f"Address: {DATASET.value}",
        "Version: 2.0.0",
        f"Cite as: {AUTHORS}: The letter -- @prefix x. Version 2.0.0. {DATASET.value}",
    ]


def test_parts_lead_to_the_whole_and_to_their_sources(dataset: Dataset) -> None:
    """A graph names its source by title and address."""
    told = header(dataset, part=("Graph", GRAPH["links/ror"]))

    assert told[0] == f"Graph: {GRAPH.iri}links/ror"
    assert f"Part of: {DATASET.value}" in told
    assert next(line for line in told if line.startswith("Source: ")).count("https://") == 2


def test_titles_of_sources_are_german(sources: Sources, tmp_path: Path) -> None:
    """As those of most of them are; a source has a title in either language."""
    book = 'graph:meta { graph:mine prov:hadPrimarySource id:book . id:book skos:prefLabel "Buch"@de , "Book"@en . }'
    put(tmp_path, "data/mine.trig", HEAD + book)

    assert f"Source: “Buch” {ID.iri}book" in header(load(sources=sources), part=("Graph", GRAPH["mine"]))


def test_comments_of_turtle_are_skipped() -> None:
    """And without lines there are none."""
    assert as_comments([]) == b""
    assert list(parse(as_comments(["a", "<b>"]) + b"<x:a> <x:b> <x:c> .", RdfFormat.TURTLE)) != []


def test_authors_are_those_of_the_citation() -> None:
    """The file for citation managers says the same."""
    names = re.findall(r"^  - name: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)

    assert names == [AUTHORS]
