"""The draft page of a document, on the author's machine: the text, its statements, and complaints about them.

The text is read from the author's file for each request and never stored. Against access by others, the address has a
token that only the terminal shows, the Host must be the loopback interface (against DNS rebinding), and the Origin of a
form must be this page (against cross-site request forgery).
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
    """A document in progress: its folder and text, the check of its statements, and the result of the last one.

    `state` is that of the files at the last check.
    """

    data: Path
    name: str
    text: Path
    check: Callable[[DocumentFolder], list[Complaint]]
    language: str
    token: str = field(default_factory=secrets.token_urlsafe)
    complaints: list[Complaint] = field(default_factory=list)
    unreadable: str = ""
    state: list[int] = field(default_factory=list)

    def files(self) -> DocumentFolder:
        """The files as they are now."""
        return DocumentFolder(self.data, self.name)

    def read(self, files: DocumentFolder) -> str:
        """The text; a CallError if it is not the text of the passages, whose offsets would be wrong."""
        text = read_text(self.text)
        if digest_of(text) != files.table().digest:
            raise CallError(
                de=f"{self.text}: Das ist nicht der Text von {self.name}; was sich geändert hat, sagt "
                f"iqgraph verify {self.text.name}.",
                en=f"{self.text}: this is not the text of {self.name}; iqgraph verify {self.text.name} tells what "
                "has changed.",
            )
        return text

    def watch(self) -> None:
        """Check whenever a file changes, in a thread of its own, since it takes seconds."""
        for new_state in changes(self.data / self.name):
            self.update(new_state)

    def update(self, state: list[int]) -> None:
        """Check the files, which are in a state."""
        try:
            self.complaints, self.unreadable = self.check(self.files()), ""
        except LocalizedError as error:
            self.unreadable = error.text.say(self.language)
        except Exception as error:  # the next change of the files may end it
            log.exception("The draft cannot be checked")
            self.unreadable = f"{type(error).__name__}: {error}"
        self.state = state


def create_draft(draft: Draft) -> Flask:
    """The application with this one page."""
    app = Flask(__name__)
    address = f"/{draft.token}/"

    @app.before_request
    def refuse_others() -> None:
        is_local = request.host.rpartition(":")[0] in LOOPBACK or request.host in LOOPBACK
        is_foreign_form = request.method == "POST" and request.headers.get("Origin") != request.host_url.rstrip("/")
        if not is_local or is_foreign_form:
            abort(HTTPStatus.FORBIDDEN)

    @app.errorhandler(LocalizedError)
    def respond(error: LocalizedError) -> Response:
        return Response(error.text.say(draft.language), HTTPStatus.CONFLICT, mimetype="text/plain")

    @app.get(address)
    def page() -> Response:
        files, nonce = draft.files(), secrets.token_urlsafe()
        is_checking = draft.state != state(files.path)
        complaints = [complaint for complaint in draft.complaints if not complaint.is_unwritten]
        response = Response(
            render_template(
                "draft.html",
                draft=draft,
                files=files,
                text=draft.read(files),
                complaints=complaints,
                wrong_places={complaint.place for complaint in complaints if not is_checking},  # edits move the lines
                is_checking=is_checking,
                nonce=nonce,
                say=lambda de, en: Text(de=de, en=en).say(draft.language),
            )
        )
        response.headers["Content-Security-Policy"] = POLICY.format(nonce)
        response.headers["Cache-Control"] = "no-store"
        # With "no-referrer" a form would send "Origin: null" (https://fetch.spec.whatwg.org/#origin-header).
        response.headers["Referrer-Policy"] = "same-origin"
        if is_checking:
            response.headers["Refresh"] = "3"
        return response

    @app.post(address)
    def settle() -> Response:
        files = draft.files()
        line = next((line for line in files.lines if line.place == request.form.get("place")), None)
        if line is None or line.text != request.form.get("text") or line.suggestion is None:
            raise CallError(OUTDATED)
        files.resolve(line, is_accepted=request.form.get("answer") == "accept")
        return redirect(f"{address}#{line.graph}", HTTPStatus.SEE_OTHER)  # type: ignore[return-value]

    return app
