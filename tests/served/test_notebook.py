"""The packaged notebooks run against a server, with the outputs stored in them."""

import io
import json
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from iqgraph.bilingual import Language
from iqgraph.dataset import Dataset, load_plain
from iqgraph.resources import packaged
from iqgraph.web import create_app
from iqgraph.web.guide.howto import EXAMPLE_HOST, MEDIA_TYPE
from iqgraph.web.http.language import LANGUAGES
from tiny import put

JUPYTER = Path(sys.executable).with_name("jupyter-execute")
SAME = 0.02


@pytest.fixture(scope="module")
def client(dataset: Dataset) -> FlaskClient:
    """A site with the bundled dataset."""
    return create_app(dataset).test_client()


def read_notebook(lang: Language) -> dict[str, Any]:
    """The packaged notebook of a language."""
    notebook: dict[str, Any] = json.loads((packaged().data / f"notebooks/{lang}.ipynb").read_text(encoding="utf-8"))
    return notebook


def outputs(cells: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The outputs of each code cell."""
    return [cell["outputs"] for cell in cells if cell["cell_type"] == "code"]


def text_output(cell_outputs: list[dict[str, Any]]) -> str:
    """The text that a cell printed."""
    return "".join("".join(one["text"]) for one in cell_outputs if one["output_type"] == "stream")


def image_outputs(cell_outputs: list[dict[str, Any]]) -> list[Any]:
    """The images of a cell. Matplotlib is slow to import, so it is imported here."""
    from matplotlib.image import imread  # noqa: PLC0415

    pictures = [one["data"]["image/png"] for one in cell_outputs if "image/png" in one.get("data", {})]
    return [imread(io.BytesIO(b64decode("".join(one)))) for one in pictures]


@pytest.mark.sample(1)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_runs(server_url: str, tmp_path: Path, lang: Language) -> None:
    """It runs with the real libraries, in a kernel, and gives the stored outputs; images may differ in a few pixels."""
    source = packaged().data / f"notebooks/{lang}.ipynb"
    file = put(tmp_path, "notebook.ipynb", source.read_text(encoding="utf-8").replace(EXAMPLE_HOST, server_url))
    process = subprocess.run(
        [JUPYTER, "--inplace", file.name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    new_outputs = outputs(json.loads(file.read_text(encoding="utf-8"))["cells"])

    for new, stored in zip(new_outputs, outputs(read_notebook(lang)["cells"]), strict=True):
        assert text_output(new) == text_output(stored)
        for one, other in zip(image_outputs(new), image_outputs(stored), strict=True):
            assert one.shape == other.shape
            assert abs(one - other).mean() < SAME
        assert [one for one in new if one["output_type"] == "error"] == []


def test_both_are_the_same_program() -> None:
    """The code of the German and the English notebook differs in one line."""
    german, english = (
        [cell for cell in read_notebook(lang)["cells"] if cell["cell_type"] == "code"] for lang in ("de", "en")
    )
    pairs = [
        (one, other)
        for left, right in zip(german, english, strict=True)
        for one, other in zip(left["source"], right["source"], strict=True)
        if one != other
    ]

    assert pairs == [('LANGUAGE = "de"\n', 'LANGUAGE = "en"\n')]
    assert len(read_notebook("de")["cells"]) == len(read_notebook("en")["cells"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_download(client: FlaskClient, lang: Language) -> None:
    """The download is in the reader's language and queries this server."""
    response = client.get("/how-to/python.ipynb", headers={"Accept-Language": lang})
    code = "".join("".join(cell["source"]) for cell in json.loads(response.data)["cells"])

    assert response.mimetype == MEDIA_TYPE
    assert f'iq-hessen-{lang}.ipynb"' in response.headers["Content-Disposition"]
    assert 'SITE = "http://localhost"' in code
    assert EXAMPLE_HOST not in code


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page(client: FlaskClient, lang: Language) -> None:
    """The page has all cells, their output, and the image with a text alternative."""
    page = client.get("/how-to/python", query_string={"lang": lang}).text
    cells = [cell for cell in read_notebook(lang)["cells"] if cell["cell_type"] == "code"]
    (alt,) = [cell["metadata"]["alt"] for cell in cells if "alt" in cell["metadata"]]

    assert page.count("<pre") == sum(1 + bool(text_output(cell["outputs"])) for cell in cells)
    assert f'alt="{alt}"' in page
    assert client.get(f"/how-to/python/1.png?lang={lang}").data.startswith(b"\x89PNG")


def test_what_is_not_there(client: FlaskClient, tmp_path: Path) -> None:
    """There is no second image, and no notebook for other data."""
    file = put(tmp_path, "a.ttl", "<http://a.example/s> <http://a.example/p> 1 .")
    plain = create_app(load_plain([file])).test_client()

    assert client.get("/how-to/python/2.png").status_code == 404
    assert client.get("/how-to/python/0.png").status_code == 404
    for path in ("/how-to/python", "/how-to/python.ipynb", "/how-to/python/1.png"):
        assert plain.get(path).status_code == 404
