"""Faults of JSON-LD and RDF/XML: nothing is ignored silently, and an error has its line."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from iqgraph.cli import main
from iqgraph.dataset import load_plain
from iqgraph.dataset.decoding import MAX_BUFFER_BYTES, overlong_line
from iqgraph.dataset.faults import undefined_keys
from iqgraph.errors import DatasetError
from tiny import put

BASE = "file:///a.jsonld"
HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:b="urn:b:">\n\n'
FIRST = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first"
LABEL = {"label": "http://www.w3.org/2000/01/rdf-schema#label"}
LINK = {"p": {"@id": "urn:p", "@type": "@id"}}
WORDS = {"l": {"@id": "urn:l", "@container": "@language"}}
INDEX = {"i": {"@id": "urn:i", "@container": "@index"}}
DATA = {"d": {"@id": "urn:d", "@type": "@json"}}


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        ({"name": "Jo", "knows": {"name": "Mia"}}, ["knows", "name"]),
        ([{"@id": "urn:a", "name": "Jo"}, {"@id": "urn:b", "urn:p": 1}], ["name"]),
        ({"@context": LABEL, "@id": "urn:a", "label": "x", "coment": "y"}, ["coment"]),
        ({"@context": [LABEL, None], "@id": "urn:a", "label": "x"}, ["label"]),
        ({"@context": {"@vocab": None}, "@id": "urn:a", "label": "x"}, ["label"]),
        ({"@id": "urn:a", "@type": "Person"}, ["Person"]),
        ({"@id": "urn:a", "@note": "x", "urn:p": {"@value": '"@todo":', "@index": "a"}}, ["@note"]),
        ({"@id": "urn:a", "urn:p": {"@id": "@b"}}, ["@b"]),
        ({"@id": "@a", "@type": ["@T", "urn:T"], "urn:p": "@jo"}, ["@T", "@a"]),
        ({"@context": LINK, "@id": "urn:a", "p": ["@b", "urn:b"], "urn:q": ["@jo", {"@value": "@jo"}]}, ["@b"]),
        ({"@context": {"p": "@p", "@q": "urn:q"}, "@id": "urn:a", "p": 1, "@q": 2}, ["@p", "@q"]),
        ({"@id": "urn:a", "urn:p": {"@value": "1", "@type": "@number"}}, ["@number"]),
        ({"@id": "urn:a", "urn:p": {"@context": None, "deep": 1}}, ["deep"]),
        ({"@context": {"@vocab": "urn:v:"}, "@id": "urn:a", "name": "Jo", "@type": "Person"}, []),
        ({"@context": {"note": None}, "@id": "urn:a", "note": "on purpose", "urn:p": 1}, []),
        ({"@context": DATA, "@id": "urn:a", "d": {"any": {"key": 1, "@lang": "@de"}}}, []),
        ({"@context": INDEX, "@id": "urn:a", "i": {"@one": "x", "@two": {"urn:p": 1, "@note": "y"}}}, ["@note"]),
        ({"@id": "urn:a", "urn:p": {"@list": ["x"], "@note": "y"}}, ["@note"]),
        ({"@id": "urn:a", "urn:p": {"@value": "x", "@language": "de"}}, []),
        ({}, []),
        (r'{"@id": "urn:a", "\u0040n\u006Fte": 1, "urn:p": "\\u0040", "urn:q": {"@id": "\u0040b"}}', ["@b", "@note"]),
    ],
)
def test_unknown_keys(document: Any, keys: list[str]) -> None:  # noqa: ANN401 - JSON
    """Undefined keys and names, wherever they are; a key that a context maps to null is none."""
    content = document if isinstance(document, str) else json.dumps(document)
    assert undefined_keys("a.jsonld", content.encode(), BASE) == keys


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"@id": "http://a.example/a b", "urn:p": 1}, "http://a.example/a b is not a valid IRI"),
        ({"@id": "urn:a", "http://a.example/p q": 1}, "http://a.example/p q is not a valid IRI"),
        (
            {"@context": LINK, "@id": "urn:a", "p": ["urn:b", "http://a.example/{id}"]},
            r"http://a.example/\{id\} is not",
        ),
        ({"@id": "urn:a", "@type": "urn:x y"}, "urn:x y is not a valid IRI"),
        ({"@id": "urn:g g", "@graph": [{"@id": "urn:a", "urn:p": 1}]}, "urn:g g is not a valid IRI"),
        ({"urn:p": {"@value": "x", "@language": "de_DE"}}, "de_DE is not a valid IRI or language tag"),
        ({"urn:p": {"@value": "x", "@language": ""}}, " is not a valid IRI or language tag"),
        ({"urn:p": {"@value": "1", "@type": "urn:x y"}}, "urn:x y is not a valid IRI"),
        ({"@context": WORDS, "l": {"de": "x", "de_CH": "y"}}, "de_CH is not a valid IRI or language tag"),
        ({"@context": {"p": {"@id": "urn:p", "@type": "date"}}, "p": "x"}, "date is not a valid IRI"),
        ("5", "JSON-LD consists of objects"),
        *(
            (document, "a value that belongs to none would be lost")
            for document in (
                [{"urn:p": 1}, "x"],
                {"@value": "x"},
                {"@list": ["x"]},
                {"@graph": [{"@list": ["x"]}, {"@id": "urn:a", "urn:p": 1}]},
                {"@set": [{"urn:p": 1}, {"@value": "x"}]},
                {"@graph": [{"urn:p": 1}, "x"]},
                {"@graph": {"@graph": [{"@value": "x"}]}},
            )
        ),
        (r'{"@\u0067raph": [{"@id": "urn:a", "urn:p": 1}, "x"]}', "a value that belongs to none would be lost"),
        (r'{"\u0040s\u0065\u0074": [{"urn:p": "\\\u0040"}, "x"]}', "a value that belongs to none would be lost"),
        (r'{"@id": "urn:g", "@gra\u0070\u0068": "x", "urn:p": 1}', "a value that belongs to none would be lost"),
        ("[" * 100_000, "nested too deeply"),
        ('{"urn:p":' * 5_000 + "1" + "}" * 5_000, "nested too deeply"),
    ],
)
def test_invalid_json_ld_is_refused(tmp_path: Path, document: Any, fault: str) -> None:  # noqa: ANN401 - JSON
    """IRIs and language tags that Turtle refuses too, and nesting that would crash the parser."""
    file = put(tmp_path, "a.jsonld", document if isinstance(document, str) else json.dumps(document))
    with pytest.raises(DatasetError, match=rf"a\.jsonld: .*{fault}"):
        load_plain([file])


@pytest.mark.parametrize("text", [r"\u0040\u0041", '@b", "urn:q": "@c'])
def test_an_error_has_its_column(tmp_path: Path, text: str) -> None:
    """Also behind escapes and behind values that look like keywords."""
    document = f'{{"@id": "urn:a", "urn:p": "{text}" ?'
    with pytest.raises(DatasetError, match=rf"a\.jsonld, line 1, column {len(document)}: "):
        load_plain([put(tmp_path, "a.jsonld", document)])


@pytest.mark.parametrize("half", [r"\ud83d", r"\ude00", r"\uD83Dx"])
def test_a_lone_surrogate_is_refused(tmp_path: Path, half: str) -> None:
    """The error names it; a whole pair is accepted."""
    file = put(tmp_path, "a.jsonld", f'{{"@id": "urn:a", "urn:p": "{half}"}}')
    with pytest.raises(DatasetError, match=r"a\.jsonld, line 1, column 27: a surrogate without the other one"):
        load_plain([file])
    assert load_plain([put(tmp_path, "a.jsonld", r'{"@id": "urn:a", "urn:p": "\ud83d\ude00"}')]).statements == 1


@pytest.mark.parametrize(
    "document",
    [
        {"@context": WORDS, "l": {"de": "x", "@none": "y"}},
        {"@context": DATA, "d": {"@id": "a b", "c d:e": 1}},
        {"@context": LINK, "@id": "../a#b", "p": "c?d=e", "urn:p": "any text: {it} is <free>"},
        {"urn:p": "[" * 5_000 + '"' + "[" * 5_000},
        {"@graph": [{"@id": "_:b", FIRST: 1}, {"urn:p": {"@list": [1, "x", "@note"]}}]},
    ],
)
def test_valid_json_ld_is_read(tmp_path: Path, document: Any) -> None:  # noqa: ANN401 - JSON
    """Although it resembles a fault."""
    assert load_plain([put(tmp_path, "a.jsonld", json.dumps(document))]).statements


def test_unknown_keys_are_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rest of the file is served, but not with --strict."""
    file = put(tmp_path, "a.jsonld", json.dumps({"@id": "urn:a", "urn:p": 1, "name": "Jo"}))

    assert load_plain([file]).statements == 1
    assert "a.jsonld: no context defines these keys or names" in caplog.text
    assert "name" in caplog.text
    assert main(["serve", "--port", "0", "--strict", str(file)]) == 1
    assert "left out: name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<rdf:Description rdf:about="urn:a b"/></rdf:RDF>', "line 3: urn:a b is not a valid IRI"),
        (
            '\n<rdf:Description><b:c xml:lang="français">x</b:c></rdf:Description></rdf:RDF>',
            "line 4: français is not a valid IRI or language tag",
        ),
        (
            '<rdf:Description><b:c rdf:resource="urn:x|y"/></rdf:Description></rdf:RDF>',
            r"line 3: urn:x\|y is not a valid IRI",
        ),
        (
            "<rdf:Description><b:c>x</b:d></rdf:Description></rdf:RDF>",
            "line 3: the XML parser says: “mismatched tag”",
        ),
        ("<rdf:Description>", "line 3: "),
        ('<b:c>\n<b:d rdf:parseType="Foo"><i/></b:d></b:c></rdf:RDF>', 'line 4: rdf:parseType="Foo" is not read'),
        ('<b:c>\n<b:d rdf:parseType="Triple"><i/></b:d></b:c></rdf:RDF>', 'line 4: rdf:parseType="Triple" is not read'),
        ("<b:c><b:d>" * 60_000, "line 3: the file is nested too deeply"),
        ("<rdf:Description>\n<rdf:ID/>\n</rdf:Description></rdf:RDF>", "line 4: Invalid property element tag name"),
        (
            "<rdf:Description>stray<b:c>x</b:c></rdf:Description></rdf:RDF>",
            "line 3: a text must stand alone.*: 'stray'",
        ),
        ('<b:c rdf:aboutEach="urn:a"/></rdf:RDF>', 'line 3: rdf:aboutEach="urn:a" is not read'),
        ('<b:c rdf:ID="a"/>\n<b:d rdf:ID="a"/></rdf:RDF>', 'line 4: rdf:ID="a" occurs twice'),
        ('<b:c>\n<b:d xml:base="b/" rdf:resource="c"/></b:c></rdf:RDF>', 'line 4: xml:base="b/" is not a valid IRI'),
    ],
)
def test_errors_have_a_line(tmp_path: Path, body: str, reason: str) -> None:
    """Those of XML, and of values that RDF/XML does not define."""
    file = put(tmp_path, "a.rdf", HEAD + body)

    with pytest.raises(DatasetError, match=rf"a\.rdf, {reason}"):
        load_plain([file])


