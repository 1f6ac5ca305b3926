"""Where files lie, and rules written as queries."""

from collections.abc import Callable
from pathlib import Path

import pytest

from iqgraph import resources
from iqgraph.bilingual import Text, untranslated
from iqgraph.errors import DatasetError
from iqgraph.resources import Rule, Sources
from iqgraph.terms import IQ
from tiny import EVIDENCE, put


def test_walk_is_sorted_and_leaves_out_what_is_no_source(tmp_path: Path) -> None:
    """Hidden files and what Python puts there are not ours."""
    for name in ["b.ttl", "a/z.ttl", "a/.hidden.ttl", "__init__.py", "__pycache__/x.ttl"]:
        put(tmp_path, name, "")

    assert [file.name for file in resources.walk(tmp_path, "data")] == ["data/a/z.ttl", "data/b.ttl"]


def test_rdf_files_are_known_by_their_ending(tmp_path: Path) -> None:
    """Rules and notes beside the RDF are not read as RDF."""
    for name in ["a.ttl", "b.trig", "c.rq", "d.md"]:
        put(tmp_path, name, "")

    assert [file.name for file in resources.rdf_files(tmp_path, "x")] == ["x/a.ttl", "x/b.trig"]


def test_column_that_a_table_lacks_is_told(tmp_path: Path) -> None:
    """Beside the heads that there are."""
    put(tmp_path, "names.csv", "name,de\na,b\n")
    (row,) = resources.table(tmp_path, "names.csv")

    assert row["de"] == "b"
    with pytest.raises(DatasetError, match=r"has no column en, only name, de\."):
        row["en"]


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    """As a spreadsheet saves it."""
    (tmp_path / "names.csv").write_bytes("name,de\na,Sätze\n".encode("latin-1"))

    with pytest.raises(DatasetError, match=r"/names\.csv, line 2: this is not UTF-8"):
        resources.table(tmp_path, "names.csv")


def test_rule_is_its_comments_and_its_query(sources: Sources) -> None:
    """The first comments are the rule in words."""
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


def test_number_before_a_rule_is_only_its_place(sources: Sources) -> None:
    """The order may change, the name stays."""
    assert [rule.slug for rule in resources.derivation_rules(sources)] == ["above"]


def test_rule_without_words_is_called_by_its_file(tmp_path: Path) -> None:
    """A finding never lacks a message."""
    put(tmp_path, "no-words.rq", "SELECT * {}")
    (rule,) = resources.rules(tmp_path, "x")

    assert rule.text == untranslated("no-words")


def test_folder_that_is_not_there_has_no_rules(tmp_path: Path) -> None:
    """Rules are optional."""
    assert resources.rules(tmp_path / "none", "x") == []


@pytest.mark.parametrize("rules", [resources.derivation_rules, resources.evidence_rules, resources.questions])
def test_bundled_rules_say_what_they_are(rules: Callable[[Sources], list[Rule]]) -> None:
    """Every rule that we ship has its sentence in both languages."""
    found = rules(resources.packaged())

    assert found
    assert [rule.file for rule in found if rule.text.en in (rule.text.de, rule.slug)] == []


@pytest.mark.parametrize(
    ("text", "line"),
    [("a,b\n1,2\n1;2\n", 3), ("a,b\n1,2,3\n", 2), ('a,b\n1,2\n"1,2\n1,2\n', 3), ('a,b\n1,"2"x\n', 2)],
)
def test_malformed_row_of_a_table_is_refused_with_its_place(tmp_path: Path, text: str, line: int) -> None:
    """Where it begins, if it swallows what comes after it."""
    put(tmp_path, "data/x.csv", text)

    with pytest.raises(DatasetError, match=f"^data/x.csv, line {line}: "):
        resources.table(tmp_path / "data", "x.csv")


def test_what_is_no_name_in_a_table_is_refused_with_its_place(tmp_path: Path) -> None:
    """A name that makes no IRI, or none where one is wanted."""
    put(tmp_path, "data/x.csv", "a\niq:x iq:y\niq:{\n")
    good, bad = resources.table(tmp_path / "data", "x.csv")

    assert good.terms("a") == (IQ.x, IQ.y)
    for call in (lambda: good.term("a"), lambda: bad.terms("a")):
        with pytest.raises(DatasetError, match=r"^data/x.csv, line [23]: "):
            call()
