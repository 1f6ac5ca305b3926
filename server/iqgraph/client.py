"""One door to other servers: HTTP within bounds of time and size; redirects are not followed."""

import re
import socket
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from threading import Event, Timer
from urllib.parse import urlsplit
from urllib.request import AbstractDigestAuthHandler, HTTPPasswordMgrWithDefaultRealm, parse_http_list, parse_keqv_list
from urllib.request import Request as Asked

from .errors import CallError

CONNECTING = 3.0
SHOWN = 300
_TAG = re.compile("<[^<>]*>")
_PLAIN = re.compile("[!-~]+")


class NoReply(Exception):
    """The server did not answer, or not to the end."""


class NoTime(NoReply):
    """The server did not answer in time."""


class TooLong(NoReply):
    """The answer of the server is longer than was asked for."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a server is asked; its query is added to that of the address."""

    method: str
    headers: Mapping[str, str]
    body: bytes
    query: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole answer of a server; names of headers are in lower case."""

    status: int
    reason: str
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def text(self) -> str:
        """The beginning of the answer in one line, for a message."""
        said = self.body[: 4 * SHOWN].decode(errors="replace")
        if self.media_type == "text/html":
            said = _TAG.sub(" ", said)
        return " ".join(said.split())[:SHOWN]


@dataclass(frozen=True, slots=True)
class Server:
    """A server at one address, and the credentials for it."""

    url: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no address, or none to send credentials to."""
        try:
            parts = urlsplit(self.url)
            known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            known = False
        if not known or parts.username is not None or parts.fragment or not _PLAIN.fullmatch(self.url):
            raise CallError(f"{self.url}: this is no plain address such as http://localhost:7878/query.")
        if self.credentials and parts.scheme == "http" and not _is_near(parts.hostname or ""):
            raise CallError(f"{self.url}: passwords and tokens are sent by https only, or to this machine.")

    def send(self, request: Request, seconds: float, most: int = 1 << 20) -> Reply:
        """The whole answer, if it comes in time and has no more than so many bytes; else NoReply."""
        end = time.monotonic() + seconds
        with closing(self._connection(min(seconds, CONNECTING))) as connection:
            try:
                connection.connect()
                with _until(end, connection.sock):
                    reply = self._exchange(connection, request, most)
            except HTTPException as error:
                raise NoReply("the answer breaks off") from error
            except OSError as error:
                raise NoReply(error.strerror or str(error)) from error
            return reply

    def _connection(self, patience: float) -> HTTPConnection:
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=patience)

    def _exchange(self, connection: HTTPConnection, request: Request, most: int) -> Reply:
        parts = urlsplit(self.url)
        asked = "&".join(filter(None, (parts.query, request.query)))
        target = f"{parts.path or '/'}?{asked}" if asked else parts.path or "/"
        connection.request(request.method, target, request.body, {**self.credentials, **request.headers})
        response = connection.getresponse()
        body = response.read(most + 1)
        if len(body) > most:
            raise TooLong(f"the answer is longer than {most} bytes")
        if response.length:
            raise NoReply("the answer breaks off")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, response.reason, response.headers.get_content_type(), body, headers)


@contextmanager
def _until(end: float, channel: socket.socket) -> Iterator[None]:
    """Close the channel when the time is over, however the other side spends it."""
    over = Event()

    def close() -> None:
        over.set()
        with suppress(OSError):
            channel.shutdown(socket.SHUT_RDWR)

    channel.settimeout(None)
    timer = Timer(max(0.0, end - time.monotonic()), close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if over.is_set():  # whatever came by then is not the whole
            raise NoTime("no answer in time")


def basic(user: str, password: str) -> dict[str, str]:
    """The header of a name and a password (RFC 7617)."""
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def bearer(token: str) -> dict[str, str]:
    """The header of a token (RFC 6750)."""
    return {"Authorization": f"Bearer {token}"}


def digest(server: Server, request: Request, challenge: str) -> dict[str, str]:
    """The header that answers a challenge (RFC 7616) with the name and password of a server; none if it cannot."""
    kind, _, asked = challenge.partition(" ")
    scheme, _, token = server.credentials.get("Authorization", "").partition(" ")
    if kind.lower() != "digest" or scheme != "Basic":
        return {}
    user, _, password = b64decode(token).decode().partition(":")
    known = HTTPPasswordMgrWithDefaultRealm()
    known.add_password(None, server.url, user, password)
    whole = Asked(f"{server.url}{'&' if urlsplit(server.url).query else '?'}{request.query}", method=request.method)  # noqa: S310 - of a server
    try:
        answer = AbstractDigestAuthHandler(known).get_authorization(
            whole, parse_keqv_list([*filter(None, parse_http_list(asked))])
        )
    except (ValueError, KeyError):  # an algorithm that is not known
        return {}
    return {"Authorization": f"Digest {answer}"} if answer else {}


def _is_near(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
