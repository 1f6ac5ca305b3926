"""Citations: each format has author, date, title, version, address and hashes; so has CITATION.cff."""

import re
from hashlib import sha256

import pytest

from iqgraph.catalogue.records import Citation, Result, bibtex, result_hash, ris, text
from iqgraph.dataset import Dataset
from iqgraph.settings import Settings
from iqgraph.terms import BASE, DCAT
from records import publish
from repository import ROOT

WHO = "IQ Hessen Knowledge Graph developers"
DIGEST, ANSWER = "ab" * 32, "cd" * 32
QUERY = "SELECT * { ?s ?p 'ä & \\\\' }"
RESULT = Result(QUERY, "http://here.example/sparql?query=SELECT+%2A", "tsv", ANSWER)


@pytest.fixture(scope="module")
def data(dataset: Dataset) -> Citation:
    """A citation of the data."""
    return Citation(publish(dataset, {}), DIGEST)


@pytest.fixture(scope="module")
def answer(dataset: Dataset) -> Citation:
    """A citation of an answer."""
    return Citation(publish(dataset, {}), DIGEST, RESULT)


@pytest.mark.parametrize("write", [bibtex, ris, lambda one: text(one).de, lambda one: text(one).en])
def test_each_record_says_all(data: Citation, answer: Citation, write: object) -> None:
    """The data by its IRI, an answer by its address; both with version and hash."""
    assert callable(write)
    for citation in (data, answer):
        entry = write(citation)
        assert all(part in entry for part in (WHO, citation.publication.version, DIGEST, citation.address))
    assert f"{BASE}dataset" in write(data)
    assert ANSWER in write(answer)


def test_bibtex_is_well_formed(dataset: Dataset, answer: Citation) -> None:
    """Braces are balanced, and characters special to TeX are escaped."""
    publication = publish(dataset, {}, Settings(publisher="A & B {50 %} #1_~^\\"))
    entry = bibtex(Citation(publication, DIGEST))

    assert r"A \& B \{50 \%\} \#1\_\textasciitilde{}\textasciicircum{}\textbackslash{}" in entry
    assert re.fullmatch(r"@misc\{[\w.-]+,\n(  \w+ = \{.*\},\n)+\}\n", bibtex(answer))


def test_ris_is_a_record_of_tagged_lines(answer: Citation) -> None:
    """It begins with TY and ends with ER."""
    lines = ris(answer).split("\r\n")

    assert lines[0] == "TY  - DATA"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])


def test_publisher_is_not_author(dataset: Dataset) -> None:
    """A publisher of a copy is not its author."""
    citation = Citation(publish(dataset, {}, Settings(publisher="Amt")), DIGEST)

    assert text(citation).en.startswith(WHO)
    assert "author = {{" + WHO in bibtex(citation)
    assert "publisher = {{Amt}}" in bibtex(citation)
    assert "PB  - Amt\r\n" in ris(citation)


def test_order_of_rows_does_not_matter() -> None:
    """The hash is of the sorted lines, as by `sort` in the C locale and `sha256sum`."""
    assert result_hash(b"?a\nb\na\n") == result_hash(b"?a\na\nb\n") == sha256(b"?a\na\nb\n").hexdigest()
    assert result_hash(b"a\tb\na\n") == sha256(b"a\na\tb\n").hexdigest()
    assert result_hash(b"a\n") != result_hash(b"a\na\n")


def test_citation_file_says_the_same(dataset: Dataset) -> None:
    """CITATION.cff has title, date, creator, address, description and keywords of the data."""
    publication = publish(dataset, {})
    file = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    lines = [line.strip(" -") for line in file.splitlines()]

    assert f"title: {publication.profile.title.en}" in lines
    assert f"date-released: {publication.modified}" in lines
    assert f"name: {publication.creator}" in lines
    assert f"url: {publication.data.iri.value}" in lines
    assert publication.data.description.en in " ".join(lines)
    assert [*publication.profile.texts(DCAT.keyword, "en"), "license:"] == lines[lines.index("keywords:") + 1 : -3]
