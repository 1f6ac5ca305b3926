"""Evidence: each statement has a graph, each derived statement a rule."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from iqgraph.bilingual import Text
from iqgraph.dataset import load
from iqgraph.errors import DatasetError
from iqgraph.release.release import build
from iqgraph.resources import Sources
from iqgraph.terms import BASE, DCTERMS, GRAPH, ID, IQ, PROV, RDF, RDFS, SHAPES, derived_graph
from iqgraph.validation.evidence import MAX_LISTED, examine
from iqgraph.validation.findings import Finding
from tiny import HEAD, change, put

RELEASE = "iq-hessen.trig"


def check(sources: Sources, *files: Path) -> list[Finding]:
    """The findings in the sources, or in files in place of their data."""
    return examine(load(files, sources))


def release_file(root: Path, sources: Sources) -> Path:
    """The release of the tiny dataset as one file."""
    return put(root, RELEASE, build(load(sources=sources))[RELEASE].decode())


KINDS = "kind,de,en,plural_de,plural_en,classes,glyph\n"


def test_sound_data_has_no_findings(sources: Sources) -> None:
    """The tiny dataset has evidence for all."""
    assert check(sources) == []


def test_breach_of_a_rule_is_found(tmp_path: Path, sources: Sources) -> None:
    """Each row of a rule is a finding with its place and message."""
    change(tmp_path, "data/letter/graphs.trig", "prov:wasDerivedFrom p:S01 ;", "")
    (finding,) = check(sources)

    assert finding.rule == SHAPES["graph-leads-to-passage"]
    assert finding.focus == GRAPH["letter/S01"]
    assert finding.path == PROV.wasDerivedFrom
    assert finding.file == "data/letter/graphs.trig"
    assert finding.message.de == "Jeder Graph einer Textstelle führt zu einer Textstelle."


def test_breach_of_a_derived_statement_names_the_premises(tmp_path: Path, sources: Sources) -> None:
    """The finding names the rule of derivation, its premises and their file."""
    sought = "SELECT ?focus ?path ?value WHERE { ?focus ?path ?value FILTER (?path = iq:above) }"
    head = "# Nobody is above.\n# de: Niemand steht darüber.\nPREFIX iq: <https://w3id.org/iq-hessen/ontology#>\n"
    put(tmp_path, "shapes/evidence/nobody-above.rq", head + sought)
    (finding,) = check(sources)

    assert finding.file == "data/letter/01-all.trig"
    assert finding.message == Text(
        de="Niemand steht darüber. Es folgt nach Regel above aus: "
        "id:anna iq:leads id:choir (graph:letter/S01); id:ben iq:singsIn id:choir (graph:letter/S02).",
        en="Nobody is above. It follows by rule above from: "
        "id:anna iq:leads id:choir (graph:letter/S01); id:ben iq:singsIn id:choir (graph:letter/S02).",
    )


@pytest.mark.parametrize(
    ("file", "rows", "name"),
    [
        ("data/names.csv", "thing,nominative,accusative,genitive,english\nanna,,,,Anna\nana,,,,Anna\n", "ana"),
        ("ontology/renamed.csv", "old,new\ngraph:note/,graph:letter/\niq:led,iq:lead\n", "iq:lead"),
        ("ontology/renamed.csv", "old,new\nid:ann,id:anna\ngraph:note/,graph:leter/\n", "graph:leter/"),
        ("ontology/kinds.csv", f"{KINDS}choir,,,,,iq:Person,M0 0\nperson,,,,,iq:Person iq:Persn,M0 0\n", "iq:Persn"),
        (
            "ontology/kinds.csv",
            f"{KINDS}choir,,,,,iq:Person,M0 0\nperson,,,,,iqq:Person foaf:Person,M0 0\n",
            "iqq:Person",
        ),
        ("ontology/kinds.csv", f"{KINDS}choir,,,,,{BASE}ontology#Person,M0 0\nperson,,,,,<x>,M0 0\n", "<x>"),
        ("ontology/kinds.csv", f"{KINDS}choir,,,,,iq:Person,M1 1\nperson,,,,,iq:Person,x\n", "x"),
        ("ontology/questions/columns.csv", "variable,question,de,en\nwho,,,\nwhat,,Was,\n", "Was"),
    ],
)
def test_wrong_line_of_a_table_is_found(tmp_path: Path, sources: Sources, file: str, rows: str, name: str) -> None:
    """A name may be undefined, a text in one language, a glyph no path; but other data may lack our things."""
    put(tmp_path, file, rows)
    (finding,) = check(sources)

    assert (finding.file, finding.focus) == (file, Literal(name))
    assert finding.message.en.startswith("Line 3: ")
    assert check(sources, put(tmp_path, "mine.trig", HEAD + "g:S01 { id:cleo a iq:Person }")) == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT ?path WHERE { ?focus ?path ?value }", "with .focus"),
        ("CONSTRUCT WHERE { ?focus ?path ?value }", "must be a SELECT"),
        ("SELECT ?focus ?path WHERE { ?other ?path ?value }", "with .focus in each row"),
    ],
)
def test_invalid_rule_is_an_error(tmp_path: Path, sources: Sources, query: str, message: str) -> None:
    """The message names the rule or its mistake."""
    put(tmp_path, "shapes/evidence/broken.rq", query)

    with pytest.raises(DatasetError, match=message):
        check(sources)


@pytest.mark.parametrize("name", ["ontology/questions/who.rq", "shapes/evidence/who.rq"])
def test_invalid_query_is_found(tmp_path: Path, sources: Sources, name: str) -> None:
    """Questions are not run when the data is checked; a rule that is no query hides no other finding."""
    put(tmp_path, name, "# Who?\nSELECT ?who { ?who ?knows ?whom } }\n")
    (finding,) = check(sources)

    assert finding.file == name
    assert finding.message.en.startswith("This is not SPARQL: line ")
    assert finding.message.de.startswith("Das ist kein SPARQL: Zeile ")


@pytest.mark.parametrize(
    ("comments", "message"),
    [
        ("# topic: singing\n", "questions/topics.csv lacks the row “singing”"),
        ("# start: 1\n", "There is no line “# topic:”"),
        ("# topic: song\n# start: first\n", "“# start: first” must be a number."),
        ("# topic: song\n# note-de: Laut.\n", "There is no line “# note-en:”"),
        ("# topic: song\n# also-en: Loud?\n", "There is no line “# also-de:”"),
        ("# topic: song\n# who: x\n", "questions/columns.csv lacks the row “whom”"),
    ],
)
def test_wrong_head_of_a_question_is_found(tmp_path: Path, sources: Sources, comments: str, message: str) -> None:
    """Its topic and its columns are in the tables, its notes in both languages."""
    put(tmp_path, "ontology/questions/topics.csv", "topic,de,en\nsong,Gesang,Song\n")
    columns = "who,,Wer,Who\nwhom,other,Wen,Whom\n" + "whom,leads,Wen,Whom\n" * ("who:" not in comments)
    put(tmp_path, "ontology/questions/columns.csv", f"variable,question,de,en\n{columns}")
    query = "PREFIX iq: <https://w3id.org/iq-hessen/ontology#>\n\nSELECT ?whoEn ?whom WHERE { ?whoEn iq:leads ?whom }\n"
    put(tmp_path, "ontology/questions/leads.rq", f"# en: Who?\n# de: Wer?\n{comments}{query}")
    (finding,) = check(sources)

    assert finding.file == "ontology/questions/leads.rq"
    assert finding.message.en.startswith(message)


def test_prefix_that_a_query_does_not_use_is_found(tmp_path: Path, sources: Sources) -> None:
    """What only looks like a use is in an IRI, a string, a comment or a variable."""
    text = '# a: Who?\nPREFIX a: <http://a/>\nPREFIX b: <http://b/>\nASK { ?s b:knows <a:x>, "a:y" FILTER(?a = ?s) }\n'
    put(tmp_path, "ontology/questions/who.rq", text)
    (finding,) = check(sources)

    assert finding.message.en == "The query does not use the prefix a:. Delete its line."


def test_statement_without_graph_is_found(tmp_path: Path, sources: Sources) -> None:
    """The finding names the statement and its file."""
    file = put(tmp_path, "data/letter/02.trig", HEAD + "id:anna iq:leads id:choir .")
    (finding,) = check(sources)

    assert (finding.focus, finding.path, finding.value) == (ID.anna, IQ.leads, ID.choir)
    assert finding.file == f"data/letter/{file.name}"


@pytest.mark.parametrize(("count", "listed"), [(MAX_LISTED, MAX_LISTED), (MAX_LISTED + 1, 1)])
def test_many_statements_without_graph_are_one_finding(
    tmp_path: Path, sources: Sources, count: int, listed: int
) -> None:
    """A file without graphs would have too many."""
    many = " ".join(f"id:anna iq:order {number} ." for number in range(count))
    found = check(sources, put(tmp_path, "mine.ttl", HEAD + many))

    assert len(found) == listed
    assert (f"({count})" in found[0].message.en) == (listed == 1)


def test_release_is_as_sound_as_its_sources(tmp_path: Path, sources: Sources) -> None:
    """Its derived statements are those that are derived again."""
    assert check(sources, release_file(tmp_path, sources)) == []


UNFOUNDED = "The file states it, but no rule yields it."
LABEL = ('rdfs:label "leads"@en', 'rdfs:label "lead"@en')
CONFORMS = "dcterms:conformsTo <https://w3id.org/iq-hessen/rule/above>"


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("above id:ben", "above id:ben, id:cleo", (ID.anna, IQ.above, UNFOUNDED)),
        ("id:ben iq:below id:anna .", "", (ID.ben, IQ.below, "A rule yields it, but the file lacks it.")),
        (*LABEL, (IQ.leads, RDFS.label, "The file states it, but not the ontology.")),
        (*LABEL, (IQ.leads, RDFS.label, "The ontology states it, but not the file.")),
        (
            CONFORMS,
            "dcterms:conformsTo id:me",
            (None, DCTERMS.conformsTo, UNFOUNDED),
        ),
    ],
    ids=["unfounded", "lacking", "other ontology", "lost ontology", "record"],
)
def test_change_of_a_release_is_found(
    tmp_path: Path, sources: Sources, old: str, new: str, finding: tuple[NamedNode | None, NamedNode, str]
) -> None:
    """In derived statements and their records, and in the ontology."""
    file = release_file(tmp_path, sources)
    change(tmp_path, RELEASE, old, new)
    findings = {(one.focus if finding[0] else None, one.path, one.message.en) for one in check(sources, file)}

    assert finding in findings


def test_lost_premise_is_found(tmp_path: Path, sources: Sources) -> None:
    """The derived statement is unfounded; its record is no second finding."""
    file = release_file(tmp_path, sources)
    change(tmp_path, RELEASE, " ;\n        iq:singsIn id:choir", "")
    places = {(finding.focus, finding.path) for finding in check(sources, file)}

    of_graph = {(derived_graph(ID.letter), path) for path in (IQ.modality, PROV.hadPrimarySource, RDF.type)}
    assert places == {(ID.anna, IQ.above), (ID.ben, IQ.below), *of_graph}
