"""The decoding of files: the text is read whatever its encoding, or the error has the reason."""

import bz2
import codecs
import lzma
from pathlib import Path

import pytest
import zstandard

from iqgraph.dataset import load_plain
from iqgraph.errors import DatasetError
from iqgraph.writing import gzip

TURTLE = '<urn:a> <urn:b> "Förderung" .\n'
XML = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:b="urn:b:">
<rdf:Description rdf:about="urn:a"><b:c>Förderung</b:c></rdf:Description></rdf:RDF>"""
LITERAL = "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral"


def with_declaration(encoding: str, text: str = XML) -> str:
    """An XML document that declares its encoding."""
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'


def values(folder: Path, name: str, content: bytes) -> list[str]:
    """The objects of the statements in a file."""
    file = folder / name
    file.write_bytes(content)
    return [str(quad.object) for quad in load_plain([file]).store]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ttl", codecs.BOM_UTF8 + TURTLE.encode()),
        ("a.nt", codecs.BOM_UTF8 + TURTLE.encode()),
        ("a.nq", codecs.BOM_UTF8 + TURTLE.encode()),
        ("a.trig", codecs.BOM_UTF8 + TURTLE.encode()),
        ("a.ttl.gz", gzip(codecs.BOM_UTF8 + TURTLE.encode())),
        ("a.ttl.zst", zstandard.compress(TURTLE.encode())),
        ("a.nt.ZST", zstandard.compress(TURTLE.encode()) + zstandard.compress(b"\n")),
        ("a.rdf", codecs.BOM_UTF8 + XML.encode()),
        ("a.rdf", with_declaration("ISO-8859-1").encode("latin-1")),
        ("a.rdf", with_declaration("windows-1252").encode("cp1252")),
        ("a.rdf", with_declaration("UTF-16").encode("utf-16")),
        ("a.rdf", with_declaration("utf-16").encode("utf-16-be")),
        ("a.rdf", with_declaration("utf-16").encode("utf-16-le")),
        ("a.rdf", with_declaration("us-ascii", XML.replace("ö", "&#xF6;")).encode("ascii")),
        ("a.rdf", with_declaration("utf-8").encode()),
        ("a.rdf.zst", zstandard.compress(with_declaration("latin1").encode("latin-1"))),
        ("a.jsonld", codecs.BOM_UTF8 + '{"@id": "urn:a", "urn:b": "Förderung"}'.encode()),
    ],
)
def test_encodings_and_compressions_are_decoded(tmp_path: Path, name: str, content: bytes) -> None:
    """With or without a byte order mark."""
    assert values(tmp_path, name, content) == ['"Förderung"']


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.ttl", TURTLE.encode("utf-16"), "this is not UTF-8; save it in UTF-8"),
        ("a.jsonld", '{"@id": "urn:a"}'.encode("utf-16-be"), "this is not UTF-8; save it"),
        ("a.ttl.gz", gzip(b"PK\x03\x04" + bytes(99)), "still compressed with ZIP"),
        ("a.rdf", b'<?xml version="1.0"?>\n<TriX xmlns="http://www.w3.org/2004/03/trix/trix-1/"/>', "TriX or OWL/XML"),
        ("a.rdf", b'<Ontology\n xmlns="http://www.w3.org/2002/07/owl#" ontologyIRI="urn:a"/>', "TriX or OWL/XML"),
        ("a.ttl", b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC ""><html/>', "an HTML page, not Turtle"),
        ("a.nt", b'<urn:a> <urn:b> "' + b"x" * (1 << 24) + b'" .', ", line 1: a value or a comment is longer"),
        ("a.nt.gz", gzip(gzip(TURTLE.encode())), r"still compressed with gzip"),
        ("a.nt", zstandard.compress(TURTLE.encode()), "still compressed with Zstandard"),
        ("a.nt.zst", TURTLE.encode(), "not a complete Zstandard file"),
        ("a.nt.zst", b"", "not a complete Zstandard file"),
        ("a.nt.zst", bytes.fromhex("28b52ffd00a8010000"), "would need more than 128 MiB; pack the file without --long"),
        ("a.nt.gz", gzip(TURTLE.encode() * 99)[:-20], "not a complete gzip file"),
        ("a.ttl", b"<!DOCTYPE html><title>404</title>", "an HTML page, not Turtle"),
        ("a.rdf", b"\n<HTML lang='de'><p>404", "an HTML page, not RDF/XML"),
        ("a.ttl", with_declaration("utf-8").encode(), r"this is RDF/XML, not Turtle; rename it to \.rdf"),
        ("a.nt", b'[ {"@id": "urn:a"} ]', r"this is JSON-LD, not N-Triples; rename it to \.jsonld"),
        ("a.ttl", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a Git LFS pointer, not Turtle"),
        ("a.nt", bz2.compress(TURTLE.encode()), "still compressed with bzip2"),
        ("a.nt", lzma.compress(TURTLE.encode()), "still compressed with XZ"),
        ("a.ttl", b"7z\xbc\xaf\x27\x1c\0\4", "still compressed with 7z"),
        ("a.ttl", b"\x04\x22\x4d\x18\x64", "still compressed with LZ4"),
        ("a.ttl", b"Rar!\x1a\x07\x01", "still compressed with RAR"),
        ("a.ttl", b"a.nt".ljust(257, b"\0") + b"ustar\x0000", "a tar archive, not Turtle; unpack it"),
        ("a.ttl", b"%PDF-1.7\n%\xe2", "a PDF document, not Turtle"),
        ("a.ttl", b"$HDT\x01", "HDT, not Turtle; convert it to N-Triples"),
        ("a.ttl", b"---\na: b\n", "YAML, not Turtle"),
        ("a.ttl", b'"name";year\n"a";2013\n', "a table .CSV., not Turtle"),
        ("a.ttl", b"# a\nPREFIX a: <urn:a>\nselect * {}", "SPARQL, not Turtle; ask it by iqgraph query -f"),
        ("a.ttl", b"@prefix a: <urn:a> .\n{ ?x a a:b } => { ?x a a:c } .", "TriG, not Turtle; rename it to .trig"),
        ("a.rdf", with_declaration("utf-16").encode(), "declares the encoding utf-16, but is not encoded in it"),
        ("a.rdf", with_declaration("klingon").encode(), "the encoding klingon is unknown"),
        ("a.rdf", with_declaration("rot13").encode(), "the encoding rot13 is unknown"),
        ("a.rdf", with_declaration("punycode").encode(), "the encoding punycode is unknown"),
        ("a.rdf", with_declaration("undefined").encode(), "the encoding undefined is unknown"),
        ("a.rdf", with_declaration("unicode_escape").encode(), "the encoding unicode_escape is unknown"),
        ("a.rdf", with_declaration("utf-8").encode("latin-1"), "this is not UTF-8; save it in UTF-8 .*<b:c>F"),
        ("a.jsonld", '{"urn:b": "Förderung"}'.encode("latin-1"), "line 1, column .*: this is not UTF-8; save it"),
        ("a.ttl", TURTLE.encode() + b'<urn:a> <urn:b> "\xff" .', "line 2, column .*: this is not UTF-8; save it .*urn"),
        ("a.rdf", (XML + "<!--").encode() + b"\xff", "this is not UTF-8; save it .*<!--"),
        (
            "a.rdf",
            with_declaration("utf-16").encode("utf-16")[:-1],
            "a byte is not UTF-16-LE; correct it or the declared",
        ),
        (
            "a.rdf",
            with_declaration("US-ASCII").encode(),
            "a byte is not ASCII; correct it or the declared encoding .*<b:c>F",
        ),
        ("a.nt", b"\x04\n", "line 1, column 1: '\N{REPLACEMENT CHARACTER}' is not"),
    ],
)
def test_the_error_has_the_reason(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    """Such as another format or encoding than the name of the file promises."""
    with pytest.raises(DatasetError, match=reason):
        values(tmp_path, name, content)


@pytest.mark.parametrize("attribute", ['xml:lang=""', "xml:lang=''", 'xml:lang\n=  ""'])
@pytest.mark.parametrize("at_root", [True, False])
def test_an_empty_tag_resets_the_language(tmp_path: Path, attribute: str, at_root: bool) -> None:
    """On any element; an XML literal keeps its own."""
    text = XML.replace("<rdf:RDF", f"<rdf:RDF {attribute}" if at_root else "<rdf:RDF xml:lang='de'")
    text = text if at_root else text.replace("<b:c>", f"<b:c {attribute}>")
    assert values(tmp_path, "a.rdf", text.encode()) == ['"Förderung"']


def test_xml_literals_are_preserved(tmp_path: Path) -> None:
    """An empty language tag is part of the literal."""
    text = XML.replace("<b:c>", '<b:c rdf:parseType="Literal"><i xml:lang="">').replace("</b:c>", "</i></b:c>")
    (value,) = values(tmp_path, "a.rdf", text.encode())
    assert value.startswith('"<i xml:lang=\\"\\" xmlns')
    assert value.endswith(f'>Förderung</i>"^^<{LITERAL}>')


def test_attributes_are_not_cut(tmp_path: Path) -> None:
    """Also if a file is read in many parts."""
    one = '<rdf:Description rdf:about="urn:a{}"><b:c xml:lang="">Förderung</b:c></rdf:Description>'
    text = XML.replace("</rdf:RDF>", "".join(one.format(number) for number in range(9_000)) + "</rdf:RDF>")
    assert set(values(tmp_path, "a.rdf", text.encode())) == {'"Förderung"'}


@pytest.mark.parametrize("name", ["a.rdf", "a.jsonld"])
def test_a_language_string_has_a_language(tmp_path: Path, name: str) -> None:
    """One without a tag could not be serialised."""
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
    text = (
        XML.replace("<b:c>", f'<b:c rdf:datatype="{kind}">')
        if name == "a.rdf"
        else f'{{"urn:b": {{"@value": "Förderung", "@type": "{kind}"}}}}'
    )
    with pytest.raises(DatasetError, match="is a language-tagged string without a language tag"):
        values(tmp_path, name, text.encode())


def test_relative_iris_do_not_reveal_the_folder(tmp_path: Path) -> None:
    """Their base is the name of the file."""
    assert values(tmp_path, "my data.ttl", b"<urn:a> <urn:b> <c> .") == ["<file:///c>"]
