"""The programs and formulas of the how-to pages run unchanged against a server."""

import csv
import io
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from asking import ask, get
from iqgraph.dataset import Dataset
from iqgraph.dataset.questions import questions
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.model.questions import in_language
from iqgraph.resources import packaged
from tiny import put

KEYS, NUMBERS = "which-official-keys-do-the-places-have", "how-many-statements-does-each-passage-make"
QUERIES = {one.slug: one.query for one in questions(packaged())}
RSCRIPT, SOFFICE = shutil.which("Rscript"), shutil.which("soffice")
R_PACKAGE = "httr2"


def programs(address: str, page: str) -> list[str]:
    """The programs on a how-to page."""
    text = get(address, f"/how-to/{page}", lang="de").text
    return [
        unescape(one)
        for one in re.findall(r'<pre tabindex="0" class="copied(?: wrapped)?"><code>(.*?)</code>', text, re.DOTALL)
    ]


def answer(dataset: Dataset, slug: str) -> str:
    """The answer to a question for a German reader, as CSV."""
    return Embedded(dataset.store).answer(Query(in_language(QUERIES[slug], "de")), CSV).decode()


def rows(text: str) -> list[list[str]]:
    """The rows of CSV, however it is quoted."""
    return [row for row in csv.reader(io.StringIO(text)) if row]


def run_r(program: str, folder: Path) -> str:
    """The output of a program in R."""
    if not RSCRIPT:
        pytest.skip("R is not installed: apt-get install r-base-core")
    file = put(folder, "program.R", program)
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder)}
    process = subprocess.run(
        ["Rscript", file], cwd=folder, capture_output=True, text=True, env=environment, check=False
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


def test_r_reads_a_table(server_url: str, dataset: Dataset, tmp_path: Path) -> None:
    """All columns are text, so keys keep their leading zeros."""
    output = run_r(programs(server_url, "r")[0] + "\nwrite.csv(answer, row.names = FALSE, na = '')", tmp_path)
    table = output[output.index('"placeDe"') :]

    assert rows(table) == rows(answer(dataset, KEYS))
    assert re.search(r"\b06413\b", output.partition('"placeDe"')[0])


def test_r_posts_a_query(server_url: str, dataset: Dataset, tmp_path: Path) -> None:
    """The rows are those of the endpoint."""
    require_package()

    assert rows(run_r(programs(server_url, "r")[1], tmp_path)) == rows(answer(dataset, "who-coordinates-the-network"))


def test_r_says_what_is_wrong(server_url: str, tmp_path: Path) -> None:
    """The message of a syntax error quotes the query, not only the status."""
    require_package()
    program = programs(server_url, "r")[1].replace("SELECT", "SELEKT")
    handler = f"tryCatch({{ {program} }}, error = function(e) cat(conditionMessage(e)))"

    assert "SELEKT" in run_r(handler, tmp_path)


def require_package() -> None:
    """Skip without the package, which is not part of R."""
    if (
        RSCRIPT
        and subprocess.run(["Rscript", "-e", f"library({R_PACKAGE})"], capture_output=True, check=False).returncode
    ):
        pytest.skip(f"{R_PACKAGE} is not installed: apt-get install r-cran-httr2")


def test_r_draws(server_url: str, tmp_path: Path) -> None:
    """The program writes the image."""
    run_r(programs(server_url, "r")[2], tmp_path)

    assert (tmp_path / "statements.png").read_bytes().startswith(b"\x89PNG")


def test_every_formula_holds_the_address(server_url: str) -> None:
    """All formulas have the same address, and that of Excel the encoding."""
    formulas = programs(server_url, "spreadsheet")

    assert [f"{server_url}/q/{KEYS}?format=csv&lang=de" in one for one in formulas] == [True, True, True]
    assert "Encoding = 65001" in formulas[1]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_address_gives_the_table(server_url: str, dataset: Dataset, lang: str) -> None:
    """The address on the spreadsheet page gives CSV without an Accept header, also after the redirect."""
    link = re.search(r'<a href="([^"]*format=csv[^"]*)"><code>', get(server_url, "/how-to/spreadsheet", lang=lang).text)
    assert link
    reply = ask(unescape(link[1]))

    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert rows(reply.text)[0] == rows(answer(dataset, KEYS))[0]
    assert len(rows(reply.text)) == len(rows(answer(dataset, KEYS)))


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed: apt-get install libreoffice-calc")
def test_calc_opens_the_address(server_url: str, dataset: Dataset, tmp_path: Path) -> None:
    """LibreOffice Calc reads the address itself; commas, UTF-8, all columns text (filter options 44,34,76,1)."""
    table = programs(server_url, "spreadsheet")[0].strip()
    columns = "/".join(f"{number}/2" for number in range(1, 6))
    options = "Text - txt - csv (StarCalc):44,34,76"
    command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
    command += [f"--infilter={options},1,{columns}", "--convert-to", f"csv:{options}", "--outdir", str(tmp_path), table]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    tables = [file for file in tmp_path.iterdir() if file.suffix == ".csv"]
    assert tables, process.stdout + process.stderr

    assert rows(tables[0].read_text(encoding="utf-8")) == rows(answer(dataset, KEYS))
