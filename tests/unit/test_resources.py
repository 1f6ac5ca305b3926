"""The files of the package, and rules written as queries."""

from collections.abc import Callable
from pathlib import Path

import pytest

from iqgraph import resources
from iqgraph.bilingual import Text, untranslated
from iqgraph.errors import DatasetError
from iqgraph.resources import Rule, Sources
from iqgraph.terms import IQ
from tiny import EVIDENCE, put


def test_walk_is_sorted_and_leaves_out_other_files(tmp_path: Path) -> None:
    """Hidden files and those of Python are no sources."""
    for name in ["b.ttl", "a/z.ttl", "a/.hidden.ttl", "__init__.py", "__pycache__/x.ttl"]:
        put(tmp_path, name, "")

    assert [file.name for file in resources.walk(tmp_path, "data")] == ["data/a/z.ttl", "data/b.ttl"]


@pytest.mark.parametrize("target", ["..", "x.ttl", "nothing"])
def test_a_link_to_no_file_is_refused(tmp_path: Path, target: str) -> None:
    """It would be read for ever, or left out."""
    (tmp_path / "x.ttl").symlink_to(target)
    with pytest.raises(DatasetError, match=r"data/x\.ttl: this is no file, or a link"):
        list(resources.walk(tmp_path, "data"))


def test_rdf_files_are_known_by_their_ending(tmp_path: Path) -> None:
    """Queries and notes beside them are no RDF."""
    for name in ["a.ttl", "b.trig", "c.rq", "d.md"]:
        put(tmp_path, name, "")

    assert [file.name for file in resources.rdf_files(tmp_path, "x")] == ["x/a.ttl", "x/b.trig"]


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    """Spreadsheets save such files."""
    (tmp_path / "names.csv").write_bytes("name,de\na,Sätze\n".encode("latin-1"))

    with pytest.raises(DatasetError, match=r"/names\.csv, line 2: this is not UTF-8"):
        resources.table(tmp_path, "names.csv")


def test_rule_is_its_comments_and_its_query(sources: Sources) -> None:
    """Its first comments are its text."""
    (rule,) = resources.evidence_rules(sources)

    assert rule == Rule(
        slug="graph-leads-to-passage",
        file="shapes/evidence/graph-leads-to-passage.rq",
        text=Text(
            de="Jeder Graph einer Textstelle führt zu einer Textstelle.",
            en="Each graph of a passage leads to a passage.",
        ),
        query=EVIDENCE,
    )


def test_number_before_a_rule_is_no_part_of_its_name(sources: Sources) -> None:
    """It is for the order alone."""
    assert [rule.slug for rule in resources.derivation_rules(sources)] == ["above"]


def test_rule_without_text_has_the_name_of_its_file(tmp_path: Path) -> None:
    """So each finding has a message."""
    put(tmp_path, "no-words.rq", "SELECT * {}")
    (rule,) = resources.rules(tmp_path, "x")

    assert rule.text == untranslated("no-words")


def test_missing_folder_has_no_rules(tmp_path: Path) -> None:
    """Rules are optional."""
    assert resources.rules(tmp_path / "none", "x") == []


@pytest.mark.parametrize("rules", [resources.derivation_rules, resources.evidence_rules, resources.questions])
def test_bundled_rules_have_texts(rules: Callable[[Sources], list[Rule]]) -> None:
    """Each has a sentence in both languages."""
    bundled_rules = rules(resources.packaged())

    assert bundled_rules
    assert [rule.file for rule in bundled_rules if rule.text.en in (rule.text.de, rule.slug)] == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("topic,de,en\n1,2,3\n1;2;3\n", 3),
        ("topic,de,en\n1,2,3,4\n", 2),
        ('topic,de,en\n1,2,3\n"1,2,3\n1,2,3\n', 3),
        ('topic,de,en\n1,2,"3"x\n', 2),
        ("topic,de,em\n1,2,3\n", 1),
        ("topic,de,en\n1,2,3\n2,2,3\n1,3,4\n", 4),
    ],
)
def test_malformed_row_of_a_table_is_refused_with_its_place(tmp_path: Path, text: str, line: int) -> None:
    """The line is that of its beginning, if it runs into the next rows. Columns are known, and no key is twice."""
    put(tmp_path, "ontology/questions/topics.csv", text)

    with pytest.raises(DatasetError, match=f"^ontology/questions/topics.csv, line {line}: "):
        resources.table(tmp_path / "ontology", "questions/topics.csv")


def test_invalid_name_in_a_table_is_refused_with_its_place(tmp_path: Path) -> None:
    """It makes no IRI, or there are two in place of one."""
    put(tmp_path, "data/x.csv", "a\niq:x iq:y\niq:{\n")
    good, bad = resources.table(tmp_path / "data", "x.csv")

    assert good.terms("a") == (IQ.x, IQ.y)
    for call in (lambda: good.term("a"), lambda: bad.terms("a")):
        with pytest.raises(DatasetError, match=r"^data/x.csv, line [23]: "):
            call()
