"""The bodies of requests: each is read whole before it is answered, within bounds of size, time and memory."""

import asyncio

from ...bilingual import Text
from ...web.http.problems import Problem, too_large
from .context import Channel, Scope

MAX_BODY_BYTES, MAX_BODY_SECONDS = 1 << 20, 10.0
MAX_DRAINED_BYTES = 64 << 20
MAX_BODIES_BYTES = 64 << 20
MAX_SMALL_BODY_BYTES = 1 << 16
BODILESS = {"GET", "HEAD", "OPTIONS"}
SLOW = Text(
    de=f"Der Inhalt der Anfrage kam nicht in {MAX_BODY_SECONDS:g} Sekunden. Senden Sie ihn noch einmal am Stück.",
    en=f"The body of the request did not arrive within {MAX_BODY_SECONDS:g} seconds. Send it again, in one piece.",
)
BROKEN = Text(
    de="Der Inhalt der Anfrage stimmt nicht mit ihren Kopfzeilen überein oder brach vor seinem Ende ab. "
    "Senden Sie die Anfrage noch einmal.",
    en="The body of the request does not match its header fields, or broke off before its end. Send the request again.",
)
FULL = Text(
    de="Der Server nimmt gerade so viele große Anfragen entgegen, wie er fassen kann. "
    "Versuchen Sie es gleich noch einmal.",
    en="The server is receiving as many large requests as it can hold. Try again in a moment.",
)


class BodyMemory:
    """The bytes of all bodies that have begun to come.

    Beyond the limit no body may become large; small ones, as those of nearly all queries are, come in all the same.
    """

    def __init__(self) -> None:
        self.bytes = 0

    def add(self, part: bytes, before: int) -> None:
        """Count a part of a body of which so many bytes came before; a Problem if there is no room for it."""
        if before + len(part) > MAX_SMALL_BODY_BYTES and self.bytes + len(part) > MAX_BODIES_BYTES:
            raise Problem("overloaded", FULL)
        self.bytes += len(part)

    def remove(self, size: int) -> None:
        """A body of this size is whole, or was given up."""
        self.bytes -= size


async def whole_body(scope: Scope, channel: Channel, body_memory: BodyMemory) -> bytes:
    """The whole body; a Problem if it has no end, is too large or comes too slowly.

    Many clients read nothing before they have sent all. If one that sends too much were answered and its connection
    closed meanwhile, it would be reset and never see the answer (RFC 9112, section 9.6); so what is too much is read
    on and let go, up to `MAX_DRAINED_BYTES`.
    """
    body, size = bytearray(), 0
    # granian says nothing of a body that breaks off, but gives one empty part more than at the end of a whole one.
    # A trailer is such a part too, and HTTP/2 has parts without content.
    ended, is_telling = False, scope.http_version != "2" and scope.headers.get("trailer") is None
    try:
        async with asyncio.timeout(MAX_BODY_SECONDS):
            async for part in channel:
                if ended and is_telling:
                    raise Problem("bad-request", BROKEN)
                ended = not part
                size += len(part)
                if size <= MAX_BODY_BYTES:
                    body_memory.add(part, len(body))
                    body += part
                elif size > MAX_DRAINED_BYTES:
                    break
    except TimeoutError:
        if size <= MAX_BODY_BYTES:
            raise Problem("slow", SLOW) from None
    finally:
        body_memory.remove(len(body))
    if size > MAX_BODY_BYTES:
        raise too_large(MAX_BODY_BYTES)
    return bytes(body)
