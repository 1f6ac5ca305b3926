"""The programs and formulas of the how-to pages are run as they stand, against a server that answers."""

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
    """The programs that a page of the server shows."""
    text = get(address, f"/how-to/{page}", lang="de").text
    return [
        unescape(one)
        for one in re.findall(r'<pre tabindex="0" class="copied(?: wrapped)?"><code>(.*?)</code>', text, re.DOTALL)
    ]


def answer(dataset: Dataset, slug: str) -> str:
    """The answer to a question for a German reader, as CSV."""
    return Embedded(dataset.store).answer(Query(in_language(QUERIES[slug], "de")), CSV).decode()


def rows(text: str) -> list[list[str]]:
    """The rows of CSV, in whatever way it is quoted."""
    return [row for row in csv.reader(io.StringIO(text)) if row]


def run_r(program: str, folder: Path) -> str:
    """What a program in R prints."""
    if not RSCRIPT:
        pytest.skip("R is not installed: apt-get install r-base-core")
    file = put(folder, "program.R", program)
    silent = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder)}
    done = subprocess.run(["Rscript", file], cwd=folder, capture_output=True, text=True, env=silent, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_r_reads_a_table(served: str, dataset: Dataset, tmp_path: Path) -> None:
    """All columns are text, so keys keep their leading zeros."""
    shown = run_r(programs(served, "r")[0] + "\nwrite.csv(answer, row.names = FALSE, na = '')", tmp_path)
    table = shown[shown.index('"placeDe"') :]

    assert rows(table) == rows(answer(dataset, KEYS))
    assert re.search(r"\b06413\b", shown.partition('"placeDe"')[0])


def test_r_posts_a_query(served: str, dataset: Dataset, tmp_path: Path) -> None:
    """The rows are those of the endpoint."""
    needs_package()

    assert rows(run_r(programs(served, "r")[1], tmp_path)) == rows(answer(dataset, "who-coordinates-the-network"))


def test_r_says_what_is_wrong(served: str, tmp_path: Path) -> None:
    """A slip in the query is told with its place, not only as a status."""
    needs_package()
    program = programs(served, "r")[1].replace("SELECT", "SELEKT")
    caught = f"tryCatch({{ {program} }}, error = function(e) cat(conditionMessage(e)))"

    assert "SELEKT" in run_r(caught, tmp_path)


def needs_package() -> None:
    """The package is not part of R."""
    if (
        RSCRIPT
        and subprocess.run(["Rscript", "-e", f"library({R_PACKAGE})"], capture_output=True, check=False).returncode
    ):
        pytest.skip(f"{R_PACKAGE} is not installed: apt-get install r-cran-httr2")


def test_r_draws(served: str, tmp_path: Path) -> None:
    """The picture is there, and its program says where."""
    run_r(programs(served, "r")[2], tmp_path)

    assert (tmp_path / "statements.png").read_bytes().startswith(b"\x89PNG")


def test_every_formula_holds_the_address(served: str) -> None:
    """Each program is given the same address, and Excel the encoding too."""
    formulas = programs(served, "spreadsheet")

    assert [f"{served}/q/{KEYS}?format=csv&lang=de" in one for one in formulas] == [True, True, True]
    assert "Encoding = 65001" in formulas[1]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_address_gives_the_table(served: str, dataset: Dataset, lang: str) -> None:
    """What the spreadsheet page shows is CSV, also after the redirect, to whoever sends no Accept."""
    found = re.search(r'<a href="([^"]*format=csv[^"]*)"><code>', get(served, "/how-to/spreadsheet", lang=lang).text)
    assert found
    reply = ask(unescape(found[1]))

    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert rows(reply.text)[0] == rows(answer(dataset, KEYS))[0]
    assert len(rows(reply.text)) == len(rows(answer(dataset, KEYS)))


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed: apt-get install libreoffice-calc")
def test_calc_opens_the_address(served: str, dataset: Dataset, tmp_path: Path) -> None:
    """LibreOffice Calc reads the address itself; commas, UTF-8, all columns text (filter options 44,34,76,1)."""
    table = programs(served, "spreadsheet")[0].strip()
    columns = "/".join(f"{number}/2" for number in range(1, 6))
    form = "Text - txt - csv (StarCalc):44,34,76"
    command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
    command += [f"--infilter={form},1,{columns}", "--convert-to", f"csv:{form}", "--outdir", str(tmp_path), table]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    made = [file for file in tmp_path.iterdir() if file.suffix == ".csv"]
    assert made, done.stdout + done.stderr

    assert rows(made[0].read_text(encoding="utf-8")) == rows(answer(dataset, KEYS))
