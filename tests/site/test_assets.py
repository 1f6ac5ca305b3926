"""Styles and scripts: an address names its content, and pages work without the bundle."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from iqgraph.web import urls
from repository import ROOT
from visits import site_of

TEXTS, GROUNDS = ("text", "quiet", "link", "warn"), ("ground", "raised")


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """A site with another RDF file."""
    return site_of(tmp_path, "<http://a.example/s> <http://a.example/p> 1 .")


def static_addresses(client: FlaskClient) -> list[str]:
    """The styles and scripts of the start page."""
    return re.findall(r'<(?:link|script)\b[^>]*?(?:href|src)="(/static/[^"]*)"', client.get("/").text)


def contrast(*colours: str) -> float:
    """The contrast of two colours (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    digits = [re.sub(r"^#(\w)(\w)(\w)$", r"#\1\1\2\2\3\3", colour) for colour in colours]
    parts = [[int(one, 16) / 255 for one in re.findall(r"\w\w", colour)] for colour in digits]
    linear = [[one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in part] for part in parts]
    dark, light = sorted(0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2] for part in linear)
    return (light + 0.05) / (dark + 0.05)


def test_colours_can_be_told_from_the_ground() -> None:
    """By day and by night: texts as WCAG 2.2 asks for (1.4.3), marks of kinds and strong lines as well (1.4.11)."""
    sheet = (urls.STATIC / "styles/tokens.css").read_text(encoding="utf-8")
    for rules in re.findall(r":root \{(.*?)\}", sheet, re.DOTALL):
        tokens = dict(re.findall(r"--([\w-]+): (#\w+);", rules))
        kinds = re.findall(r"--kind: var\(--(\w+)\)", sheet)

        assert min(contrast(tokens[one], tokens[ground]) for one in TEXTS for ground in GROUNDS) >= 4.5
        assert min(contrast(tokens[one], tokens[ground]) for one in (*kinds, "strong-line") for ground in GROUNDS) >= 3


def test_what_is_out_of_sight_comes_with_the_focus() -> None:
    """People without a mouse must see where they are."""
    text = "".join(file.read_text(encoding="utf-8") for file in (urls.STATIC / "styles").iterdir())
    hidden = re.findall(r"^(\S+) \{[^}]*?\bleft: -\d", text, re.MULTILINE)

    assert hidden
    assert [one for one in hidden if f"{one}:focus" not in text] == []


def test_styles_fit_the_pages() -> None:
    """Each class and custom property of a style has a use, and each one in use is there; another name is misspelt."""
    web = ROOT / "server/iqgraph/web"
    pages, scripts, styles = (
        "".join(file.read_text(encoding="utf-8") for file in folder.rglob(pattern) if "node_modules" not in file.parts)
        for folder, pattern in [(web / "templates", "*.*"), (web / "frontend", "*.js"), (web / "static/styles", "*")]
    )
    styles += "".join(re.findall("(?s)<style.*?</style>", pages))
    selectors = re.sub(r"(?s)/\*.*?\*/|\{[^{}]*\}", "", styles)
    styled = set(re.findall(r"\.([a-z][\w-]*)", selectors))
    values = re.findall(r'class="([^"]*)"', pages)
    named = {name for value in values if "{" not in value for name in value.split()}
    values += re.findall(r"(?:class(?:Name|List)?\b[^\"`\n]{0,30}[\"`]|`)([a-z][^\"`\n]*)", scripts)
    words = set(re.findall(r"[a-z][\w-]*", " ".join(values)))

    assert named <= set(re.findall(r"[a-z][\w-]*", styles + scripts))
    assert [one for one in styled - words if re.sub(r"\w*$", "", one) not in words] == []  # kind-law
    assert set(re.findall(r"var\(--([\w-]+)", styles + pages)) == set(re.findall(r"--([\w-]+):", styles + pages))


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
