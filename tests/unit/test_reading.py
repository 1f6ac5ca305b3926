"""Reading files of any size, and one sentence on each that cannot be read."""

import gzip
import io
import os
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

from iqgraph.cli import main
from iqgraph.dataset import UNION, load_plain
from iqgraph.dataset.decoding import MAX_TERM_DEPTH
from iqgraph.dataset.reading import file_at, read, read_into, read_prefixes
from iqgraph.errors import CallError, DatasetError
from tiny import put

LINE = "<http://a/s> <http://a/p> <http://a/o> .\n"
MANY = "".join(f"<http://a/s{n}> <http://a/p> <http://a/o{n}> .\n" for n in range(20_000))


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    """It could not be read twice."""
    os.mkfifo(tmp_path / "a.ttl")
    with pytest.raises(CallError, match="this is a pipe"):
        load_plain([tmp_path / "a.ttl"])


@pytest.mark.parametrize("is_gzip", [False, True], ids=["plain", "gz"])
def test_large_files_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_gzip: bool) -> None:
    """Each is small, and together they are the whole file."""
    file = tmp_path / ("a.nt.gz" if is_gzip else "a.nt")
    file.write_bytes(gzip.compress(MANY.encode()) if is_gzip else MANY.encode())
    store, sizes = Store(), list[int]()

    class Recorder(io.FileIO):
        def read(self, size: int | None = -1) -> bytes:
            """Record the size."""
            content = super().read(size) or b""
            sizes.append(len(content))
            return content

    monkeypatch.setattr(Path, "open", lambda path, _: Recorder(path))
    read_into(store, file)
    monkeypatch.undo()

    assert len(store) == 20_000
    assert sum(sizes) == file.stat().st_size
    assert max(sizes) <= 1 << 18


def test_prefixes_need_only_the_beginning(tmp_path: Path) -> None:
    """The rest of the file may be broken."""
    file = put(tmp_path, "a.ttl", "@prefix x: <http://x/> .\nx:a x:b x:c .\n" + MANY + "broken")

    assert read_prefixes(file) == {"x": "http://x/"}


def test_the_first_file_defines_a_prefix(tmp_path: Path) -> None:
    """The second may use it for another namespace."""
    files = [put(tmp_path, f"{name}.ttl", f"@prefix x: <http://{name}/> . x:a x:b x:c .") for name in "yz"]

    assert load_plain(files).prefixes == {"x": "http://y/"}


def test_blank_nodes_belong_to_their_file(tmp_path: Path) -> None:
    """One label is one node within a file, across its graphs and in the union, and another in the next file."""
    text = "_:a <http://a/in> <http://a/1> <http://a/g> .\n_:a <http://a/in> <http://a/2> <http://a/h> .\n"
    dataset = load_plain([put(tmp_path, f"{name}.nq", text) for name in "xy"])
    nodes = {quad.subject for quad in dataset.store}
    in_graphs = {(quad.subject, quad.object) for quad in dataset.store if str(quad.graph_name) != "DEFAULT"}

    assert len(nodes) == 2
    assert in_graphs == {(triple.subject, triple.object) for triple in dataset.triples()}


@pytest.mark.parametrize("text", [LINE, LINE * 2], ids=["once", "twice"])
def test_without_named_graphs_the_default_graph_is_the_union(tmp_path: Path, text: str) -> None:
    """No statement is copied or doubled."""
    dataset = load_plain([put(tmp_path, "a.nt", text)])

    assert len(dataset.store) == dataset.statements == dataset.size(UNION) == 1


def test_graphs_are_counted(tmp_path: Path) -> None:
    """Those with blank names too; a triple of two graphs is one statement of the union."""
    graph = "{ <http://a/s> <http://a/p> <http://a/o> }"
    dataset = load_plain([put(tmp_path, "a.trig", f"<http://a/g> {graph} _:h {graph} <http://a/s> a <http://a/C> .")])

    assert [dataset.size(graph) for graph in dataset.graphs()] == [1, 1]
    assert dataset.statements == 2


def damaged(content: bytes) -> dict[str, bytes]:
    """Bytes that are no complete gzip file, by kind of damage."""
    return {
        "cut": content[:-30],
        "without end": content[:-8],
        "wrong sum": content[:-8] + bytes(8),
        "not gzip": MANY.encode(),
    }


@pytest.mark.parametrize("kind", damaged(b""))
def test_damaged_gzip(tmp_path: Path, kind: str) -> None:
    """A part of a file is never read as the whole."""
    file = tmp_path / "a.nt.gz"
    file.write_bytes(damaged(gzip.compress(MANY.encode()))[kind])

    with pytest.raises(DatasetError, match=r"a\.nt\.gz: .* \.gz, but this is not a complete gzip file\."):
        load_plain([file])


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.ttl", b""), ("a.nt.gz", gzip.compress(b"", mtime=0)), ("a.trig", b""), ("b.ttl", b"# nothing yet\n")],
)
def test_empty_file(tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, content: bytes) -> None:
    """It is a graph without statements (N-Triples, section 2: a document may have no line), which is told."""
    file = tmp_path / name
    file.write_bytes(content)

    assert load_plain([file]).statements == 0
    assert f"{name}: the file contains no statement." in caplog.text