@pytest.mark.parametrize(
    ("around", "within", "statements"), [("1.2", "", 1), ("", "1.2", 1), ("1.1", "1.2", 1), ("1.2", "1.1", None)]
)
def test_a_version_applies_to_its_element(tmp_path: Path, around: str, within: str, statements: int | None) -> None:
    """The nearest one counts; without 1.2, a triple term is refused, since it would be ignored."""
    outer, inner = (f'rdf:version="{one}"' if one else "" for one in (around, within))
    triple_term = '<b:d rdf:parseType="Triple"><rdf:Description b:f="x"/></b:d>'
    head = HEAD.replace(">", f" {outer}>")
    file = put(tmp_path, "a.rdf", f"{head}<rdf:Description {inner}>{triple_term}</rdf:Description></rdf:RDF>")

    if statements is None:
        with pytest.raises(DatasetError, match='rdf:parseType="Triple" is not read'):
            load_plain([file])
    else:
        assert load_plain([file]).statements == statements


def test_rdf_id_is_relative_to_its_base(tmp_path: Path) -> None:
    """With another base it names another thing."""
    again = '<b:c rdf:ID="a"><b:d xml:base="http://x.example/"><b:c rdf:ID="a"/></b:d></b:c></rdf:RDF>'

    assert load_plain([put(tmp_path, "a.rdf", HEAD + again)]).statements == 3


