"""Citations: each form says who, when, what, which version, where, and the hashes; one file is the repository's own."""

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
    """A citation of an answer, seen on a day."""
    return Citation(publish(dataset, {}), DIGEST, RESULT)


@pytest.mark.parametrize("write", [bibtex, ris, lambda one: text(one).de, lambda one: text(one).en])
def test_each_form_says_all(data: Citation, answer: Citation, write: object) -> None:
    """The data by its IRI, an answer by its address; both with version and hash."""
    assert callable(write)
    for citation in (data, answer):
        said = write(citation)
        assert all(part in said for part in (WHO, citation.publication.version, DIGEST, citation.address))
    assert f"{BASE}dataset" in write(data)
    assert ANSWER in write(answer)


def test_bibtex_is_well_formed(dataset: Dataset, answer: Citation) -> None:
    """Braces are balanced, and signs that mean something to TeX are escaped."""
    published = publish(dataset, {}, Settings(publisher="A & B {50 %} #1_~^\\"))
    entry = bibtex(Citation(published, DIGEST))

    assert r"A \& B \{50 \%\} \#1\_\textasciitilde{}\textasciicircum{}\textbackslash{}" in entry
    assert re.fullmatch(r"@misc\{[\w.-]+,\n(  \w+ = \{.*\},\n)+\}\n", bibtex(answer))


def test_ris_is_a_record_of_tagged_lines(answer: Citation) -> None:
    """It begins with its type and ends with its end."""
    lines = ris(answer).split("\r\n")

    assert lines[0] == "TY  - DATA"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])


def test_publisher_is_not_author(dataset: Dataset) -> None:
    """Who publishes the data elsewhere did not make it."""
    citation = Citation(publish(dataset, {}, Settings(publisher="Amt")), DIGEST)

    assert text(citation).en.startswith(WHO)
    assert "author = {{" + WHO in bibtex(citation)
    assert "publisher = {{Amt}}" in bibtex(citation)
    assert "PB  - Amt\r\n" in ris(citation)


def test_order_of_rows_does_not_matter() -> None:
    """The hash is that of the sorted lines, as `sort` in the C locale and `sha256sum` compute it."""
    assert result_hash(b"?a\nb\na\n") == result_hash(b"?a\na\nb\n") == sha256(b"?a\na\nb\n").hexdigest()
    assert result_hash(b"a\tb\na\n") == sha256(b"a\na\tb\n").hexdigest()
    assert result_hash(b"a\n") != result_hash(b"a\na\n")


def test_citation_file_says_the_same(dataset: Dataset) -> None:
    """The file at the root of the repository has title, day, maker, address and words of the data."""
    published = publish(dataset, {})
    file = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    lines = [line.strip(" -") for line in file.splitlines()]

    assert f"title: {published.profile.title.en}" in lines
    assert f"date-released: {published.modified}" in lines
    assert f"name: {published.creator}" in lines
    assert f"url: {published.data.iri.value}" in lines
    assert published.data.description.en in " ".join(lines)
    assert [*published.profile.texts(DCAT.keyword, "en"), "license:"] == lines[lines.index("keywords:") + 1 : -3]
