"""The pictures of the whole dataset: each has a page, and a file that looks the same wherever others show it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, render_template

from ..bilingual import Text
from ..errors import shortened
from ..model.model import Row
from ..resources import packaged, table
from . import urls, views
from .http.language import localize
from .http.messages import licence_link, text
from .http.problems import not_bundled, unlisted
from .pictures import query, rows
from .pictures.start import network
from .pictures.timeline import lanes, ticks
from .signposting import published
from .site import memoized, site

bp = Blueprint("gallery", __name__)

TOKENS = urls.STATIC / "styles" / "tokens.css"
SVG = "image/svg+xml"


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
    response.vary.add("Accept-Language")
    if licence := published().data.licence:
        response.headers.add("Link", licence_link(licence))
    return response


def colours() -> dict[str, str]:
    """The colours of the site on a light ground, by their names in its styles."""
    light = TOKENS.read_text(encoding="utf-8").partition("@media")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", light))


def _picture(name: str) -> Picture:
    if not site().bundled:
        raise not_bundled(de="Von ihnen gibt es keine Bilder.", en="There are no pictures of them.")
    if name not in PICTURES:
        raise unlisted(Text(de=f"Ein Bild {shortened(name)}", en=f"picture {shortened(name)}"), PICTURES)
    return PICTURES[name]
