"""The pictures of the whole dataset: what was when, who works with whom on what, which place lies in which.

Time and network have a page each, and a file that looks the same wherever others show it.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Response, render_template
from pyoxigraph import NamedNode

from ..bilingual import Text
from ..model.model import Row
from ..resources import packaged, table
from . import urls, views
from .http.language import localize
from .http.messages import add_links, licence_link, text
from .http.problems import require_bundled, unknown_name
from .pictures import query, rows
from .pictures.columns import Drawing, Item, Relation, draw
from .pictures.timeline import lanes, ticks
from .signposting import published
from .site import memoized, site

bp = Blueprint("gallery", __name__)

TOKENS = urls.STATIC / "styles" / "tokens.css"
SVG = "image/svg+xml"
PROVIDES = "ontology#provides"


def network(found: Sequence[Row]) -> Drawing | None:
    """From left to right: who supports, what they support, who offers, what that is."""
    offered = {row["what"] for row in found if row["does"].endswith(PROVIDES)}
    offering = {row["who"] for row in found if row["what"] in offered}
    columns = [
        {row["who"]: row["whoLabel"] for row in found if row["who"] not in offering},
        {row["what"]: row["whatLabel"] for row in found if row["what"] not in offered},
        {row["who"]: row["whoLabel"] for row in found if row["who"] in offering},
        {row["what"]: row["whatLabel"] for row in found if row["what"] in offered},
    ]
    # what stands in two columns is drawn in the last
    placed = {iri: (label, number) for number, column in enumerate(columns) for iri, label in column.items()}
    items = {iri: Item(iri, name, site().model.kind(NamedNode(iri)), column) for iri, (name, column) in placed.items()}
    return draw(items.values(), [Relation(items[row["who"]], items[row["what"]], row["doesLabel"]) for row in found])


PICTURES = {
    "timeline": Text(de="Was wann geschah", en="What happened when"),
    "network": Text(
        de="Wer was koordiniert, fördert, administriert und anbietet",
        en="Who coordinates, funds, administers and offers what",
    ),
}
DRAW: Mapping[str, Callable[[list[Row]], object]] = {"timeline": lanes, "network": network}
COLUMNS = [
    (row["picture"], row["column"], Text(de=row["de"], en=row["en"]))
    for row in table(packaged().ontology, "pictures/columns.csv")
]


@bp.get("/picture/<name>")
def page(name: str) -> Response:
    """A picture with all its rows: drawn, as a table, and as files."""
    found = _rows(name)
    return views.html(
        "picture.html",
        name=name,
        heading=PICTURES[name],
        drawn=DRAW[name](found),
        rows=found,
        columns=[(column, head) for picture, column, head in COLUMNS if picture == name],
        ticks=ticks(),
        query=query(name),
    )


@bp.get("/picture/<name>.svg")
def file(name: str) -> Response:
    """The same as a file with its title, its key, its source, version and licence."""
    found = _rows(name)
    content = render_template(
        f"{name}.svg",
        drawn=DRAW[name](found),
        title=localize(PICTURES[name]),
        ticks=ticks(),
        colours=memoized("colours", lambda _: colours()),
        address=urls.absolute(urls.page(f"picture/{name}")),
    )
    response = Response(content, content_type=text(SVG))
    add_links(response, licence_link(published().data.licence))
    return response


def colours() -> dict[str, str]:
    """The colours of the site on a light ground, by their names in its styles."""
    # The file is shown where no style of the page is, so it names the colours themselves.
    light = TOKENS.read_text(encoding="utf-8").partition("@media")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", light))


def _rows(name: str) -> list[Row]:
    require_bundled()
    if name not in PICTURES or not rows(name):
        raise unknown_name(Text(de="Ein Bild", en="picture"), name, PICTURES)
    return rows(name)


def places() -> tuple[list[Row], list[Row], dict[str, list[Row]]]:
    """The places that lie in no other but hold some; those of which no source says where they lie; what lies in each.

    A place has its NUTS code, if it has one, and how many things are there.
    """
    found = rows("places")
    known = {row["place"]: row for row in found}
    inside: dict[str, list[Row]] = {}
    for row in found:
        if row.get("within") in known:
            inside.setdefault(row["within"], []).append(row)
    inner = {row["place"] for own in inside.values() for row in own}
    outer = [row for iri, row in known.items() if iri not in inner]
    roots = [row for row in outer if row["place"] in inside]
    return roots, [row for row in outer if row not in roots], inside
