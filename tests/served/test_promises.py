"""Numbers and names in the pages agree with code and data."""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from fnmatch import fnmatch
from importlib.metadata import version

import pytest
import yaml  # type: ignore[import-untyped]
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from asking import ask
from iqgraph.cli.options import CONFIG
from iqgraph.dataset import Dataset, Term, faults
from iqgraph.dataset.dataset import MAX_LISTED_STATEMENTS
from iqgraph.engine import MIB, Query, diagnosis, neighbourhood
from iqgraph.engine.elsewhere import federation, remote
from iqgraph.engine.evidence import witnesses
from iqgraph.engine.query import QUERY_FORMS
from iqgraph.engine.workers import isolated, pool, sweeper, worker, zygote
from iqgraph.model import matching, wording
from iqgraph.release.release import Files
from iqgraph.service.processes import master, server, sockets
from iqgraph.service.requests import accounting, context, front, memory, querylog
from iqgraph.service.requests.context import MAX_HEAD_BYTES
from iqgraph.settings import SETTINGS, Settings
from iqgraph.terms import BASE, DOCUMENT, GRAPH, ID, IQ, META, OA, PREFIXES, PROV, QUERY, RDF, passage_iri
from iqgraph.web import extension, reconciliation
from iqgraph.web.agents import inquiries, tools, transports
from iqgraph.web.http import messages, negotiation
from iqgraph.web.http.problems import PROBLEM_TYPES, QUERY_PROBLEMS
from iqgraph.web.query import endpoint, sparql, vocabulary
from iqgraph.web.query.protocol import MAX_EXPLAINED_ROWS, MAX_FIELDS
from repository import ROOT
from test_docs import PAGES, blocks

