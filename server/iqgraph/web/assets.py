"""Styles, scripts and fonts: each address names the content, so a browser keeps it for good.

They are bundled when the package is built. Where that was not done, pages do without scripts and fonts, and load the
styles as they are.
"""

import json
from hashlib import sha256
from importlib.resources import files

from flask import Flask, Response, request

from . import urls

STATIC = files(__package__) / "static"
KEPT = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Give the addresses to the templates, and let browsers keep what lies there."""
    names = _bundled()
    versions = {file.name: _version(file.read_bytes()) for file in STATIC.iterdir() if file.is_file()}

    def static(name: str) -> str:
        """The address of a static file."""
        return f"{urls.root()}/static/{name}?v={versions[name]}"

    def built(name: str) -> str:
        """The address of a bundled file, empty if it was not built."""
        return f"{urls.root()}/static/built/{names[name]}" if name in names else ""

    app.jinja_env.globals.update(built=built, static=static)

    def keep(response: Response) -> Response:
        """A static file under an address with its version never changes; of another version, nothing is kept."""
        if request.endpoint == "static" and response.status_code in (200, 304):
            asked, name = request.args.get("v"), request.path.removeprefix("/static/")
            if asked == versions.get(name) if asked else name.startswith("built/"):
                response.headers["Cache-Control"] = KEPT
            elif asked:
                response.headers["Cache-Control"] = "no-store"
        return response

    app.after_request(keep)


def _bundled() -> dict[str, str]:
    manifest = STATIC / "built" / "manifest.json"
    names: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
    return names


def _version(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]
