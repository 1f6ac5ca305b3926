"""Styles and scripts: an address names its content, and pages work without the bundle."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from iqgraph.web import urls
from visits import site_of


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """A site with another RDF file."""
    return site_of(tmp_path, "<http://a.example/s> <http://a.example/p> 1 .")


def static_addresses(client: FlaskClient) -> list[str]:
    """The styles and scripts of the start page."""
    return re.findall(r'<(?:link|script)\b[^>]*?(?:href|src)="(/static/[^"]*)"', client.get("/").text)


def test_a_versioned_address_is_immutable(client: FlaskClient) -> None:
    """The content at the address in the page never changes; without the version it may."""
    addresses = static_addresses(client)

    assert any(re.search(r"/style(\.css\?v=|-\w+\.css$)", address) for address in addresses)
    for address in addresses:
        with client.get(address) as response:
            assert response.status_code == 200
            assert "immutable" in response.headers["Cache-Control"]
    with client.get("/static/style.css") as response:
        assert "immutable" not in response.headers["Cache-Control"]


def test_another_version_is_not_cached(client: FlaskClient) -> None:
    """A page with newer styles may reach an older server, whose styles no cache may store at the newer address."""
    with client.get("/static/style.css?v=0123456789ab") as response:
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
    with client.get("/static/built/newer.0123.js") as response:
        assert response.status_code == 404
        assert response.headers["Cache-Control"] == "no-store"


def test_styles_need_no_build(client: FlaskClient) -> None:
    """The sheet that pages fall back to names all others, in the same order as the bundle, and each is served."""
    with client.get("/static/style.css") as response:
        names = re.findall(r'@import "(.*?)";', response.get_data(as_text=True))
    files = {f"styles/{file.name}" for file in (urls.STATIC / "styles").iterdir()}

    assert set(names) == files
    for name in names:
        with client.get(f"/static/{name}") as response:
            assert response.content_type == "text/css; charset=utf-8"
            assert b"{" in response.data


def test_pages_do_without_what_was_not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages keep their style and request no scripts or fonts."""
    (tmp_path / "style.css").write_text("p { margin: 0 }", encoding="utf-8")
    (tmp_path / "icon.svg").write_text("<svg/>", encoding="utf-8")
    monkeypatch.setattr(urls, "STATIC", tmp_path)

    page = site_of(tmp_path, "<http://a.example/s> <http://a.example/p> 1 .").get("/")

    assert page.status_code == 200
    assert "style.css" in page.text
    assert "<script" not in page.text
