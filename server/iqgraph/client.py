"""One door to other servers: HTTP within bounds of time and size; redirects are not followed."""

import http.client
import re
import select
import socket
import time
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from threading import Timer
from urllib.parse import urlsplit, urlunsplit
from urllib.request import AbstractDigestAuthHandler, HTTPPasswordMgrWithDefaultRealm, parse_http_list, parse_keqv_list
from urllib.request import Request as Asked

from .errors import CallError

CONNECTING = 3.0
SHOWN = 300
KEPT = 32
_TAG = re.compile("<[^<>]*>")
_PLAIN = re.compile("[!-~]+")
_LOGIN = re.compile("//[^/?#]*@")


http.client._MAXHEADERS = 5000  # type: ignore[attr-defined] # noqa: SLF001 - Virtuoso names each graph in one


class NoReply(Exception):
    """The server did not answer, or not to the end."""


class NoConnection(NoReply):
    """Nobody takes calls at the address."""


class Dropped(NoReply):
    """The server closed a connection that was to be kept: it may have been replaced by another one."""


class NoTime(NoReply):
    """The server did not answer in time, or the call was cut off."""


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
        shown = _LOGIN.sub("//", self.url)
        try:
            parts = urlsplit(self.url)
            known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            known = False
        if not known or parts.username is not None or parts.fragment or not _PLAIN.fullmatch(self.url):
            raise CallError(f"{shown}: this is no plain address such as http://localhost:7878/query.")
        if self.credentials and parts.scheme == "http" and not _is_near(parts.hostname or ""):
            raise CallError(f"{shown}: passwords and tokens are sent by https only, or to this machine.")

    @property
    def shown(self) -> str:
        """The address for logs and messages: without the query, which may hold a key."""
        return urlunsplit(urlsplit(self.url)._replace(query=""))

    def send(self, request: Request, seconds: float, most: int = 1 << 20) -> Reply:
        """The whole answer, if it comes in time and has no more than so many bytes; else NoReply."""
        with closing(Lines(self)) as lines:
            call = Call(lines)
            timer = Timer(seconds, call.cut)
            timer.daemon = True
            timer.start()
            try:
                return call.ask(request, seconds, most)
            finally:
                timer.cancel()


