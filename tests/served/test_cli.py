"""The command line: what it prints and how it ends."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from iqgraph import __version__
from iqgraph.cli import main
from iqgraph.dataset import load
from iqgraph.resources import Sources
from iqgraph.terms import BASE
from loopback import OF_SOURCES
from repository import ROOT
from tiny import HEAD, LETTER, change, put, release, tabulate

RECIPES = ROOT / "CONTRIBUTING.md"
SAYS = "data/letter/01-all.trig"
NAME = "SELECT ?name { <https://w3id.org/iq-hessen/id/anna> skos:prefLabel ?name } ORDER BY ?name"
SORTED = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY STR(?a)"
ADVICE = "before the answer was complete. Add a LIMIT, bind more of the pattern, or ask for less at once."
ASKED = f"PREFIX skos: <http://www.w3.org/2004/02/skos/core#> {NAME}"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?s = <https://w3id.org/iq-hessen/id/ben>) }"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], sources: Sources) -> Run:
    """Call the command on the tiny dataset: exit code, output, errors."""
    monkeypatch.setattr("iqgraph.dataset.dataset.packaged", lambda: sources)
    monkeypatch.setattr("iqgraph.validation.seals.packaged", lambda: sources)
    monkeypatch.setattr("iqgraph.cli.author.packaged", lambda: sources)

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        return code, *capfd.readouterr()

    return call


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "<http.*> is missing"), ("<urn:a> <urn:b> .", "this cannot be used: .*"), (None, "this cannot be used: .*")],
)
def test_unreadable_bundled_data_is_an_error(tmp_path: Path, content: str | None, reason: str) -> None:
    """All our IRIs are built from the description of the data, so nothing runs without it."""
    package = tmp_path / "iqgraph"
    package.mkdir()
    for entry in (ROOT / "server/iqgraph").iterdir():
        (package / entry.name).symlink_to(entry)
    put(package, "data/__init__.py", "")
    if content is not None:
        put(package, "data/publication.ttl", content)
    command = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from iqgraph.__main__ import main; main()"
    process = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False)

    assert process.returncode == 1
    assert re.fullmatch(rf"iqgraph: data/publication\.ttl: {reason}\.\n", process.stderr)


def test_a_query_that_the_locale_takes_for_bytes(run: Run) -> None:
    """In the C locale an umlaut arrives as two surrogate escapes, and is decoded as UTF-8."""
    code, output, _ = run("query", 'SELECT ("\udcc3\udcbc" AS ?letter) {}')
    assert (code, output.split()) == (0, ["?letter", '"ü"'])

    code, _, errors = run("query", "SELECT \udcfc")
    assert (code, errors.count("\n")) == (2, 1)
    assert "line 1: this is not UTF-8" in errors


def test_valid_data(run: Run, sources: Sources) -> None:
    """Valid data is reported with its size."""
    code, output, errors = run("validate")

    assert (code, errors) == (0, "")
    dataset = load(sources=sources)
    assert output == f"Valid: {dataset.statements} statements in {len(dataset.graphs())} graphs.\n"


def test_invalid_data(run: Run, tmp_path: Path) -> None:
    """Each finding is a line of standard output."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")

    assert run("validate") == (1, f'{SAYS}: id:ben skos:prefLabel: A person has two names. Given: "Ben"@de.\n', "")


