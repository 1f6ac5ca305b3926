"""RDF/XML: what XML cannot express is refused; all else is parsed as it was."""

from pathlib import Path
from xml.parsers import expat

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple, parse

from iqgraph.dataset.reading import file_at, read
from iqgraph.engine import Query
from iqgraph.engine.embedded import Embedded
from iqgraph.engine.errors import Unwritable
from iqgraph.errors import Inexpressible
from iqgraph.formats import JSON_LD, RDF_XML, TURTLE, XML
from iqgraph.serialisation import limitation, serialise, xml_limitation
from iqgraph.terms import ID, IQ

NAMED = ["http://a.example/1a", "http://a.example/größe", "http://a.example/a%20b", "urn:a:b", "http://a.example/_1"]
NAMELESS = ["http://a.example/1", "http://a.example/p/", "http://a.example/p?x=1", "urn:p:1", "http://a.example/①"]
SURVIVING = ["a\r\nb\rc", "a\tb\nc", "\x7f\x85\u2028\ufffd", "\U0001f4a9"]
CONTROLS = ["a\x01b", "\ufffe", "\uffff", *(chr(code) for code in range(0x20) if chr(code) not in "\t\n\r")]


def triple_with(predicate: str = IQ.note.value, text: str = "x") -> Triple:
    """A triple with this predicate and text."""
    return Triple(ID.anna, NamedNode(predicate), Literal(text))


def characters(content: bytes) -> str:
    """The text that an XML parser finds, without white space between elements."""
    parts: list[str] = []
    reader = expat.ParserCreate()
    reader.CharacterDataHandler = parts.append
    reader.Parse(content, True)  # noqa: FBT003 - the name of the parameter cannot be given
    return "".join(parts).strip("\t\n")


@pytest.mark.parametrize("predicate", NAMED)
def test_predicates_that_end_in_a_name(predicate: str) -> None:
    """They become elements, which any XML parser reads."""
    content = serialise([triple_with(predicate)], RDF_XML)

    assert characters(content) == "x"
    assert [quad.triple for quad in parse(content, RdfFormat.RDF_XML)] == [triple_with(predicate)]


@pytest.mark.parametrize(
    "triple",
    [*(triple_with(one) for one in NAMELESS), *(triple_with(text=one) for one in CONTROLS)],
    ids=lambda one: repr(str(one)),
)
def test_inexpressible_triples_are_refused(triple: Triple) -> None:
    """No XML parser would accept them."""
    with pytest.raises(Inexpressible, match=r"XML (has no|cannot)"):
        serialise([triple], RDF_XML)

    assert xml_limitation([triple])
    assert xml_limitation([Triple(ID.anna, IQ.says, triple)])
    assert [limitation([triple], format) for format in (JSON_LD, TURTLE)] == [None, None]


def test_triple_terms_are_parsed(tmp_path: Path) -> None:
    """Also nested ones, by our own parser."""
    triple = Triple(ID.anna, IQ.says, Triple(ID.ben, IQ.says, triple_with()))
    file = tmp_path / "a.rdf"
    file.write_bytes(serialise([triple], RDF_XML))

    assert [quad.triple for quad in read(file_at(file)).quads] == [triple]


@pytest.mark.parametrize("text", SURVIVING)
def test_characters_survive(text: str) -> None:
    """An XML parser reads a carriage return as a line feed unless it is a character reference."""
    content = serialise([triple_with(text=text)], RDF_XML)

    assert characters(content) == text


@pytest.mark.parametrize("text", CONTROLS)
@pytest.mark.parametrize("most", [None, 1 << 20])
def test_inexpressible_results_are_refused(text: str, most: int | None) -> None:
    """The error recommends another format."""
    store = Store()
    store.update(f"INSERT DATA {{ {triple_with(text=text)} }}")
    engine = Embedded(store, max_bytes=most)

    with pytest.raises(Unwritable, match="another format"):
        engine.answer(Query("SELECT ?text { ?s ?p ?text }"), XML)


@pytest.mark.parametrize("text", SURVIVING)
def test_characters_survive_in_results(text: str) -> None:
    """As in RDF."""
    content = Embedded(Store()).answer(Query(f"SELECT ({Literal(text)} AS ?text) {{}}"), XML)

    assert characters(content) == text