class Line:
    """One connection to a server; since when it is open, and when it was used."""

    def __init__(self, server: Server, patience: float) -> None:
        parts = urlsplit(server.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self.server = server
        self.connection = kind(parts.hostname or "", parts.port, timeout=patience)
        self.opened = self.used = time.monotonic()
        try:
            self.connection.connect()
            # The connection forgets its socket when an answer ends with it, and even that answer may have to be cut.
            self.channel: socket.socket = self.connection.sock
            self.channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            self.connection.close()
            raise NoConnection(error.strerror or str(error)) from error

    def exchange(self, request: Request, seconds: float, most: int) -> Reply:
        """Ask, and read the answer to its end."""
        parts = urlsplit(self.server.url)
        asked = "&".join(filter(None, (parts.query, request.query)))
        target = f"{parts.path or '/'}?{asked}" if asked else parts.path or "/"
        self.channel.settimeout(max(seconds, 0.001))
        self.connection.request(request.method, target, request.body, {**self.server.credentials, **request.headers})
        with self.connection.getresponse() as response:
            framed = response.chunked or response.length is not None
            body = response.read(most + 1)
            if len(body) > most:
                raise TooLong(f"the answer is longer than {most} bytes")
            if response.length:
                raise NoReply("the answer breaks off")
        self.used = time.monotonic()
        return _reply(response, body, framed=framed)

    def is_open(self) -> bool:
        """Whether the other side kept the connection too, and sent nothing that was not asked for."""
        if self.connection.sock is None:
            return False
        poll = select.poll()
        poll.register(self.channel, select.POLLIN)
        return not poll.poll(0)

    def cut(self) -> None:
        """End whatever goes on; any thread may do this."""
        with suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class Lines:
    """The connections to one server, kept from one question to the next; for any number of threads."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.idle: deque[Line] = deque()
        self.closed = False

    def take(self, patience: float) -> Line:
        """A connection that was kept, or a new one; Dropped if the server closed one that was kept."""
        try:
            line = self.idle.popleft()
        except IndexError:
            return Line(self.server, min(patience, CONNECTING))
        while not line.is_open():
            line.close()
            if not self.any_open():
                raise Dropped("it closed its connections")
            line = self.idle.popleft()
        return line

    def give(self, line: Line) -> None:
        """Keep a connection, if the server keeps it."""
        if self.closed or line.connection.sock is None or len(self.idle) >= KEPT:
            line.close()
        else:
            self.idle.append(line)

    def tidy(self, age: float) -> None:
        """Close all but one that were not used for so long; Dropped if the server closed one that was kept."""
        lines = [self.idle.popleft() for _ in range(len(self.idle))]
        oldest = time.monotonic() - age
        dropped = [line for line in lines if not line.is_open()]
        for number, line in enumerate(lines):
            if line in dropped or (line.used < oldest and number):
                line.close()
            else:
                self.give(line)
        if dropped and not self.any_open():
            raise Dropped("it closed its connections")

    def any_open(self) -> bool:
        """Whether a connection that is kept is open, so that the server behind it is still the same one."""
        return any(line.is_open() for line in list(self.idle))

    def close(self) -> None:
        """Close all that are kept, and keep none any more."""
        self.closed = True
        while self.idle:
            self.idle.popleft().close()


class Call:
    """Questions to a server, one after the other, that any thread may cut off."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.line: Line | None = None
        self.over = False
        self.opened = 0.0

    def cut(self) -> None:
        """End it: the connection is closed, so that a server that looks may end its work too."""
        self.over = True
        if line := self.line:
            line.cut()

    def ask(self, request: Request, seconds: float, most: int = 1 << 20) -> Reply:
        """The whole answer, else NoReply; `opened` is since when its connection was open."""
        line = self.lines.take(seconds)
        self.line, self.opened = line, line.opened
        try:
            reply = self._exchange(line, request, seconds, most)
        except NoReply as error:
            line.close()
            if self.over:
                raise NoTime("no answer in time") from error
            raise
        finally:
            self.line = None
        if self.over:  # whatever came by then may not be the whole
            line.close()
            raise NoTime("no answer in time")
        self.lines.give(line)
        return reply

    def _exchange(self, line: Line, request: Request, seconds: float, most: int) -> Reply:
        if self.over:
            raise NoTime("no answer in time")
        try:
            return line.exchange(request, seconds, most)
        except HTTPException as error:
            raise NoReply("the answer breaks off") from error
        except TimeoutError as error:
            raise NoTime("no answer in time") from error
        except OSError as error:
            raise NoReply(error.strerror or str(error)) from error


def _reply(response: HTTPResponse, body: bytes, *, framed: bool) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status, response.reason, response.headers.get_content_type(), body, headers, framed)


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
    parts = urlsplit(server.url)
    target = parts._replace(query="&".join(filter(None, (parts.query, request.query)))).geturl()
    whole = Asked(target, method=request.method)  # noqa: S310 - the address of a server was checked
    try:
        answer = AbstractDigestAuthHandler(known).get_authorization(
            whole, parse_keqv_list([*filter(None, parse_http_list(asked))])
        )
    except (ValueError, KeyError):  # an algorithm that is not known
        return {}
    return {"Authorization": f"Digest {answer}"} if answer else {}


def login(user: str, password: str, token: str) -> dict[str, str]:
    """The credentials of a token, or of a name and a password; none if all are empty."""
    if token:
        return bearer(token)
    if bool(user) != bool(password):
        raise CallError("A name and a password for engines belong together; one of them is not set.")
    return basic(user, password) if user else {}


def _is_near(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