def test_a_changed_release_is_an_error(run: Run, tmp_path: Path) -> None:
    """`validate` rejects what the server would refuse to start with."""
    file = release(tmp_path, "1.0.0", "2020-01-31").file
    assert run("validate")[0] == 0

    with (tmp_path / file.name).open("ab") as content:
        content.write(b"x")
    code, _, errors = run("validate")

    assert (code, file.name in errors) == (1, True)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"LANG": "de_DE.UTF-8"}, "Kein RDF-Format hat diese Endung"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "no RDF format has this extension"),
        ({"LC_MESSAGES": "en_GB.UTF-8", "LC_ALL": "de_AT.UTF-8"}, "Kein RDF-Format hat diese Endung"),
        ({"LANG": "C.UTF-8"}, "no RDF format has this extension"),
        ({}, "no RDF format has this extension"),
    ],
)
def test_errors_are_in_the_language_of_the_locale(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    """The first variable that is set decides: LC_ALL, LC_MESSAGES, LANG."""
    text = put(tmp_path, "a.pdf", "")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert message in run("validate", text)[2]


def test_findings_are_in_the_language_of_the_locale(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless --lang names another one."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")

    assert "Eine Person hat zwei Namen." in run("validate")[1]
    assert "A person has two names." in run("validate", "--lang", "en")[1]
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@de ;', 'skos:prefLabel "Ben"@de , "Ben"@en ;')
    assert run("validate")[1].startswith("Gültig: ")


def test_report_in_turtle(run: Run, tmp_path: Path) -> None:
    """The SHACL report contains the findings of SHACL and of the evidence rules."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    change(tmp_path, "data/letter/graphs.trig", "prov:wasDerivedFrom p:S01 ;", "")
    code, output, _ = run("validate", "--format", "turtle")

    assert code == 1
    assert "sh:conforms false" in output
    assert output.count("a sh:ValidationResult") == 2


def test_warning_is_no_failure(run: Run, tmp_path: Path) -> None:
    """A warning is printed, and the exit code is 0."""
    change(tmp_path, "shapes/person.ttl", "sh:minCount 2 ;", "sh:minCount 3 ; sh:severity sh:Warning ;")
    code, output, _ = run("validate")

    assert code == 0
    assert output.startswith("warning: ") or ": warning: " in output


def test_validate_files(run: Run, tmp_path: Path) -> None:
    """Files are validated instead of the bundled data."""
    code, output, _ = run("validate", put(tmp_path, "mine.trig", HEAD + "g:S01 { id:dora a iq:Person . }"))

    assert code == 1
    assert output.startswith(f"{tmp_path}/mine.trig: id:dora skos:prefLabel: ")


def test_verify(run: Run, tmp_path: Path) -> None:
    """The right document matches, another one does not."""
    tabulate(tmp_path)
    letter = put(tmp_path, "letter.txt", LETTER)
    other = put(tmp_path, "other.txt", LETTER.replace("Ben", "Bob"))

    assert run("verify", letter) == (0, f"{letter}: all offsets and hashes match.\n", "")
    assert run("verify", other)[0] == 1


def test_a_document_is_written(run: Run, tmp_path: Path) -> None:
    """The text is split, errors and next steps are listed by passage, and existing statements are never overwritten."""
    text = put(tmp_path, "card.txt", "Choir\n\nAnna leads it. Cleo sings.\n")
    file = tmp_path / "data/card/statements.trig"
    add = (
        "document",
        "add",
        text,
        "--name",
        "card",
        "--language",
        "en",
        "--title",
        "Choir",
        "--source",
        "http://x.org/c",
    )
    cuts = run(*add, "--split", "leads")
    again = run(*add)
    change(tmp_path, "data/card/statements.trig", "g:S02 {\n", "g:S02 {\n    id:cleo a iq:Person .\n")

    assert cuts[1].splitlines()[1:3] == ["S02       7  Sentence  Anna", "S03      12  Sentence  leads it."]
    assert again[1].splitlines()[1:] == [
        "S02       7  Sentence  Anna leads it.",
        "S03      22  Sentence  Cleo sings.",
        str(file),
    ]
    assert run(*add)[::2] == (
        2,
        "iqgraph: --name card: this folder already exists and is not empty; choose another one.\n",
    )
    assert "--name : a name has lower-case letters" in run(*add, "--name", "")[2]
    code, message, _ = run("document", "check", "card")
    assert (code, message.count("\n")) == (1, 3)
    assert message.endswith(
        "Things without a label or a description: 1; iqgraph document label card adds them, or TODO.\n"
    )
    assert run("document", "label", "card") == (0, "S02  id:cleo\n", "")
    assert run("document", "status", "card")[1].splitlines()[-1].endswith("are still to be written (TODO).")
    assert run("document", "check", "letter")[2] == "iqgraph: letter: there is no such document; there are card.\n"
    put(tmp_path, "card.txt", f"Choir\n\nAnna leads {'a choir and ' * 20}it.\n")
    row = run(*("long" if one == "card" else one for one in add))[1].splitlines()[1]
    assert re.fullmatch(r"S02       7  Sentence  Anna leads .{19} … .{17}choir and it\.", row)
    change(tmp_path, "data/card/statements.trig", "g:S02 {\n", "g:S02\n")
    code, message, _ = run("document", "check", "card")
    assert (code, message.count("\n")) == (1, 1)
    assert message.startswith("data/card/statements.trig, line ")
    assert run(*add)[0] != 0
    assert "g:S02\n" in file.read_text(encoding="utf-8")


def test_a_document_is_added_as_the_recipe_shows(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command in CONTRIBUTING creates the folder that the next steps of the recipe use."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", RECIPES.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (block,) = (one for one in blocks if "document add" in one)
    program, *words = shlex.split(block.replace("\\\n", ""))
    put(tmp_path, "minutes.txt", "Chor\n\nAnna leitet ihn. Ben singt mit.\n")
    monkeypatch.chdir(tmp_path)
    code, message, _ = run(*words)

    assert (program, code) == (".venv/bin/iqgraph", 0)
    assert message.splitlines()[-1] == str(tmp_path / "data/minutes/statements.trig")
    assert (tmp_path / "data/minutes/passages.csv").exists()


def test_a_draft_needs_its_text(run: Run) -> None:
    """--draft needs --text."""
    code, _, error = run("serve", "--draft", "card")

    assert code == 2
    assert error.startswith("iqgraph: --draft and --text belong together")


def test_build(run: Run, tmp_path: Path) -> None:
    """All files are written to a folder, which is created if it is missing."""
    folder = tmp_path / "new" / "release"

    assert run("build", folder) == (0, f"{folder}: 32 files\n", "")
    assert (folder / "iq-hessen.trig").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("call", [("build", "/dev/null/x"), ("release", "1.0.0", "2027-01-31")])
def test_invalid_data_is_not_published(run: Run, tmp_path: Path, call: tuple[str, ...]) -> None:
    """The error is the first finding."""
    put(tmp_path, "data/letter/more.trig", HEAD + "g:S01 { id:dora a iq:Person . }")

    code, output, error = run(*call)

    assert (code, output) == (1, "")
    assert error.startswith("iqgraph: data/letter/more.trig: ")


def test_select_as_table(run: Run) -> None:
    """Rows are tab-separated by default."""
    assert run("query", ASKED) == (0, '?name\n"Anna"@de\n"Anna"@en\n', "")


@pytest.mark.parametrize(
    ("query", "options", "part"),
    [
        (ASKED, ["--format", "csv"], "name\r\nAnna"),
        (CONSTRUCT, ["--format", "nt"], "<https://w3id"),
        (CONSTRUCT, [], "id:ben a "),
    ],
)
def test_formats(run: Run, query: str, options: list[str], part: str) -> None:
    """CONSTRUCT gives Turtle by default."""
    assert part in run("query", *options, query)[1]


def test_query_from_a_file(run: Run, tmp_path: Path) -> None:
    """A query can be read from a file."""
    for prefix in ("", "\N{BYTE ORDER MARK}"):  # which some editors write
        assert run("query", "-f", put(tmp_path, "q.rq", prefix + ASKED))[1].startswith("?name\n")


def test_query_with_an_old_iri(run: Run) -> None:
    """An old IRI stands for the new one, as on the server."""
    query = f"ASK {{ FILTER (<{BASE}concept/official> = <{BASE}concept/other-source>) }}"

    assert "true" in run("query", "--format", "json", query)[1]


def test_seal(run: Run, tmp_path: Path) -> None:
    """The command prints the file it wrote."""
    assert run("seal") == (0, f"{tmp_path}/data/seals.ttl\n", "")


def test_version(run: Run) -> None:
    """The command prints its version."""
    assert run("--version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "iqgraph: Missing command (see iqgraph --help)."),
        (["fly"], "iqgraph: No such command 'fly' (see iqgraph --help)."),
        (["serv"], "iqgraph: No such command 'serv'. Did you mean 'serve'?"),
        (["build"], "iqgraph: Missing argument 'DIR' (see iqgraph build --help)."),
        (["validate", "--format", "pdf"], "iqgraph: Invalid value for '--format': 'pdf' is not one of 'text'"),
        (["validate", "none.trig"], "iqgraph: none.trig: No such file or directory."),
        (["validate", "/"], "iqgraph: /: Is a directory."),
        (["document"], "iqgraph: Missing command (see iqgraph document --help)."),
        (["verify", "letter"], "iqgraph: letter: No such file or directory. Name the file with the text."),
        (["build", "/dev/null/x"], "iqgraph: /dev/null/x: Not a directory."),
        (["query"], "iqgraph: Give a query, or a file with -f"),
        (["query", "-f", "x", "ASK {}"], "iqgraph: Give a query, or a file with -f"),
        (["query", "-f", "none.rq"], "iqgraph: none.rq: No such file or directory."),
        (["query", "SELECT * {"], "iqgraph: The query, line 1, column 10: "),
        (["query", "DELETE WHERE { ?s ?p ?o }"], "iqgraph: DELETE is refused"),
        (["query", "--timeout", "0.1", SORTED], f"iqgraph: The query was stopped after 0.1 seconds, {ADVICE}\n"),
        (["query", "--memory", "30", SORTED], "iqgraph: The query was stopped because it needed more memory"),
        (["query", "--format", "ttl", "SELECT * {}"], "iqgraph: The answer to SELECT cannot be written as ttl; known"),
        (["serve", "--strict"], "iqgraph: --strict applies to files; name some"),
        (["serve", "--workers", "0"], "iqgraph: --workers: '0' is not a valid whole number from 1 to 1,024"),
        (["serve", "--config", "none.toml"], "iqgraph: none.toml: No such file or directory."),
        (
            ["push", "http://a/", "--default", "--union", "http://b/"],
            "iqgraph: --default and --union are mutually exclusive",
        ),
        (["config", "--budget", "many"], "iqgraph: --budget: 'many' is not a valid number from 0 to 604,800"),
    ],
)
def test_wrong_call(run: Run, arguments: list[str], message: str) -> None:
    """One sentence on standard error, and exit code 2."""
    code, output, errors = run(*arguments)

    assert (code, output) == (2, "")
    assert errors.startswith(message)
    assert errors.count("\n") == 1


@pytest.mark.parametrize("command", ["query -f", "verify"])
def test_text_that_is_not_utf8(run: Run, tmp_path: Path, command: str) -> None:
    """A file that is not UTF-8 is an error of the call."""
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xff")
    code, _, errors = run(*command.split(), file)

    assert code == 2
    assert "a.txt, line 1: this is not UTF-8" in errors


@pytest.mark.usefixtures("sources")
def test_reader_that_goes_away(tmp_path: Path) -> None:
    """`iqgraph query … | head -1` ends in silence."""
    numbers = " ".join(map(str, range(200)))
    query = f"SELECT * {{ VALUES ?a {{ {numbers} }} VALUES ?b {{ {numbers} }} }}"
    command = [sys.executable, "-c", OF_SOURCES, str(tmp_path), "query", query]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()

    assert (process.returncode, errors) == (0, b"")


def test_the_answer_on_a_terminal_ends_its_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a newline follows the answer; in a file or a pipe the answer is as the format defines it."""
    assert run("query", "ASK { ?s ?p ?o }") == (0, "true", "")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run("query", "ASK { ?s ?p ?o }") == (0, "true\n", "")


@pytest.mark.sample(1)
@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize("format", ["text", "turtle"])
def test_invalid_data_is_an_error_although_nobody_reads_the_findings(tmp_path: Path, format: str) -> None:
    """`iqgraph validate FILE | head -1` does not exit as if the data were valid."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-c", OF_SOURCES, str(tmp_path), "validate", "--format", format]
    run = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)

    assert (run.returncode, run.stderr) == (1, b"")


def test_output_is_utf8_whatever_the_locale(tmp_path: Path) -> None:
    """German messages survive a terminal that claims ASCII."""
    file = put(tmp_path, "a.ttl", "<http://ä> <http://b> c")
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "iqgraph", "validate", str(file), str(tmp_path / "ü.ttl")]
    run = subprocess.run(command, capture_output=True, env=environment, check=False)

    assert run.returncode in (1, 2)
    assert b"Traceback" not in run.stderr