TEXT = HEAD + "<rdf:Description><b:d><![CDATA[<]]></b:d><b:c>{}</b:c></rdf:Description></rdf:RDF>"
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        *(
            (TEXT.format(text), ", line 3: a text must stand alone and in one .*: 'c'")  # CDATA alone is text
            for text in ("a<!-- b -->c", "<![CDATA[a]]>c", "a<?b?>c")
        ),
        (f'<!DOCTYPE r [<!ENTITY e0 "ha">{ENTITIES}]>\n{HEAD}<b:c b:d="&e11;"/></rdf:RDF>', ""),
        (
            f'<!DOCTYPE r [\n<!ENTITY a SYSTEM "file:///x">]>\n{HEAD}<b:c>&a;</b:c></rdf:RDF>',
            ", line 2: the entity a is external, and nothing is fetched",
        ),
        (TEXT.replace("urn:b:", "urn:b%zz").format("x"), ": urn:b%zz[cd] is not a valid IRI"),
    ],
    ids=["comment", "CDATA", "instruction", "entities that would fill the memory", "external entity", "property"],
)
def test_other_faults_of_xml_are_refused(tmp_path: Path, document: str, reason: str) -> None:
    """What the parser does not check or would ignore; nothing is fetched, and no local file is read."""
    with pytest.raises(DatasetError, match=rf"a\.rdf{reason}"):
        load_plain([put(tmp_path, "a.rdf", document)])


def test_a_default_attribute_is_refused(tmp_path: Path) -> None:
    """The RDF parser would ignore it and lose a statement; a declaration without a value is accepted."""
    document = "<!DOCTYPE r [\n<!ATTLIST b:c b:d CDATA {}>]>\n" + HEAD + '<b:c rdf:about="urn:a"/></rdf:RDF>'

    assert load_plain([put(tmp_path, "a.rdf", document.format("#IMPLIED"))]).statements == 1
    with pytest.raises(DatasetError, match=r"a\.rdf, line 2: the default of b:d at b:c is not read"):
        load_plain([put(tmp_path, "a.rdf", document.format('"x"'))])


def test_the_overlong_line_is_found() -> None:
    """None if only several lines together are too long."""
    assert overlong_line(BytesIO(b"a\n" + bytes(MAX_BUFFER_BYTES))) == 2
    assert overlong_line(BytesIO(b"a\n" * 3)) is None