WORDS = {3: "three", 4: "four", 5: "five", 8: "eight", 10: "ten", 15: "fifteen", 30: "half a minute", 60: "a minute"}
MAX_TOOL_CHARS = tools.TOOLS["query"].required["query"]["maxLength"]
NUMBERS = [
    ("docs/limits.md", f"| size of a request | {memory.MAX_BODY_BYTES // MIB} MiB |"),
    ("docs/limits.md", f"413; up to {memory.MAX_DRAINED_BYTES // MIB} MiB are read and discarded"),
    ("docs/limits.md", f"| {memory.MAX_CLIENT_RESPONSES} of one client, {memory.MAX_RESPONSES} of all, each as"),
    ("docs/limits.md", f"{memory.MIN_WINDOW_BYTES >> 10} KiB in {memory.WINDOW_SECONDS:g} s, while more is to come"),
    ("docs/limits.md", f"An answer of more than {memory.MIN_LARGE_BYTES >> 10} KiB counts as large"),
    ("docs/limits.md", f"| header fields together | {MAX_HEAD_BYTES >> 10} KiB |"),
    ("docs/limits.md", f"| parameters, and fields of a form | {MAX_FIELDS:,} |"),
    ("docs/limits.md", f"| witnesses of a row | {witnesses.MAX_WITNESSES} |"),
    ("docs/limits.md", f"| large request bodies at a time, together | {memory.MAX_BODIES_BYTES // MIB} MiB |"),
    ("docs/limits.md", f"bodies up to {memory.MAX_SMALL_BODY_BYTES >> 10} KiB are not affected"),
    (
        "docs/limits.md",
        f"at most {isolated.MAX_STATEMENTS:,} statements about it, {isolated.MAX_STATEMENTS_CHARS >> 10} KiB",
    ),
    ("docs/limits.md", f"Requests of more than {endpoint.MAX_READ_AT_ONCE_BYTES >> 10} KiB are parsed outside"),
    ("docs/limits.md", f"the first {negotiation.MAX_MEMBERS} members"),
    ("docs/limits.md", f"| a chain of proxies | the last {context.MAX_HOPS}"),
    ("docs/limits.md", f"| a search | {wording.MAX_WORDS} words of {wording.MAX_WORD_CHARACTERS} characters"),
    (
        "docs/limits.md",
        f"the first {vocabulary.MAX_TERMS} terms of a query, names the first {vocabulary.MAX_UNKNOWN_TERMS} ",
    ),
    ("docs/limits.md", f"a query of more than {sparql.MAX_LINKED_CHARS >> 10} KiB"),
    ("docs/limits.md", f"diagnosed in up to {diagnosis.MAX_TEXT_CHARS >> 10} KiB"),
    ("docs/limits.md", f"queries of up to {querylog.MAX_TEXT_CHARS >> 10} KiB"),
    ("docs/limits.md", f"| long queries (over {sweeper.PATIENCE_SECONDS:g} s) beside these |"),
    ("docs/limits.md", f"asked again, {WORDS[pool.MAX_TRIES]} times in all, or gets 503 if it had run for a second"),
    ("docs/limits.md", f"at most {federation.MAX_CALLS} in one query"),
    ("docs/limits.md", f"{federation.MAX_ROWS:,} rows and {federation.MAX_ANSWER_BYTES // MIB} MiB each at most"),
    ("docs/limits.md", f"hold more than {int(Settings().long_memory):,} MiB (`--long-memory MIB`)"),
    ("docs/limits.md", f"up to {Settings().cache_size:g} MiB of answers (`--cache-size MIB`)"),
    ("docs/limits.md", f"Above {MAX_LISTED_STATEMENTS:,} statements the downloads are packed"),
    ("docs/limits.md", f"and members of a row | {MAX_EXPLAINED_ROWS}, without `limit` 10 |"),
    ("docs/limits.md", f"| {reconciliation.MAX_QUERIES} names of {matching.MAX_NAME_CHARS} characters, each with "),
    ("docs/limits.md", f"{extension.MAX_VALUES} types, and with {extension.MAX_VALUES} values of each of "),
    ("docs/limits.md", f"{extension.MAX_PROPERTIES} properties; values of "),
    ("docs/limits.md", f"At most {front.MAX_PAGES} pages are made at a time, of one client "),
    ("docs/limits.md", f"{WORDS[front.MAX_CLIENT_PAGES]}; one that waits for the answer to a query is not counted"),
    ("docs/limits.md", f"{extension.MAX_IDS} things and {extension.MAX_PROPERTIES} properties |"),
    ("docs/limits.md", f"| {transports.MAX_MESSAGE_BYTES // MIB} MiB, with a query of {MAX_TOOL_CHARS:,} characters; "),
    ("docs/limits.md", f"an answer has at most {inquiries.MAX_ANSWER_BYTES >> 10} KiB |"),
    ("docs/limits.md", f"| `{messages.CACHEABLE}` |"),
    ("docs/limits.md", f"| `{messages.IMMUTABLE}` |"),
    ("docs/limits.md", f"nested deeper than {faults.MAX_XML_DEPTH:,} elements"),
    ("docs/endpoint.md", f"did not come within {memory.MAX_BODY_SECONDS:g} seconds"),
    ("docs/linked-data.md", f"More than {neighbourhood.MAX_STATEMENTS} statements of a thing"),
    ("docs/faults.md", f"asked again, {WORDS[pool.MAX_TRIES]} times in all"),
    ("docs/faults.md", f"ended after {server.SECONDS_PER_BEAT * server.MAX_MISSED_BEATS:g} s without a beat"),
    ("docs/faults.md", f"does not make a worker within {zygote.MAX_ORDER_SECONDS:g} s"),
    ("docs/reload.md", f"{WORDS[int(server.MAX_IDLE_SECONDS)]} seconds after the last request at most"),
    ("docs/reload.md", f"when there are {WORDS[master.MAX_OLD_SERVERS]} older ones"),
    ("docs/reload.md", f"and {WORDS[int(master.MAX_SENDING_SECONDS)]} for what is still being sent"),
    ("docs/reload.md", f"What runs gets {WORDS[int(Settings().grace)]} seconds"),
    ("docs/reload.md", f"takes nothing of its answer for {WORDS[int(sockets.MAX_UNREAD_SECONDS)]}"),
    ("docs/engines/README.md", f"at most every {remote.CHECK_INTERVAL_SECONDS:g} seconds"),
]
COUNTS: list[tuple[str, Callable[[Dataset], str]]] = [
    (
        "README.md",
        lambda data: "Passage 24 is characters {} to {} of the article".format(*offsets(data)),
    ),
    ("docs/model.md", lambda data: f"Each of the {len(passages(data)) - len(silent(data))} passages with content"),
    ("docs/model.md", lambda data: f"the {WORDS[len(silent(data))]} captions have none"),
    ("docs/engines/oxigraph.md", lambda data: f"{sum(map(data.size, data.graphs())):,} instead of {data.statements:,}"),
]
INSTALLED = sorted(
    {
        package
        for page in PAGES
        if page.parent.name == "engines"
        for line in re.findall(r"^apt-get install (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        for package in line.split()
        if not package.startswith("-")
    }
)
BENCHMARKS = sorted(
    {
        call
        for page in PAGES
        for call in re.findall(r"python (tests/benchmarks/\w+\.py[^`\n]*)", page.read_text(encoding="utf-8"))
    }
)


def read_page(page: str) -> str:
    """The text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def offsets(data: Dataset) -> list[str]:
    """Start and end of passage 24."""
    selector = data.values(passage_iri(DOCUMENT, "S24"), OA.hasSelector)[0]
    assert isinstance(selector, NamedNode)
    return [str(data.values(selector, one)[0].value) for one in (OA.start, OA.end)]  # type: ignore[union-attr]


def passages(data: Dataset) -> set[Term]:
    """The passages of the data."""
    return set(data.subjects(RDF.type, IQ.Passage))


def silent(data: Dataset) -> set[Term]:
    """The passages from which no graph is derived."""
    return {one for one in passages(data) if not data.subjects(PROV.wasDerivedFrom, one)}


@pytest.mark.parametrize(("page", "promise"), NUMBERS)
def test_numbers_of_the_code(page: str, promise: str) -> None:
    """The page states the number in the code."""
    assert promise in read_page(page)


@pytest.mark.parametrize(("page", "promise"), COUNTS)
def test_numbers_of_the_data(page: str, promise: Callable[[Dataset], str], dataset: Dataset) -> None:
    """The page states the number counted in the data."""
    assert promise(dataset) in read_page(page)


def test_the_engine_is_the_one_that_was_tried() -> None:
    """The page names the version that the tests use."""
    assert f"Tried with {version('oxigraph')}." in read_page("docs/engines/oxigraph.md")


@pytest.mark.parametrize("package", INSTALLED)
def test_engines_are_installed_as_shown(package: str) -> None:
    """The tests install the packages that the page names."""
    assert f" {package}" in read_page(".ci/install")


def test_limits_are_the_defaults() -> None:
    """Each row of the table of limits begins with the default of its first setting."""
    row = r"^\| [^|]+ \| (\d+|no limit|one per core, at least 2)[^|]*\|[^|]*\|[^|]*?`--([a-z-]+)"
    rows = re.findall(row, read_page("docs/limits.md"), re.MULTILINE)

    assert len(rows) >= 6
    for page_default, name in rows:
        setting = SETTINGS[name]
        default = setting.default_text or (f"{setting.default:g}" if setting.default else "no limit")
        assert page_default == default, name


def test_every_limit_is_promised() -> None:
    """Each number in a row of a table is that of a setting, of the code, or of the library that reads requests."""
    text = read_page("docs/limits.md")
    for page, promise in NUMBERS:
        text = text.replace(promise, "") if page == "docs/limits.md" else text
    rows = [row for row in re.findall(r"^\| .*", text, re.MULTILINE) if "`--" not in row]
    left = [row for row in rows if re.search(r"\d", re.sub(r"\b[45]\d\d\b|`[^`]*`", "", row))]

    assert [row.split(" | ")[0] for row in left] == ["| URL, as in the request line", "| number of header fields"]


def test_the_tools_of_agents_take_what_the_page_says() -> None:
    """All that must be given, and nothing that a tool does not know."""
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*)", read_page("docs/agents.md"), re.MULTILINE)
    taken = {name: set(re.findall(r"`(\w+)`", text)) for name, text in rows}

    assert [*taken] == [*tools.TOOLS]
    for name, tool in tools.TOOLS.items():
        assert {*tool.required} <= taken[name] <= {*tool.parameters}, name


def test_statuses_are_those_of_their_problems() -> None:
    """Where a page has the name of a problem behind a status."""
    pairs = [pair for page in PAGES for pair in re.findall(r"\b(\d{3}),? `([a-z-]+)`", page.read_text("utf-8"))]

    assert len(pairs) > 5
    assert [(status, slug) for status, slug in pairs if PROBLEM_TYPES[slug].status != int(status)] == []


def values(metric: str, label: str = "") -> set[str]:
    """The values of a label that the page names for a metric."""
    row = next(line for line in read_page("docs/running.md").splitlines() if line.startswith(f"| `{metric}`"))
    return set(re.findall(r"`(\w+)`", row.partition(f"`{label}`")[2].partition(")")[0]))


def test_values_of_labels() -> None:
    """The page names every reason for which a worker ends, and every kind of answer."""
    code = "".join(map(inspect.getsource, (pool, sweeper)))
    reasons = set(re.findall(r'\.kill\(.+, "(\w+)"\)', code)) | {
        outcome for _, outcome in worker.LOSS_BY_SIGNAL.values()
    }

    assert values("iqgraph_workers_ended_total", "reason") == reasons
    kinds = {*accounting.FREE, accounting.PAGE, accounting.DATA, "lookup", "query"}
    assert values("iqgraph_answer_seconds", "kind") == kinds
    assert values("iqgraph_queries_failed_total", "reason") <= {reason for _, reason in QUERY_PROBLEMS.values()}


def test_alerts_use_existing_values() -> None:
    """An alert for an unknown value would never fire."""
    rules = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    conditions = [match for rule in rules for match in re.findall(r'(iqgraph_\w+)\{(\w+)=~?"([^"]+)"\}', rule["expr"])]
    label_values = {
        "status": {str(kind.status) for kind in PROBLEM_TYPES.values()},
        "reason": {reason for _, reason in QUERY_PROBLEMS.values()},
        "kind": values("iqgraph_answer_seconds", "kind"),
    }

    faults = {text for _, label, text in conditions if label == "status"}
    assert faults == {
        "|".join(sorted({str(kind.status) for kind in PROBLEM_TYPES.values() if kind.status >= 500} - {"501", "503"}))
    }
    assert [one for _, label, text in conditions for one in text.split("|") if one not in label_values[label]] == []


@pytest.mark.parametrize("query_form", QUERY_FORMS)
def test_formats_of_queries(query_form: str) -> None:
    """The page lists the formats in order of preference."""
    rows = re.findall(r"^\| (`SELECT`.*|`CONSTRUCT`.*) \| (.*) \|$", read_page("docs/endpoint.md"), re.MULTILINE)
    names = next(formats for query_forms, formats in rows if f"`{query_form}`" in query_forms)

    assert names == ", ".join([*(one.name for one in Query(f"{query_form} {{}}").formats), "an HTML page"])


def test_files_of_the_release(files: Files) -> None:
    """Each row of the table of downloads matches a file, and each file matches a row."""
    names = {name for name in files if not name.endswith((".gz", ".zst"))}
    table = read_page("docs/downloads.md").partition("|---|---|\n")[2].partition("\n\n")[0]
    names_in_table = re.findall(r"`([^`]+)`", "\n".join(line.split(" | ")[0] for line in table.splitlines()))
    patterns = [re.sub("<[a-z]+>", "*", f"iq-hessen{one}" if one.startswith(".") else one) for one in names_in_table]

    assert [one for one in patterns if not any(fnmatch(name, one) for name in names)] == []
    assert [name for name in names if not any(fnmatch(name, one) for one in patterns)] == []


def test_sentences_of_the_log() -> None:
    """The log messages on the page about faults exist in the code."""
    messages = re.findall(r"^\| `([A-Z][^`…]+?)(?: …)?` \|", read_page("docs/faults.md"), re.MULTILINE)
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "server/iqgraph").rglob("*.py"))

    assert len(messages) >= 3
    assert [one for one in messages if one.rstrip(":") not in code] == []


def test_variables_that_are_named() -> None:
    """Each `IQGRAPH_…` in the pages and the files for operators is the variable of a setting."""
    files = [*PAGES, *(file for file in (ROOT / "deploy").rglob("*") if file.is_file())]
    variables = {
        name for file in files for name in re.findall(r"\bIQGRAPH_[A-Z_]*[A-Z]", file.read_text(encoding="utf-8"))
    }

    assert variables <= {CONFIG, *(one.envvar for one in SETTINGS.values())}


@pytest.mark.parametrize("call", BENCHMARKS)
def test_benchmarks_have_these_options(call: str) -> None:
    """A script has the options that a page uses."""
    script, *words = call.split()
    process = subprocess.run([sys.executable, script, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert [word for word in words if word.startswith("--") and f"{word} " not in f"{process.stdout} "] == []


@pytest.mark.parametrize("block", blocks(ROOT / "docs/model.md", "turtle") if PAGES else [])
def test_the_model_is_as_shown(block: str, dataset: Dataset) -> None:
    """Each statement in the page about the model is in the data."""
    short = {"g": GRAPH[f"{DOCUMENT}/"].value, "p": f"{BASE}passage/{DOCUMENT}/"}
    heads = [f"PREFIX {name}: <{iri}>" for name, iri in {**PREFIXES, **short}.items()]
    statements = [quad.triple for quad in parse("\n".join([*heads, block]), RdfFormat.TURTLE)]

    assert statements
    assert [triple for triple in statements if Quad(*triple) not in dataset.store] == []


def test_the_redirect_leads_to_what_answers(server_url: str) -> None:
    """The rule for w3id.org redirects each IRI to the path of its document."""
    (block,) = blocks(ROOT / "docs/linked-data.md", "apache")
    rule = re.search(r"^RewriteRule (\S+) https://HOST(/\S+) \[R=302,L\]$", block, re.MULTILINE)
    assert rule
    iris = [ID.involas, passage_iri(DOCUMENT, "S24"), META, IQ.Passage, QUERY["who-coordinates-the-network"]]
    for iri in iris:
        path = re.sub(rule[1], rule[2].replace("$", "\\"), iri.value.removeprefix(BASE).partition("#")[0], count=1)
        assert (
            ask(f"{server_url}{path}", headers={"Accept": "text/turtle"}).headers.get_content_type() == "text/turtle"
        ), path


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 431)])
def test_so_many_header_fields_as_shown(server_url: str, more: int, status: int) -> None:
    """The limit is that of the page; `ask` itself sends four fields."""
    row = re.search(r"^\| number of header fields \| (\d+) \|", read_page("docs/limits.md"), re.MULTILINE)
    assert row
    fields = {f"X-{number}": "a" for number in range(int(row[1]) - 4 + more)}

    assert ask(f"{server_url}/health", headers=fields).status == status


def test_answers_name_their_data_as_shown(server_url: str) -> None:
    """The page shows both headers, with a version and a hash."""
    (block,) = blocks(ROOT / "docs/versions.md", "http")
    headers = ask(f"{server_url}/").headers
    for line in block.splitlines():
        name, value = line.split(": ")
        pattern = re.escape(value).replace("<64\\ digits>", "[0-9a-f]{64}")
        pattern = re.sub(r"\d+\\.\d+\\.\d+", r"\\d+[.]\\d+[.]\\d+([+]\\w+)?", pattern)  # between releases with a hash
        assert re.fullmatch(pattern, headers[name]), line
