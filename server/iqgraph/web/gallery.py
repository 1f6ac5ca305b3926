"""The pictures of the whole dataset: what was when, who works with whom on what, which place lies in which.

Time and network have a page each, and a file that looks the same wherever others show it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Response, render_template
from pyoxigraph import NamedNode

from ..bilingual import Text
from ..model.model import Row
from ..resources import packaged, table
from . import urls, views
from .http.language import localize
from .http.messages import add_links, licence_link, text
from .http.problems import require_bundled, unlisted
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
    items = [Item(iri, label, site().model.kind(NamedNode(iri)), number) for iri, (label, number) in placed.items()]
    return draw(items, [Relation(row["who"], row["what"], row["doesLabel"]) for row in found])


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of rows: its name in addresses, its title, and how it is drawn."""

    name: str
    title: Text
    draw: Callable[[list[Row]], object]

    @property
    def columns(self) -> list[tuple[str, Text]]:
        """The columns of its table, with what they are called."""
        rows = table(packaged().ontology, "pictures/columns.csv")
        return [(row["column"], Text(de=row["de"], en=row["en"])) for row in rows if row["picture"] == self.name]


PICTURES = {
    one.name: one
    for one in (
        Picture("timeline", Text(de="Was wann geschah", en="What happened when"), lanes),
        Picture(
            "network",
            Text(
                de="Wer was koordiniert, fördert, administriert und anbietet",
                en="Who coordinates, funds, administers and offers what",
            ),
            network,
        ),
    )
}


@bp.get("/picture/<name>")
def page(name: str) -> Response:
    """A picture with all its rows: drawn, as a table, and as files."""
    picture = _picture(name)
    found = rows(name)
    return views.html(
        "picture.html", picture=picture, drawn=picture.draw(found), rows=found, ticks=ticks(), query=query(name)
    )


@bp.get("/picture/<name>.svg")
def file(name: str) -> Response:
    """The same as a file with its title, its key, its source, version and licence."""
    picture = _picture(name)
    content = render_template(
        f"{name}.svg",
        title=localize(picture.title),
        drawn=picture.draw(rows(name)),
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


def _picture(name: str) -> Picture:
    require_bundled()
    if name not in PICTURES or not rows(name):
        raise unlisted(Text(de="Ein Bild", en="picture"), name, PICTURES)
    return PICTURES[name]


@dataclass(slots=True)
class Place:
    """A place, its NUTS code if it has one, how many things are there, and the places inside it."""

    iri: str
    label: str
    code: str
    things: int
    inside: list["Place"] = field(default_factory=list)


def places() -> tuple[list[Place], list[Place], list[Row]]:
    """The places that lie in others or hold others; those of which no source says where they lie; and all as rows."""
    found = rows("places")
    made = {row["place"]: Place(row["place"], row["label"], row.get("code", ""), int(row["things"])) for row in found}
    placed = set()
    for row in found:
        if row.get("within") in made:
            made[row["within"]].inside.append(made[row["place"]])
            placed |= {row["place"], row["within"]}
    inner = {place.iri for outer in made.values() for place in outer.inside}
    roots = [place for iri, place in made.items() if iri in placed and iri not in inner]
    return roots, [place for iri, place in made.items() if iri not in placed], found
