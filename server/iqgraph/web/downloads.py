"""The download page and the release files."""

from base64 import b64encode
from difflib import get_close_matches

from flask import Blueprint, Response

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
from .query.permalinks import pack
from .site import memoize, site

bp = Blueprint("downloads", __name__)

PACKING = {".gz": "gzip", ".zst": "Zstandard"}
# Compression is part of the file, not of its transfer, so it is no Content-Encoding (RFC 9110, section 8.4).
TYPES = {
    ".gz": "application/gzip",
    ".zst": "application/zstd",
    ".csv": "text/csv",
    TABLE_ENDING: "application/csvm+json",
}
INLINE = (CANONICAL, SUMS)


@bp.get("/download/")
def index() -> Response:
    """All files by group, with their contents, sizes and hashes."""
    files = site().files
    # For an older version, no background task computes the checksums.
    checksums = {name: files.checksum(name) for name in files} if site().release else files.available_checksums()
    groups: dict[Group, list[Artifact]] = {}
    for one in files.files.values():
        groups.setdefault(one.group, []).append(one)
    is_complete = len(checksums) == len(files)
    response = views.html(
        "downloads.html",
        groups=groups,
        checksums=checksums,
        is_complete=is_complete,
        content_of=_content_of,
        canonical_hash=site().digest if CANONICAL in files else "",
        tables=memoize(f"tables-{language()}", _tables) if site().is_bundled else (),
        formats=(XLSX, CSV_DE, CSV),
    )
    if not is_complete:  # the page changes as soon as the next figure is known
        response.headers["Cache-Control"] = NO_STORE
    return response


def _tables(_: Dataset) -> list[tuple[Kind, int, str]]:
    """The kinds with things in the reader's language: their number, and the code of the query for a table of them."""
    tables = []
    for kind in KINDS:
        choice = Choice(values={"kind": kind.slug})
        if entries := site().model.search(language()).find(choice):
            tables.append((kind, len(entries), pack(query_of(choice, offers(kind.slug)[:MAX_COLUMNS]))))
    return tables


@bp.get("/download/<path:name>")
def file(name: str) -> Response:
    """A file, of which the front may send a range; its hash is the ETag."""
    files = site().files
    if name not in files:
        names = {file.lower(): file for file in files}
        near = [names[match] for match in get_close_matches(name.lower().strip("/"), names, MAX_NEAREST)]
        hint = Text(de="Alle Dateien stehen unter /download/.", en="All files are listed at /download/.")
        raise unknown_name(Text(de="Eine Datei", en="file"), name, near, remedy=suggest(near) or hint)
    content, digest = files[name], files.checksum(name).digest
    response = Response(content, content_type=media_type(name))
    response.set_etag(digest)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = IMMUTABLE if site().release else "public, max-age=0, must-revalidate"
    # RFC 6266; browsers show checksums, and save all other files
    disposition = "inline" if name in INLINE else "attachment"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name.replace("/", "-")}"'
    # RFC 9530, section 3
    response.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:"
    # https://www.w3.org/TR/tabular-data-model/#link-header
    metadata = f"{name}-metadata.json"
    described_by = [TypedLink("describedby", metadata, TYPES[TABLE_ENDING])] if metadata in files else []
    add_links(response, described_by + licence_link(licence(name, site().profile)))
    return response


def media_type(name: str) -> str:
    """The content type of a file by its name."""
    format = of_file(name)
    own = next((media_type for ending, media_type in TYPES.items() if name.endswith(ending)), "")
    return text(own or (format.media_type if format else "text/plain"))


def _content_of(file: Artifact) -> str:
    """The content of a file in the reader's language: its title, else its format."""
    if file.about is None:
        format = of_file(file.name)
        packing = (name for ending, name in PACKING.items() if file.name.endswith(ending))
        return ", ".join([*([format.name] if format else []), *packing])
    if file.name.endswith(TABLE_ENDING):
        return say(de="Beschreibung der Spalten der Tabelle", en="Description of the columns of the table")
    nodes = site().dataset.nodes
    sources = nodes(file.about, *ORIGINS)
    title = next((title for node in (file.about, *sources[:1]) if (title := views.title(node))), "")
    # The shapes are not in the dataset.
    title = title or localize(site().profile.text(RDFS.label, file.about))
    rights = [node for source in sources for node in nodes(source, DCTERMS.type, DCTERMS.rights)]
    return "; ".join([title, *map(views.title, rights)])
