"""The notebooks run as they lie in the package, against a server, and print and draw what is stored in them."""

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
    """The notebook of a language as it lies in the package."""
    found: dict[str, Any] = json.loads((packaged().data / f"notebooks/{lang}.ipynb").read_text(encoding="utf-8"))
    return found


def outputs(cells: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What each cell of code has given."""
    return [cell["outputs"] for cell in cells if cell["cell_type"] == "code"]


def printed(found: list[dict[str, Any]]) -> str:
    """What a cell printed."""
    return "".join("".join(one["text"]) for one in found if one["output_type"] == "stream")


def drawn(found: list[dict[str, Any]]) -> list[Any]:
    """The pictures that a cell drew. Matplotlib takes long to load, so it is loaded here."""
    from matplotlib.image import imread  # noqa: PLC0415

    pictures = [one["data"]["image/png"] for one in found if "image/png" in one.get("data", {})]
    return [imread(io.BytesIO(b64decode("".join(one)))) for one in pictures]


@pytest.mark.sample(1)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_runs(served: str, tmp_path: Path, lang: Language) -> None:
    """With the real libraries, in a kernel, and with the outputs that the page shows; pictures but for a few pixels."""
    source = packaged().data / f"notebooks/{lang}.ipynb"
    file = put(tmp_path, "notebook.ipynb", source.read_text(encoding="utf-8").replace(EXAMPLE_HOST, served))
    done = subprocess.run([JUPYTER, "--inplace", file.name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = outputs(json.loads(file.read_text(encoding="utf-8"))["cells"])

    for now, kept in zip(found, outputs(read_notebook(lang)["cells"]), strict=True):
        assert printed(now) == printed(kept)
        for one, other in zip(drawn(now), drawn(kept), strict=True):
            assert one.shape == other.shape
            assert abs(one - other).mean() < SAME
        assert [one for one in now if one["output_type"] == "error"] == []


def test_both_are_the_same_program() -> None:
    """The German and the English notebook differ in their words and in one line."""
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
    """The file of the reader's language, asking this server."""
    response = client.get("/how-to/python.ipynb", headers={"Accept-Language": lang})
    code = "".join("".join(cell["source"]) for cell in json.loads(response.data)["cells"])

    assert response.mimetype == MEDIA_TYPE
    assert f'iq-hessen-{lang}.ipynb"' in response.headers["Content-Disposition"]
    assert 'SITE = "http://localhost"' in code
    assert EXAMPLE_HOST not in code


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page(client: FlaskClient, lang: Language) -> None:
    """All cells, what they printed, and the picture with words for who does not see it."""
    page = client.get("/how-to/python", query_string={"lang": lang}).text
    cells = [cell for cell in read_notebook(lang)["cells"] if cell["cell_type"] == "code"]
    (shown,) = [cell["metadata"]["alt"] for cell in cells if "alt" in cell["metadata"]]

    assert page.count("<pre") == sum(1 + bool(printed(cell["outputs"])) for cell in cells)
    assert f'alt="{shown}"' in page
    assert client.get(f"/how-to/python/1.png?lang={lang}").data.startswith(b"\x89PNG")


def test_what_is_not_there(client: FlaskClient, tmp_path: Path) -> None:
    """No second picture; nothing of it beside somebody's files."""
    file = put(tmp_path, "a.ttl", "<http://a.example/s> <http://a.example/p> 1 .")
    plain = create_app(load_plain([file])).test_client()

    assert client.get("/how-to/python/2.png").status_code == 404
    assert client.get("/how-to/python/0.png").status_code == 404
    for path in ("/how-to/python", "/how-to/python.ipynb", "/how-to/python/1.png"):
        assert plain.get(path).status_code == 404
