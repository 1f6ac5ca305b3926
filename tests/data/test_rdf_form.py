"""The form of the Turtle, TriG and SPARQL files that the package ships."""

import re
from collections import deque
from difflib import unified_diff
from importlib.resources import files
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, parse

from format_rdf import FORMATS, FormatError, files_below, formatted, is_notation, rewritten
from iqgraph.dataset import Dataset
from iqgraph.terms import BASE, PREFIXES, XSD, document_prefixes

FOLDERS = {name: Path(str(files(f"iqgraph.{name}"))) for name in ("ontology", "data", "shapes")}
RDF = {str(file.relative_to(root.parent)): file for root in FOLDERS.values() for file in files_below([root])}
QUERIES = {str(file.relative_to(root.parent)): file for root in FOLDERS.values() for file in sorted(root.rglob("*.rq"))}

FIRST = ("-01", "-01-01")
KINDS = {"links", "source", "releases"}  # the folders of the data that hold no document

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
each_folder = pytest.mark.parametrize("folder", sorted({str(Path(name).parent) for name in [*RDF, *QUERIES]}))


def of(folder: str, files: dict[str, Path]) -> dict[str, Path]:
    """The files in a folder."""
    return {name: file for name, file in files.items() if str(Path(name).parent) == folder}


def difference(name: str, before: str, after: str) -> str:
    """The lines that would change."""
    return "\n".join(unified_diff(before.splitlines(), after.splitlines(), name, "in form", n=0, lineterm=""))


@each_folder
def test_files_are_in_form(folder: str) -> None:
    """The formatter has nothing to change; the message has its differences."""
    texts = {name: file.read_text(encoding="utf-8") for name, file in of(folder, RDF).items()}
    differences = [difference(name, text, rewritten(RDF[name])) for name, text in texts.items()]

    assert not any(differences), "\n".join(filter(None, differences))


@each_folder
def test_prefixes_are_those_of_the_table(folder: str) -> None:
    """A namespace has the same prefix in every file; `g:` and `p:` are those of the document of the folder."""
    others = {name: dict(prefixes(file).items() - table(name).items()) for name, file in of(folder, RDF).items()}

    assert {name: rest for name, rest in others.items() if rest} == {}


def prefixes(file: Path) -> dict[str, str]:
    """The prefixes that a file declares."""
    quads = parse(path=file, format=FORMATS[file.suffix])
    deque(quads, maxlen=0)
    return quads.prefixes


def table(name: str) -> dict[str, str]:
    """The prefixes that a file may use."""
    _, document, *inside = Path(name).parts
    has_own = name.startswith("data/") and inside and document not in KINDS
    return PREFIXES | document_prefixes(document) if has_own else PREFIXES


def test_files_of_another_document_have_its_prefixes() -> None:
    """`g:S01` is the first graph of the document that the folder is named after."""
    assert table("data/minutes/01-all.trig")["g"] == f"{BASE}graph/minutes/"
    assert table("data/links/ror.trig") == table("ontology/iq.ttl") == PREFIXES


def test_no_blank_nodes() -> None:
    """Every node of the data and the ontology has a name; annotations get theirs when parsed."""
    data_files = {name: file for name, file in RDF.items() if not name.startswith("shapes") and not is_notation(file)}

    assert data_files
    assert [
        f"{name}: {quad}"
        for name, file in data_files.items()
        for quad in parse(path=file, format=FORMATS[file.suffix])
        if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)
    ] == []


@each_folder
def test_query_prefixes(folder: str) -> None:
    """A query declares the prefixes it uses, sorted, with the namespaces of the table."""
    for name, file in of(folder, QUERIES).items():
        text = file.read_text(encoding="utf-8")
        declarations = re.findall(r"^PREFIX (\w+): <(.*)>$", text, re.MULTILINE)
        body = re.sub(r'<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|^\s*#.*$|^PREFIX .*$', "", text, flags=re.MULTILINE)

        assert dict(declarations).items() <= PREFIXES.items(), name
        assert [prefix for prefix, _ in declarations] == sorted(set(re.findall(r"(?<![\w?$-])(\w+):", body))), name


def test_formatter() -> None:
    """Graphs and prefixes are sorted, each object has a line, and blank nodes are written inline."""
    assert formatted(PLAIN, ".trig") == IN_FORM
    assert formatted(IN_FORM, ".trig") == IN_FORM


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_formatter_refuses(text: str, reason: str) -> None:
    """Text that formatting would lose or move is refused with a reason."""
    with pytest.raises((FormatError, SyntaxError), match=reason):
        formatted(f"@prefix a: <http://example.org/a#> .\n{text}", ".trig")


def test_no_date_is_the_first_day_of_another(dataset: Dataset) -> None:
    """Virtuoso stores a year or a month as its first day, and keeps only one of two equal dates.

    https://github.com/openlink/virtuoso-opensource/issues/185
    """
    dates = {
        (one.subject, one.predicate, one.object.value)
        for one in dataset.triples()
        if isinstance(one.object, Literal) and one.object.datatype in (XSD.date, XSD.gYear, XSD.gYearMonth)
    }
    shorter = {(who, what, day.removesuffix(end)) for who, what, day in dates for end in FIRST if day.endswith(end)}

    assert dates & shorter == set()
