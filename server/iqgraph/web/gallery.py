"""The pictures of the whole dataset: timeline, network and places.

Timeline and network have a page each, and an SVG file that needs no style sheet of the page.
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
from .pictures.timeline import lanes
from .signposting import publication
from .site import memoize, site

bp = Blueprint("gallery", __name__)

TOKENS = urls.STATIC / "styles" / "tokens.css"
SVG = "image/svg+xml"
PROVIDES = "ontology#provides"


def network(relations: Sequence[Row]) -> Drawing | None:
    """Four columns: supporters, what they support, providers, what they provide; what documents mention is on top."""
    offers = {row["what"] for row in relations if row["does"].endswith(PROVIDES)}
    providers = {row["who"] for row in relations if row["what"] in offers}
    columns = [
        {row["who"]: row["whoLabel"] for row in relations},
        {row["what"]: row["whatLabel"] for row in relations},
        {row["who"]: row["whoLabel"] for row in relations if row["who"] in providers},
        {row["what"]: row["whatLabel"] for row in relations if row["what"] in offers},
    ]
    items = {  # what belongs to two columns is drawn in the last
        iri: Item(iri, label, site().model.kind(NamedNode(iri)), number, site().model.document_things[iri])
        for number, column in enumerate(columns)
        for iri, label in column.items()
    }
    edges = [Relation(items[row["who"]], items[row["what"]], row["doesLabel"]) for row in relations]
    return draw(items.values(), edges)


PICTURES = {
    "timeline": Text(de="Was wann geschah", en="What happened when"),
    "network": Text(
        de="Wer koordiniert, fördert und administriert was, und wer bietet was an",
        en="Who coordinates, funds, administers and offers what",
    ),
}
DRAW: Mapping[str, Callable[[list[Row]], object]] = {"timeline": lanes, "network": network}
HEADS = table(packaged().ontology, "pictures/columns.csv")


@bp.get("/picture/<name>")
def page(name: str) -> Response:
    """The page of a picture, with its rows as a table, and its files."""
    own_rows = _rows(name)
    return views.html(
        "picture.html",
        name=name,
        heading=PICTURES[name],
        picture=DRAW[name](own_rows),
        rows=own_rows,
        columns=[(row["column"], Text(de=row["de"], en=row["en"])) for row in HEADS if row["picture"] == name],
        picture_query=query(name),
    )


@bp.get("/picture/<name>.svg")
def file(name: str) -> Response:
    """A picture as an SVG file, with its title, key, source, version and licence."""
    own_rows = _rows(name)
    content = render_template(
        f"{name}.svg",
        picture=DRAW[name](own_rows),
        title=localize(PICTURES[name]),
        colours=memoize("colours", lambda _: colours()),
        address=urls.absolute(urls.page(f"picture/{name}")),
    )
    response = Response(content, content_type=text(SVG))
    add_links(response, licence_link(publication().data.licence))
    return response


def colours() -> dict[str, str]:
    """The colours of the light theme by the names of their custom properties."""
    # A file cannot use the style sheet, so it contains the colours.
    light = TOKENS.read_text(encoding="utf-8").partition("@media")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", light))


def _rows(name: str) -> list[Row]:
    require_bundled()
    if name not in PICTURES or not rows(name):
        raise unknown_name(Text(de="Ein Bild", en="picture"), name, PICTURES)
    return rows(name)


def places() -> tuple[list[Row], list[Row], dict[str, list[Row]]]:
    """The places that contain others and lie in none, those without a known area, and the places in each place.

    A row has the NUTS code of a place, if it has one, and the number of things there.
    """
    by_iri = {row["place"]: row for row in rows("places")}
    parts: dict[str, list[Row]] = {}
    for row in rows("places"):
        if row.get("within") in by_iri:
            parts.setdefault(row["within"], []).append(row)
    inner = {row["place"] for group in parts.values() for row in group}
    outer = [row for iri, row in by_iri.items() if iri not in inner]
    roots = [row for row in outer if row["place"] in parts]
    return roots, [row for row in outer if row not in roots], parts
