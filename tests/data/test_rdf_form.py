"""The form of the Turtle, TriG and SPARQL files that the package ships."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, parse

from format_rdf import FORMATS, FormatError, files_below, formatted
from iqgraph.terms import BASE, GRAPH, PREFIXES

FOLDERS = {name: Path(str(files(f"iqgraph.{name}"))) for name in ("ontology", "data", "shapes")}
RDF = {str(file.relative_to(root.parent)): file for root in FOLDERS.values() for file in files_below([root])}
QUERIES = {str(file.relative_to(root.parent)): file for root in FOLDERS.values() for file in sorted(root.rglob("*.rq"))}

KINDS = {"links", "official", "releases"}  # the folders of the data that hold no document

PLAIN = """@prefix unused: <http://example.org/unused#> .
@prefix b: <http://example.org/b#> .
@prefix a: <http://example.org/a#> .
GRAPH a:h { a:s a:list ( a:x [ a:p a:y ] ) }
GRAPH a:g { a:s a a:C, b:C; a:p "x # y"@de,"1"^^a:type }
"""
IN_FORM = """@prefix a: <http://example.org/a#> .
@prefix b: <http://example.org/b#> .

a:g {
    a:s a a:C ;
        a b:C ;
        a:p "1"^^a:type ;
        a:p "x # y"@de .
}

a:h {
    a:s a:list ( a:x [ a:p a:y ] ) .
}
"""

REFUSED = {
    "# why\na:g { a:s a:p a:o }": "comment would be lost",
    "a:g { a:s a:p a:o } # the end": "comment would be lost",
    "a:g { a:s c:p a:o }": "prefix",
    "a:s a:p a:o .": "in no named graph",
    "{ a:s a:p a:o . }": "in no named graph",
}


@pytest.mark.parametrize("name", RDF)
def test_file_is_in_form(name: str) -> None:
    """The formatter has nothing to change."""
    text = RDF[name].read_text(encoding="utf-8")

    assert text == formatted(text, RDF[name].suffix)


@pytest.mark.parametrize("name", RDF)
def test_prefixes_are_those_of_the_table(name: str) -> None:
    """A namespace has the same prefix in every file; `g:` and `p:` are those of the document of the folder."""
    quads = parse(path=RDF[name], format=FORMATS[RDF[name].suffix])
    list(quads)

    assert quads.prefixes.items() <= table(name).items()


def table(name: str) -> dict[str, str]:
    """The prefixes that a file may use."""
    _, document, *inside = Path(name).parts
    own = {"g": f"{GRAPH.iri}{document}/", "p": f"{BASE}passage/{document}/"}
    return PREFIXES | own if name.startswith("data/") and inside and document not in KINDS else PREFIXES


def test_files_of_another_document_have_its_prefixes() -> None:
    """`g:S01` is the first graph of the document that the folder is called by."""
    assert table("data/minutes/01-all.trig")["g"] == f"{BASE}graph/minutes/"
    assert table("data/links/ror.trig") == table("ontology/iq.ttl") == PREFIXES


@pytest.mark.parametrize("name", [name for name in RDF if not name.startswith("shapes")])
def test_no_blank_nodes(name: str) -> None:
    """Every node of the data and the ontology has a name."""
    quads = parse(path=RDF[name], format=FORMATS[RDF[name].suffix])

    assert not any(isinstance(node, BlankNode) for quad in quads for node in (quad.subject, quad.object))


@pytest.mark.parametrize("name", QUERIES)
def test_query_prefixes(name: str) -> None:
    """A query declares the prefixes it uses, sorted, as the table has them."""
    text = QUERIES[name].read_text(encoding="utf-8")
    declared = re.findall(r"^PREFIX (\w+): <(.*)>$", text, re.MULTILINE)
    body = re.sub(r'<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|^\s*#.*$|^PREFIX .*$', "", text, flags=re.MULTILINE)

    assert dict(declared).items() <= PREFIXES.items()
    assert [prefix for prefix, _ in declared] == sorted(set(re.findall(r"(?<![\w?$-])(\w+):", body)))


def test_formatter() -> None:
    """Graphs and prefixes are sorted, objects get a line each, a node without a name stands where it is used."""
    assert formatted(PLAIN, ".trig") == IN_FORM
    assert formatted(IN_FORM, ".trig") == IN_FORM


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_formatter_refuses(text: str, reason: str) -> None:
    """What would be lost or moved by formatting is refused with a reason."""
    with pytest.raises((FormatError, SyntaxError), match=reason):
        formatted(f"@prefix a: <http://example.org/a#> .\n{text}", ".trig")
