"""An HTTP client with limits on time and size; it follows no redirects and uses no proxy.

The common libraries limit the time between two reads, not that of the whole response
(https://urllib3.readthedocs.io/en/stable/reference/urllib3.util.html#urllib3.util.Timeout), and a request cannot be
cancelled from another thread before the response headers have arrived. This adds both to `http.client`.
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

# A lost SYN is retransmitted after one second (RFC 6298, section 2.1).
MAX_CONNECT_SECONDS, MIN_TIMEOUT_SECONDS = 3.0, 0.001
MAX_EXCERPT_CHARS = 300
MAX_IDLE_CONNECTIONS = 32
TIMEOUT_REASON = "no answer in time"
_TAG = re.compile("<[^<>]*>")
_PLAIN = re.compile("[!-~]+")
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|::1")

# Virtuoso names each graph in a header field. There is no public setting
# (https://github.com/python/cpython/issues/131724).
http.client._MAXHEADERS = 5000  # type: ignore[attr-defined] # noqa: SLF001


class NoReply(Exception):
    """The server did not answer, or the response is incomplete."""


class BrokenConnection(NoReply):
    """The connection ended before the response did; a retry may succeed."""


class ReplyTimeout(NoReply):
    """The server did not answer in time, or the request was cancelled."""


class ReplyTooLong(NoReply):
    """The response is longer than the limit."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `query` is appended to the query of the server's URL."""

    method: str
    headers: Mapping[str, str]
    body: bytes
    query: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete response; header names are in lower case.

    `is_framed` says whether HTTP proves that it is complete, by its length or the last chunk (RFC 9112, section 8).
    """

    status: int
    reason: str
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)
    is_framed: bool = field(default=True, compare=False)

    @property
    def text(self) -> str:
        """The start of the body as one line, for error messages."""
        excerpt = self.body[: 4 * MAX_EXCERPT_CHARS].decode(errors="replace")
        if self.media_type == "text/html":
            excerpt = _TAG.sub(" ", excerpt)
        return " ".join(excerpt.split())[:MAX_EXCERPT_CHARS]


@dataclass(frozen=True, slots=True)
class Server:
    """A server at one URL, with its credentials; thread-safe. `idle` connections are kept alive between requests."""

    url: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    idle: list[HTTPConnection] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse an invalid URL, and credentials that would be sent in plain text."""
        address = without_login(self.url)
        try:
            parts = urlsplit(self.url)
            is_http = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            is_http = False
        if not is_http or parts.username is not None or parts.fragment or not _PLAIN.fullmatch(self.url):
            raise CallError(
                de=f"{address}: Das ist keine einfache Adresse wie http://localhost:7878/query.",
                en=f"{address}: this is no plain address such as http://localhost:7878/query.",
            )
        # RFC 7617, section 4; RFC 6750, section 5.3
        if self.credentials and parts.scheme == "http" and not _LOOPBACK.fullmatch(parts.hostname or ""):
            raise CallError(
                de=f"{address}: Passwörter und Tokens werden nur über https gesendet, oder an diesen Rechner.",
                en=f"{address}: passwords and tokens are sent by https only, or to this machine.",
            )

    @property
    def redacted_url(self) -> str:
        """The URL for logs and messages, without its query, which may contain a key."""
        return urlunsplit(urlsplit(self.url)._replace(query=""))

    def address(self, request: Request) -> str:
        """The URL with the query of a request."""
        parts = urlsplit(self.url)
        query = "&".join(filter(None, (parts.query, request.query)))
        return parts._replace(path=parts.path or "/", query=query).geturl()

    def send(self, request: Request, seconds: float, max_bytes: int = 1 << 20) -> Reply:
        """Send one request and close the connection; raise NoReply if the response is late, too long or incomplete."""
        exchange = Exchange()
        with exchange.within(seconds), closing(self):
            return self.exchange(request, seconds, max_bytes, exchange)

    def exchange(self, request: Request, seconds: float, max_bytes: int, exchange: "Exchange") -> Reply:
        """Send a request on a connection that is kept alive; raise NoReply as `send` does.

        `seconds` limits each read. To limit the whole, cancel the exchange: a server may send single bytes for ever.
        """
        seconds = max(seconds, MIN_TIMEOUT_SECONDS)
        connection = self._connection(seconds)
        # A response that ends with its connection clears `connection.sock`, and must still be possible to cancel.
        exchange.socket = connection.sock
        try:
            if exchange.is_cancelled:
                raise ReplyTimeout(TIMEOUT_REASON)
            reply = self._exchange(connection, request, seconds, max_bytes)
            if exchange.is_cancelled:  # the body may have been cut
                raise ReplyTimeout(TIMEOUT_REASON)
        except NoReply as error:
            connection.close()
            raise (ReplyTimeout(TIMEOUT_REASON) if exchange.is_cancelled else error) from error
        if connection.sock is None or len(self.idle) >= MAX_IDLE_CONNECTIONS:
            connection.close()
        else:
            self.idle.append(connection)
        return reply

    def close(self) -> None:
        """Close the idle connections."""
        while self.idle:
            self.idle.pop().close()

    def _connection(self, seconds: float) -> HTTPConnection:
        """Return an idle connection that is still open, or a new one."""
        with suppress(IndexError):
            while True:
                connection = self.idle.pop()
                if _is_open(connection):
                    return connection
                connection.close()
        parts = urlsplit(self.url)
        connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = connect(parts.hostname or "", parts.port, timeout=min(seconds, MAX_CONNECT_SECONDS))
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise NoReply(error.strerror or str(error)) from error
        return connection

    def _exchange(self, connection: HTTPConnection, request: Request, seconds: float, max_bytes: int) -> Reply:
        target = urlunsplit(("", "", *urlsplit(self.address(request))[2:]))
        connection.sock.settimeout(seconds)
        try:
            connection.request(request.method, target, request.body, {**self.credentials, **request.headers})
            with connection.getresponse() as response:
                is_framed = response.chunked or response.length is not None
                body = response.read(max_bytes + 1)
                if len(body) > max_bytes:
                    raise ReplyTooLong(f"the answer is longer than {max_bytes} bytes")
                if response.length:
                    raise BrokenConnection("the answer breaks off")
        except TimeoutError as error:
            raise ReplyTimeout(TIMEOUT_REASON) from error
        except HTTPException as error:
            raise BrokenConnection("the answer breaks off") from error
        except OSError as error:
            raise BrokenConnection(error.strerror or str(error)) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, response.reason, response.headers.get_content_type(), body, headers, is_framed)


class Exchange:
    """A request in progress, which any thread may cancel."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.is_cancelled = False

    def cancel(self) -> None:
        """Shut the socket down, so that the reader returns and the server can stop working on the request."""
        self.is_cancelled = True
        if self.socket:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cancel the exchange after `seconds`."""
        timer = Timer(seconds, self.cancel)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _is_open(connection: HTTPConnection) -> bool:
    """Whether an idle connection can be reused: the server has neither closed it nor sent anything."""
    # Unsolicited bytes would be read as the next response (RFC 9112, section 9.2).
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return not poll.poll(0)


def login(user: str = "", password: str = "", token: str = "") -> dict[str, str]:
    """Return the Authorization header for a bearer token (RFC 6750) or basic authentication (RFC 7617), if any."""
    if bool(user) != bool(password) and not token:
        raise CallError(
            de="Name und Passwort für eine Engine gehören zusammen; eines von beiden ist nicht gesetzt.",
            en="A name and a password for an engine belong together; one of them is not set.",
        )
    basic = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}" if user else ""
    value = f"Bearer {token}" if token else basic
    return {"Authorization": value} if value else {}
