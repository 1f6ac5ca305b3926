"""Each kind of page, element by element: no empty elements, no dead links, and no markup from data or requests."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from shutil import copytree
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import load
from iqgraph.resources import Sources
from iqgraph.web import create_app
from repository import ROOT
from visits import KINDS, ROWS, Visits, asking

FORMS = {"input", "select", "textarea"}
SHOWN = {"img", "svg", *FORMS}
ALONE = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
FILLED_LATER = re.compile(r"script|textarea|section id=result|div class=views|span role=status")
REFERENCES = {"for", "aria-labelledby", "aria-describedby", "aria-controls", "list"}
TEXT = re.compile(r'"([^"\\\n]+)"@(de|en)\b')
SENT = quote("<u>x")
PROBES = [f"/search?q={SENT}", f"/explore?q={SENT}", f"/q/{SENT}", f"/id/{SENT}.html", f"/evidence?query={SENT}"]
QUOTED = quote('SELECT ?s { ?s ?p "a>b"@en } # <b>"')
PAGES = KINDS | {"chart": f"/chart?query={quote(ROWS)}", "quoted": "/search?q=%22%3E"}
PAGES |= {"quoted-query": f"/sparql?query={QUOTED}", "pair": "/q/who-funds-the-network", "evidence-form": "/evidence"}
PAGES |= {"terms": "/ontology?part=offers", "reused": "/ontology?part=reused"}
EMPTY_BY_RIGHT = {"explore-nothing", "downloads", "table", "timeline"}  # a list without results, cells without values


class Elements(HTMLParser):
    """The faults of the elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.ids: set[str] = set()
        self.references: set[str] = set()
        self.language = ""
        self._open: list[tuple[str, str]] = []
        self._filled: set[int] = set()
        self._drawing = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check its attributes, and note that visible elements fill their parents."""
        values = {name: value or "" for name, value in attrs}
        self.wrong += [f"odd name: {name}" for name in values if not re.fullmatch(r"[a-z][a-z0-9:-]*", name)]
        text = " ".join([tag, *(f"{name}={value[:60]}" for name, value in values.items())])
        self.language = values.get("lang", "") if tag == "html" else self.language
        self.ids |= {values["id"]} if "id" in values else set()
        self.references |= {one for name in REFERENCES & values.keys() for one in values[name].split()}
        self.references.update(re.findall(r"url\(#([\w-]+)\)", values.get("fill", "")))
        if values.get("href", "").startswith("#"):
            self.references.add(values["href"][1:])
        if (tag == "a" and not values.get("href")) or (tag in FORMS and not {"name", "autocomplete"} & values.keys()):
            self.wrong.append(f"leads nowhere: {text}")
        texts = {name: value for name, value in attrs if value is not None and name not in {"class", "value"}}
        self.wrong += [f"empty {name}: {text}" for name, value in texts.items() if not value]
        self.wrong += [f"unmade {name}: {text}" for name, value in texts.items() if re.search(r"\bNone\b", str(value))]
        if tag in SHOWN:
            self._filled.update(range(len(self._open)))
        self._drawing += tag == "svg"
        if tag not in ALONE:
            self._open.append((tag, text))

    def handle_data(self, data: str) -> None:
        """Note that the open elements have text."""
        if data.strip():
            self._filled.update(range(len(self._open)))

    def handle_endtag(self, tag: str) -> None:
        """Report an element without content, unless it is part of a drawing."""
        while self._open:
            element, text = self._open.pop()
            if len(self._open) not in self._filled and not self._drawing and not FILLED_LATER.match(text):
                self.wrong.append(f"empty: {text}")
            self._filled.discard(len(self._open))
            self._drawing -= element == "svg"
            if element == tag:
                break
            self.wrong.append(f"ends with {tag}: {text}")


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_elements(visits: Visits, name: str, lang: str) -> None:
    """Each has content, references to ids exist, headings skip no level, and the page declares its language."""
    text = visits.follow(f"{PAGES[name]}{'&' if '?' in PAGES[name] else '?'}lang={lang}").text
    page, levels = Elements(text), list(map(int, re.findall(r"<h([1-6])\b", text)))
    wrong = [one for one in page.wrong if not (name in EMPTY_BY_RIGHT and re.match("empty: (ul|td|span)", one))]

    assert wrong == []
    assert page.references - page.ids - {"top"} == set()
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
    assert page.language == lang


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_sentences_have_no_gaps(visits: Visits, name: str, lang: str) -> None:
    """A space before a comma or full stop shows that a name, number or link is missing."""
    page = visits.follow(f"{PAGES[name]}{'&' if '?' in PAGES[name] else '?'}lang={lang}").text
    text = re.sub(r"<[^>]*>", "", re.sub(r"(?s)<(script|pre|code|textarea|svg)\b.*?</\1>", "X", page))

    assert re.findall(r".{20}\S[ \t]+[,.;:!?](?=\s)", text) == []


@pytest.mark.parametrize("name", PAGES)
def test_tables_have_a_head_for_each_cell(visits: Visits, name: str) -> None:
    """No row has more cells than its table has columns."""
    for table in re.findall(r"(?s)<table\b.*?</table>", visits.follow(PAGES[name]).text):
        rows = [re.findall(r"<t[hd]\b([^>]*)", row) for row in re.split(r"<tr\b", table)[1:]]
        if 'scope="col"' in table:
            widths = [sum(int("".join(re.findall(r'colspan="(\d+)"', one)) or 1) for one in row) for row in rows]
            assert max(widths) == widths[0], table[:300]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site of the bundled dataset with markup in all its literals."""
    root = tmp_path_factory.mktemp("marked")
    for folder in ("ontology", "data", "shapes"):
        copytree(ROOT / folder, root / folder, ignore=lambda where, _: ["releases"] if where.endswith("data") else [])
    for file in (*root.rglob("*.ttl"), *root.rglob("*.trig")):
        file.write_text(TEXT.sub(r'"<u>\1"@\2', file.read_text(encoding="utf-8")), encoding="utf-8")
    return create_app(load(sources=Sources(root / "ontology", root / "data", root / "shapes"))).test_client()


def test_words_of_others_are_no_markup(hostile: FlaskClient) -> None:
    """Markup in data and requests is shown as text."""
    pages = {
        path: Visits(hostile).follow(path).text
        for path in [*PAGES.values(), *PROBES, asking("SELECT ('<u>' AS ?x) {}")]
    }

    assert [path for path, page in pages.items() if "<u>" in page] == []
    assert sum("&lt;u&gt;" in page for page in pages.values()) > len(pages) / 2
