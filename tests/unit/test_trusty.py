"""Trusty URIs: codes that others computed, and every change seen.

The two known cases are examples of the specification and of a validator of nanopublications, with their codes.
"""

from collections.abc import Iterator

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from iqgraph.release.nanopubs import LENGTH, UNKNOWN, artifact_code, mint

MALARIA = """
PREFIX np: <http://www.nanopub.org/nschema#>
PREFIX this: <http://purl.org/hashuri/examples/nanopub1.{code}>
PREFIX sub: <http://purl.org/hashuri/examples/nanopub1.{code}.>
this: {{
    this: a np:Nanopublication ; np:hasAssertion sub:Ass ; np:hasProvenance sub:Prov ; np:hasPublicationInfo sub:Info
}}
sub:Ass {{ <http://example.com/mosquito> <http://example.com/transmits> <http://example.com/malaria> }}
sub:Prov {{
    this: <http://purl.org/swan/1.2/swan-commons/citesAsSupportiveEvidence>
        <http://iospress.metapress.com/content/ftkh21q50t521wm2/>
}}
sub:Info {{
    this: <http://swan.mindinformatics.org/ontologies/1.2/pav/authoredBy>
            <http://www.researcherid.com/rid/B-6810-2013> ;
        <http://purl.org/dc/terms/created>
            "2013-02-25T14:33:21+01:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>
}}
"""
SENTENCE = """
PREFIX np: <http://www.nanopub.org/nschema#>
PREFIX npx: <http://purl.org/nanopub/x/>
PREFIX this: <http://example.org/nanopub-validator-example/{code}>
PREFIX sub: <http://example.org/nanopub-validator-example/{code}#>
sub:Head {{
    this: a np:Nanopublication ;
        np:hasAssertion sub:assertion ; np:hasProvenance sub:provenance ; np:hasPublicationInfo sub:pubinfo
}}
sub:assertion {{
    sub:assertion a npx:UnderspecifiedAssertion ;
        npx:asSentence <http://purl.org/aida/Malaria+is+transmitted+by+mosquitoes.>
}}
sub:provenance {{
    sub:assertion <http://www.w3.org/ns/prov#hadPrimarySource> <http://dx.doi.org/10.3233/ISU-2010-0613>
}}
sub:pubinfo {{
    this: a npx:ExampleNanopub ; <http://purl.org/pav/createdBy> <http://orcid.org/0000-0002-1267-0234> ;
        <http://purl.org/dc/terms/created> "2014-07-29T10:13:35+01:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>
}}
"""
KNOWN = [
    (MALARIA, "RAcbjcRIQozo2wBMq4WcCYkFAjRz0AX-Ux3PquZZrC68s"),
    (SENTENCE, "RAPpJU5UOB4pavfWyk7FE3WQiam5yBpmIlviAQWtBSC4M"),
]
LINES = """
<x:{code}> <x:p> "a"@en .
<x:{code}> <x:p> "a"@de .
<x:{code}> <x:p> "a" .
<x:{code}> <x:p> "a"^^<x:type> .
<x:{code}> <x:p> "b\\\\c\\nd" .
<x:{code}> <x:p> <x:z> .
"""
CHANGES = [("@de", "@fr"), ('"a" .', '"A" .'), ("<x:z>", "<x:y>"), ("<x:p> <x:z>", "<x:q> <x:z>"), ("x:type", "x:kind")]


def quads(text: str, code: str) -> list[Quad]:
    """The statements of a text that is written with a code."""
    return list(parse(text.format(code=code), RdfFormat.TRIG))


@pytest.mark.parametrize(("text", "code"), KNOWN)
def test_known_codes(text: str, code: str) -> None:
    """Others compute the same."""
    assert artifact_code(quads(text, code), code) == code
    assert mint(lambda given: quads(text, given)) == code


def test_form() -> None:
    """The module, and 43 characters of base 64 for URLs."""
    code = mint(lambda given: quads(LINES, given))

    assert len(code) == LENGTH == len(UNKNOWN)
    assert code.startswith("RA")
    assert artifact_code([], code) == "RA47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


def test_order_and_repetition_do_not_matter() -> None:
    """The statements are a set."""
    code = mint(lambda given: quads(LINES, given))
    lines = quads(LINES, code)

    assert artifact_code([*reversed(lines), *lines], code) == code


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_every_change_is_seen(old: str, new: str) -> None:
    """Another statement, another code."""
    code = mint(lambda given: quads(LINES, given))

    assert old in LINES
    assert artifact_code(quads(LINES.replace(old, new), code), code) != code


def test_graphs_matter() -> None:
    """The same statement in a graph is another one."""
    line, graph = "<x:a> <x:b> <x:c> .", "<x:g> { <x:a> <x:b> <x:c> }"

    assert len({artifact_code(parse(text, RdfFormat.TRIG), UNKNOWN) for text in (line, graph)}) == 2


@pytest.mark.parametrize("term", [BlankNode("a"), Triple(NamedNode("x:a"), NamedNode("x:b"), Literal("c"))])
def test_what_has_no_place(term: BlankNode | Triple) -> None:
    """Blank nodes have no names to be hashed."""

    def content(code: str) -> Iterator[Quad]:
        yield Quad(NamedNode(f"x:{code}"), NamedNode("x:p"), term)

    with pytest.raises(ValueError, match="trusty URI"):
        mint(content)
