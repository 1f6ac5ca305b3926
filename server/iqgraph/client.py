"""HTTP to other servers, within bounds of time and size; redirects are not followed, and no proxy is asked.

The well-known libraries bound the time between two pieces of an answer, not that of the whole answer
(https://urllib3.readthedocs.io/en/stable/reference/urllib3.util.html#urllib3.util.Timeout), and leave no way to end an
exchange from another thread before its head has come. So this is `http.client` with both.
"""

import http.client
import re
import select
import socket
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit, urlunsplit

from .errors import CallError, without_login

# A request for a connection that was lost is sent again after one second (RFC 6298, section 2.1).
MAX_CONNECT_SECONDS, MIN_TIMEOUT_SECONDS = 3.0, 0.001
MAX_EXCERPT_CHARS = 300
MAX_IDLE_CONNECTIONS = 32
LATE = "no answer in time"
_TAG = re.compile("<[^<>]*>")
_PLAIN = re.compile("[!-~]+")
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|::1")

# There is no public way to raise it (https://github.com/python/cpython/issues/131724).
http.client._MAXHEADERS = 5000  # type: ignore[attr-defined] # noqa: SLF001 - Virtuoso names each graph in one


class NoReply(Exception):
    """The server did not answer, or not to the end."""


class BrokenConnection(NoReply):
    """The connection ended before the answer did; another one may bring it."""


class ReplyTimeout(NoReply):
    """The server did not answer in time, or the exchange was cancelled."""


class ReplyTooLong(NoReply):
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
    """The whole answer of a server; names of headers are in lower case.

    `framed` says whether HTTP itself proves that it is whole: by a length that was told before, or by a last chunk.
    """

    status: int
    reason: str
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)
    framed: bool = field(default=True, compare=False)

    @property
    def text(self) -> str:
        """The beginning of the answer in one line, for a message."""
        said = self.body[: 4 * MAX_EXCERPT_CHARS].decode(errors="replace")
        if self.media_type == "text/html":
            said = _TAG.sub(" ", said)
        return " ".join(said.split())[:MAX_EXCERPT_CHARS]


@dataclass(frozen=True, slots=True)
class Server:
    """A server at one address, and the credentials for it; any thread may ask it.

    Connections that are `idle` stay open from one request to the next.
    """

    url: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    idle: list[HTTPConnection] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is no address, or none to send credentials to."""
        redacted = without_login(self.url)
        try:
            parts = urlsplit(self.url)
            known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            known = False
        if not known or parts.username is not None or parts.fragment or not _PLAIN.fullmatch(self.url):
            raise CallError(
                de=f"{redacted}: Das ist keine einfache Adresse wie http://localhost:7878/query.",
                en=f"{redacted}: this is no plain address such as http://localhost:7878/query.",
            )
        # What is sent in plain text can be read on the way (RFC 7617, section 4; RFC 6750, section 5.3).
        if self.credentials and parts.scheme == "http" and not _LOOPBACK.fullmatch(parts.hostname or ""):
            raise CallError(
                de=f"{redacted}: Passwörter und Tokens werden nur über https gesendet, oder an diesen Rechner.",
                en=f"{redacted}: passwords and tokens are sent by https only, or to this machine.",
            )

    @property
    def redacted(self) -> str:
        """The address for logs and messages: without the query, which may hold a key."""
        return urlunsplit(urlsplit(self.url)._replace(query=""))

    def address(self, request: Request) -> str:
        """The address with the query of a request."""
        parts = urlsplit(self.url)
        query = "&".join(filter(None, (parts.query, request.query)))
        return parts._replace(path=parts.path or "/", query=query).geturl()

    def send(self, request: Request, seconds: float, most: int = 1 << 20) -> Reply:
        """The whole answer, if it comes in time and has no more than so many bytes; else NoReply. None stays open."""
        exchange = Exchange()
        with exchange.within(seconds), closing(self):
            return self.exchange(request, seconds, most, exchange)

    def exchange(self, request: Request, seconds: float, most: int, exchange: "Exchange") -> Reply:
        """The same, where `seconds` bound each step.

        Only an exchange that is cancelled in time bounds all of it, since a server that sends a byte now and then is
        never late.
        """
        seconds = max(seconds, MIN_TIMEOUT_SECONDS)
        connection = self._connection(seconds)
        # The connection forgets its socket when an answer ends with it, and even that answer may have to be cancelled.
        exchange.socket = connection.sock
        try:
            if exchange.is_cancelled:
                raise ReplyTimeout(LATE)
            reply = self._exchange(connection, request, seconds, most)
            if exchange.is_cancelled:  # whatever came by then may not be the whole
                raise ReplyTimeout(LATE)
        except NoReply as error:
            connection.close()
            raise (ReplyTimeout(LATE) if exchange.is_cancelled else error) from error
        if connection.sock is None or len(self.idle) >= MAX_IDLE_CONNECTIONS:
            connection.close()
        else:
            self.idle.append(connection)
        return reply

    def close(self) -> None:
        """Close the connections that are idle."""
        while self.idle:
            self.idle.pop().close()

    def _connection(self, seconds: float) -> HTTPConnection:
        """One that is open, or a new one."""
        with suppress(IndexError):
            while True:
                connection = self.idle.pop()
                if _is_open(connection):
                    return connection
                connection.close()
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=min(seconds, MAX_CONNECT_SECONDS))
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise NoReply(error.strerror or str(error)) from error
        return connection

    def _exchange(self, connection: HTTPConnection, request: Request, seconds: float, most: int) -> Reply:
        target = urlunsplit(("", "", *urlsplit(self.address(request))[2:]))
        connection.sock.settimeout(seconds)
        try:
            connection.request(request.method, target, request.body, {**self.credentials, **request.headers})
            with connection.getresponse() as response:
                framed = response.chunked or response.length is not None
                body = response.read(most + 1)
                if len(body) > most:
                    raise ReplyTooLong(f"the answer is longer than {most} bytes")
                if response.length:
                    raise BrokenConnection("the answer breaks off")
        except TimeoutError as error:
            raise ReplyTimeout(LATE) from error
        except HTTPException as error:
            raise BrokenConnection("the answer breaks off") from error
        except OSError as error:
            raise BrokenConnection(error.strerror or str(error)) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, response.reason, response.headers.get_content_type(), body, headers, framed)


class Exchange:
    """A request under way, which any thread may cancel."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.is_cancelled = False

    def cancel(self) -> None:
        """Close the connection under whoever reads from it, so that the server can end its work too."""
        self.is_cancelled = True
        if self.socket:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cancel it after so many seconds."""
        timer = Timer(seconds, self.cancel)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _is_open(connection: HTTPConnection) -> bool:
    """Whether the server kept the connection too, and sent nothing that was not asked for."""
    # A server closes what was idle for too long; bytes that nobody asked for would be taken for the next answer
    # (RFC 9112, section 9.2).
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return not poll.poll(0)


def login(user: str = "", password: str = "", token: str = "") -> dict[str, str]:
    """The header of a token (RFC 6750), or of a name and a password (RFC 7617); none if all are empty."""
    if bool(user) != bool(password) and not token:
        raise CallError(
            de="Name und Passwort für eine Engine gehören zusammen; eines von beiden ist nicht gesetzt.",
            en="A name and a password for engines belong together; one of them is not set.",
        )
    basic = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}" if user else ""
    value = f"Bearer {token}" if token else basic
    return {"Authorization": value} if value else {}
