"""The draft of a document on the author's own machine: its text beside what is written of it, and what is wrong.

The text is read from the author's file for each page and is kept nowhere. Nobody else may write: the address has a
token that only its terminal shows, the Host is the loopback interface (a name of somebody else's that leads there is
refused), and a form comes from this page itself, by its Origin.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, abort, redirect, render_template, request

from ..authoring.checking import Complaint
from ..authoring.folder import DocumentFolder, changes, read_text, state
from ..bilingual import Text
from ..dataset.passages import digest_of
from ..errors import CallError, LocalizedError

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
POLICY = "default-src 'none'; style-src 'nonce-{}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
OUTDATED = Text(
    de="Die Datei wurde inzwischen geändert; laden Sie die Seite neu.",
    en="The file was changed meanwhile; reload the page.",
)


@dataclass
class Draft:
    """A document that is being written: where its files and its text lie, and the check that finds what is wrong."""

    data: Path
    name: str
    text: Path
    check: Callable[[DocumentFolder], list[Complaint]]
    language: str
    token: str = field(default_factory=secrets.token_urlsafe)
    complaints: list[Complaint] = field(default_factory=list)
    unreadable: str = ""
    checked: list[int] = field(default_factory=list)

    def written(self) -> DocumentFolder:
        """The files as they are now."""
        return DocumentFolder(self.data, self.name)

    def read(self, written: DocumentFolder) -> str:
        """The text; a CallError if it is not the one that the passages were made from, for they lie elsewhere in it."""
        text = read_text(self.text)
        if digest_of(text) != written.table().digest:
            raise CallError(
                de=f"{self.text}: Das ist nicht der Text von {self.name}; was sich geändert hat, sagt "
                f"iqgraph verify {self.text.name}.",
                en=f"{self.text}: this is not the text of {self.name}; iqgraph verify {self.text.name} tells what "
                "has changed.",
            )
        return text

    def watch(self) -> None:
        """Check whenever a file changes; it takes seconds, in which the author wants to read on."""
        for now in changes(self.data / self.name):
            self.look(now)

    def look(self, now: list[int]) -> None:
        """Check the files, which are in this state."""
        try:
            self.complaints, self.unreadable = self.check(self.written()), ""
        except LocalizedError as error:
            self.unreadable = error.text.say(self.language)
        except Exception as error:  # the files may be right again with the next change
            log.exception("The draft cannot be checked")
            self.unreadable = f"{type(error).__name__}: {error}"
        self.checked = now


def create_draft(draft: Draft) -> Flask:
    """The application of one page."""
    app = Flask(__name__)
    address = f"/{draft.token}/"

    @app.before_request
    def refuse_others() -> None:
        if request.host.rpartition(":")[0] not in LOOPBACK and request.host not in LOOPBACK:
            abort(HTTPStatus.FORBIDDEN)
        if request.method == "POST" and request.headers.get("Origin") != request.host_url.rstrip("/"):
            abort(HTTPStatus.FORBIDDEN)

    @app.errorhandler(LocalizedError)
    def tell(error: LocalizedError) -> Response:
        return Response(error.text.say(draft.language), HTTPStatus.CONFLICT, mimetype="text/plain")

    @app.get(address)
    def page() -> Response:
        written, nonce = draft.written(), secrets.token_urlsafe()
        is_checking = draft.checked != state(written.path)
        found = [one for one in draft.complaints if not one.is_unwritten]
        answer = Response(
            render_template(
                "draft.html",
                draft=draft,
                written=written,
                text=draft.read(written),
                complaints=found,
                wrong={one.place for one in found if not is_checking},  # a click moves the lines
                is_checking=is_checking,
                nonce=nonce,
                say=lambda de, en: Text(de=de, en=en).say(draft.language),
            )
        )
        answer.headers["Content-Security-Policy"] = POLICY.format(nonce)
        answer.headers["Cache-Control"] = "no-store"
        # With "no-referrer" a form would send "Origin: null" (https://fetch.spec.whatwg.org/#origin-header).
        answer.headers["Referrer-Policy"] = "same-origin"
        if is_checking:
            answer.headers["Refresh"] = "3"
        return answer

    @app.post(address)
    def settle() -> Response:
        written = draft.written()
        line = next((line for line in written.lines if line.place == request.form.get("place")), None)
        if line is None or line.text != request.form.get("text") or line.suggestion is None:
            raise CallError(OUTDATED)
        written.resolve(line, is_accepted=request.form.get("answer") == "accept")
        return redirect(f"{address}#{line.graph}", HTTPStatus.SEE_OTHER)  # type: ignore[return-value]

    return app