@pytest.mark.parametrize("name", ["a.rdf", "a.jsonld", "a.nt.gz"])
def test_empty_file_of_a_format_that_has_none(tmp_path: Path, name: str) -> None:
    """XML needs an element, JSON a value, and gzip a head."""
    (tmp_path / name).touch()

    with pytest.raises(DatasetError, match=name):
        load_plain([tmp_path / name])


@pytest.mark.parametrize("text", ["", "\n", "@prefix a: <http://a/> .", "# nothing yet"])
def test_empty_file_of_ours(tmp_path: Path, text: str) -> None:
    """Our own files have statements."""
    with pytest.raises(DatasetError, match=r"a\.ttl: the file contains no statement\."):
        read(file_at(put(tmp_path, "a.ttl", text)))


@pytest.mark.parametrize("depth", [MAX_TERM_DEPTH, MAX_TERM_DEPTH + 1, 100_000])
@pytest.mark.parametrize("extension", ["nt", "ttl"])
def test_triple_terms_are_nested_within_reason(tmp_path: Path, extension: str, depth: int) -> None:
    """Others exhaust the stack of the parser, or of what writes the downloads."""
    tower = "<http://a/s> <http://a/p> " + "<<( <http://a/s> <http://a/p> " * depth + '"o"' + " )>>" * depth
    file = put(tmp_path, f"a.{extension}", f"{LINE}{tower} .\n")

    if depth <= MAX_TERM_DEPTH:
        assert load_plain([file]).statements == 2
    else:
        with pytest.raises(DatasetError, match="more than 100 triple terms are nested"):
            load_plain([file])


@pytest.mark.parametrize("before", [0, 10, 30, 300])
@pytest.mark.parametrize("behind", [0, 300])
def test_an_error_shows_its_place(tmp_path: Path, before: int, behind: int) -> None:
    """Wherever in a line it is; the rest of a long line is left out."""
    file = put(tmp_path, "a.ttl", f'<urn:a> <urn:b> "{"x" * before}" , <urn:c d> , "{"x" * behind}" .')

    with pytest.raises(DatasetError, match=r"\(.*<urn:c d.*\)\.$") as error:
        read(file_at(file))
    assert len(str(error.value)) < 300


def test_an_error_far_down_has_its_line(tmp_path: Path) -> None:
    """And its file and reason."""
    file = put(tmp_path, "a.nt", MANY + "<http://a/s> <http://a/p> .\n" + LINE)

    with pytest.raises(DatasetError, match=r"a\.nt, line 20001, column \d+: "):
        load_plain([file])


@pytest.mark.parametrize(
    ("names", "code", "message"),
    [
        (("good.nt", "none.nt"), 2, "none.nt: No such file or directory."),
        (
            ("good.nt", "a.docx"),
            2,
            "a.docx: no RDF format has this extension; known are ttl, nt, rdf, jsonld, ",
        ),
        (("folder.nt",), 2, "folder.nt: Is a directory."),
        (("good.nt", "empty.rdf"), 1, "empty.rdf, line 1: the XML parser says: “no element found”."),
        (("good.nt", "bad.nt"), 1, "bad.nt, line 1, column "),
        (("tag.nt",), 1, "tag.nt, line 1, column 29: a language tag has hyphens, like de-DE ("),
    ],
)
def test_nothing_is_served_of_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: tuple[str, ...], code: int, message: str
) -> None:
    """One sentence and the exit code; a good file before it is not served either."""
    (tmp_path / "folder.nt").mkdir()
    files = {"good.nt": LINE, "a.docx": LINE, "empty.rdf": "", "bad.nt": "<a> <b> <c> .\n"}
    for name, text in {**files, "tag.nt": '<http://a> <http://b> "c"@de_DE .\n'}.items():
        put(tmp_path, name, text)

    assert main(["serve", "--port", "0", *(str(tmp_path / name) for name in names)]) == code
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(f"iqgraph: {tmp_path}/{message}")
    assert output.err.count("\n") == 1


def test_the_first_wrong_file_is_found_before_anything_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large file does not delay the error about the name of the second."""
    calls: list[object] = []
    monkeypatch.setattr("iqgraph.dataset.dataset.read_into", lambda *arguments: calls.append(arguments))

    with pytest.raises(CallError):
        load_plain([put(tmp_path, "good.nt", MANY), tmp_path / "none.nt"])

    assert calls == []


def test_a_file_whose_name_is_no_text(tmp_path: Path) -> None:
    """Names are bytes; those of old archives may be in another encoding."""
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xe4d.ttl"))
    file.write_text("<a> <urn:p> 1 .", encoding="utf-8")

    assert [quad.subject for quad in load_plain([file]).store] == [NamedNode("file:///a")]
    file.write_text("[] <urn:p> 1 .", encoding="utf-8")
    assert len(read(file_at(file)).quads) == 1
