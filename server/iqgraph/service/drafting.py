"""The server of a draft: for one author, on the loopback interface alone."""

from wsgiref.simple_server import WSGIRequestHandler, make_server

from ..authoring.written import read_text
from ..bilingual import Text
from ..errors import CallError
from ..web.draft import LOOPBACK, Draft, create_draft
from .processes.server import Announce

READY = Text(de="Der Entwurf steht unter {} (Strg-C beendet)", en="The draft is at {} (Ctrl-C ends it)")


class _Quiet(WSGIRequestHandler):
    """Logs nothing, since the address holds the token."""

    def log_message(self, *_: object) -> None:
        """Leave it out."""


def serve(draft: Draft, host: str, port: int, announce: Announce) -> None:
    """Show the draft until interrupted; a CallError if others could see it, or where there is nothing to show."""
    if host not in LOOPBACK:
        raise CallError(
            de=f"--host {host}: Ein Entwurf ist nur auf dem eigenen Rechner zu sehen; nehmen Sie 127.0.0.1.",
            en=f"--host {host}: a draft is shown on this machine alone; use 127.0.0.1.",
        )
    draft.written()
    read_text(draft.text)
    with make_server(host, port, create_draft(draft), handler_class=_Quiet) as server:
        announce(READY.say(draft.language).format(f"http://{host}:{server.server_port}/{draft.token}/"))
        server.serve_forever()
