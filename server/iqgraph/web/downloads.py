"""The release files, exactly as they are released."""

from base64 import b64encode
from difflib import get_close_matches

from flask import Blueprint, Response, request

from ..bilingual import Text
from ..catalogue.publication import licence
from ..dataset import Dataset
from ..formats import CSV, CSV_DE, XLSX, of_file
from ..model.facets import Choice
from ..model.kinds import KINDS, Kind
from ..release.dumps import CANONICAL, TABLE_ENDING, Artifact, Group
from ..release.release import SUMS
from ..terms import DCTERMS, ORIGINS, RDFS
from . import views
from .explore import MAX_COLUMNS, offers, query_of
from .http.language import language, localize, say
from .http.messages import IMMUTABLE, NO_STORE, TypedLink, add_links, licence_link, text
from .http.problems import MAX_NEAREST, suggest, unknown_name
from .site import memoized, site

bp = Blueprint("downloads", __name__)

PACKED = {".gz": "gzip", ".zst": "Zstandard"}
# Packed is what the file is, not how it is sent, so it is no Content-Encoding (RFC 9110, section 8.4).
TYPES = {
    ".gz": "application/gzip",
    ".zst": "application/zstd",
    ".csv": "text/csv",
    TABLE_ENDING: "application/csvm+json",
}
INLINE = (CANONICAL, SUMS)


@bp.get("/download/")
def index() -> Response:
    """All files in their groups, with what they hold, their sizes and hashes."""
    files = site().files
    # Nobody finds out those of an older version meanwhile.
    known = {name: files.figures(name) for name in files} if site().release else files.available_figures()
    groups: dict[Group, list[Artifact]] = {}
    for listed in files.files.values():
        groups.setdefault(listed.group, []).append(listed)
    canonical = site().digest if CANONICAL in files else ""
    unmade = len(known) < len(files)
    tables = memoized(f"things-{language()}", _things) if site().bundled else ()
    shown = {"groups": groups, "known": known, "about": _about, "things": tables, "formats": (XLSX, CSV_DE, CSV)}
    response = views.html("downloads.html", **shown, canonical=canonical, unmade=unmade)
    # Sizes and hashes are still being found out, so soon the page is another one.
    if unmade:
        response.headers["Cache-Control"] = NO_STORE
    return response


def _things(_: Dataset) -> list[tuple[Kind, int, str]]:
    """The kinds of things that have a name in the reader's language, how many there are, and the query for a table.

    The table has the most frequent columns.
    """
    found = []
    for kind in KINDS:
        choice = Choice(kind=kind.slug)
        if entries := site().model.search(language()).find(choice):
            found.append((kind, len(entries), query_of(choice, offers(kind.slug)[:MAX_COLUMNS])))
    return found


@bp.get("/download/<path:name>")
def file(name: str) -> Response:
    """One file; its hash is its ETag, and a part of it can be asked for."""
    files = site().files
    if name not in files:
        names = {one.lower(): one for one in files}
        near = [names[one] for one in get_close_matches(name.lower().strip("/"), names, MAX_NEAREST)]
        listed = Text(de="Alle Dateien stehen unter /download/.", en="All files are listed at /download/.")
        raise unknown_name(Text(de="Eine Datei", en="file"), name, near, remedy=suggest(near) or listed)
    content, digest = files[name], files.digest(name)
    response = Response(content, content_type=media_type(name))
    response.set_etag(digest)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = IMMUTABLE if site().release else "public, max-age=0, must-revalidate"
    # RFC 6266
    kept = "inline" if name in INLINE else "attachment"  # checksums a browser shows, all else it keeps
    response.headers["Content-Disposition"] = f'{kept}; filename="{name.replace("/", "-")}"'
    # RFC 9530, section 3
    response.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:"
    # https://www.w3.org/TR/tabular-data-model/#link-header
    about = f"{name}-metadata.json"
    described = [TypedLink("describedby", about, TYPES[TABLE_ENDING])] if about in files else []
    add_links(response, described + licence_link(licence(name, site().profile)))
    # More than one range, or another unit than bytes, is answered with the whole file (RFC 9110, section 14.2). So is a
    # weak tag in If-Range (section 13.1.5), which Werkzeug would take for the strong one:
    # https://github.com/pallets/werkzeug/pull/3163 mends that, and 3.1 has it not yet.
    asked, is_weak = request.range, request.headers.get("If-Range", "").startswith("W/")
    if request.method == "GET" and asked and asked.units == "bytes" and len(asked.ranges) == 1 and not is_weak:
        response.make_conditional(request, accept_ranges=True, complete_length=len(content))
    return response


def media_type(name: str) -> str:
    """The content type of a file by its name."""
    known, form = next((kind for ending, kind in TYPES.items() if name.endswith(ending)), ""), of_file(name)
    return text(known or (form.media_type if form else "text/plain"))


def _about(listed: Artifact) -> str:
    """What a file holds, in the reader's language: a title, or its format."""
    if listed.about is None:
        form, packers = of_file(listed.name), (name for ending, name in PACKED.items() if listed.name.endswith(ending))
        return ", ".join([*([form.name] if form else []), *packers])
    if listed.name.endswith(TABLE_ENDING):
        return say(de="Beschreibung der Spalten der Tabelle", en="Description of the columns of the table")
    nodes = site().dataset.nodes
    sources = nodes(listed.about, *ORIGINS)
    title = next((title for node in (listed.about, *sources[:1]) if (title := views.title(node))), "")
    # The shapes are no part of the data.
    title = title or localize(site().profile.text(RDFS.label, listed.about))
    # Of which kind another source is, and as what it is used.
    rights = [node for source in sources for node in nodes(source, DCTERMS.type, DCTERMS.rights)]
    return "; ".join([title, *map(views.title, rights)])
