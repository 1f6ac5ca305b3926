"""Requests over HTTP and their whole answers."""

from dataclasses import dataclass
from email.message import Message
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PATIENCE = 60


@dataclass(frozen=True)
class Reply:
    """An answer of any status."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


def ask(url: str, *, body: bytes | None = None, method: str = "", headers: dict[str, str] | None = None) -> Reply:
    """The answer to a request; redirects are followed."""
    request = Request(url, body, headers or {}, method=method or None)  # noqa: S310 - loopback
    try:
        with urlopen(request, timeout=PATIENCE) as response:  # noqa: S310 - loopback
            return Reply(response.status, response.headers, response.read())
    except HTTPError as error:
        with error:
            return Reply(error.code, error.headers, error.read())


def get(root: str, path: str, accept: str = "*/*", **parameters: object) -> Reply:
    """The answer to GET; a parameter may have several values."""
    address = f"{root}{path}{'?' if parameters else ''}{urlencode(parameters, doseq=True)}"
    return ask(address, headers={"Accept": accept})
