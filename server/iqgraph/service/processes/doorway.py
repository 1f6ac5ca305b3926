"""The way into the site, which knows who is inside: it sends late comers on, and those who stay too long away."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator

from ...web.http.problems import INTERNAL, Problem, respond
from ...web.monitoring.metrics import MISS
from ..requests.cache import Headers
from ..requests.front import ID, LAST, Front, whole_body
from ..requests.journal import REQUEST
from ..requests.ledger import DATA
from ..requests.proxies import new_id
from ..requests.wsgi import Channel, Scope, field
from .relay import Successor

PAUSE = 0.02
log = logging.getLogger(__name__)
STOPPING = "The service is being stopped or started again. The request may be right; send it again in a moment."


class Doorway:
    """The site as the server runs it, while it is open, while another process follows it, and while it is closed."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.inside: dict[Channel, Scope] = {}
        self.entered = asyncio.Event()
        self.leaving = False
        self.successor: Successor | None = None

    async def __rsgi__(self, scope: Scope, channel: Channel) -> None:
        """Answer one request, here or by the process that follows."""
        self.entered.set()
        if self.leaving:
            channel = Farewell(channel)
        self.inside[channel] = scope
        try:
            if self.successor:
                await self._relay(self.successor, scope, channel)
            else:
                await self.front.__rsgi__(scope, channel)
        except Exception:
            REQUEST.set(REQUEST.get() or new_id())
            log.exception("Fault at %s %s", scope.method, scope.path)
            self.front.metrics.count(scope.method, 500, DATA, MISS, 0.0)
            self._refuse(scope, channel, Problem("internal", INTERNAL))
        finally:
            self.inside.pop(channel, None)

    async def emptied(self, seconds: float) -> bool:
        """Wait until every request is answered, but no longer than so many seconds."""
        end = time.monotonic() + seconds
        while self.inside and time.monotonic() < end:
            await asyncio.sleep(PAUSE)
        return not self.inside

    def send_away(self) -> None:
        """Tell those who still wait that they will get no answer now."""
        for channel, scope in list(self.inside.items()):
            self._refuse(scope, channel)

    async def _relay(self, successor: Successor, scope: Scope, channel: Channel) -> None:
        try:
            await successor.ask(scope, await whole_body(scope, channel, self.front.under_way), channel)
        except Problem as problem:
            self._refuse(scope, channel, problem)
        except ConnectionError:
            self._refuse(scope, channel)

    def _refuse(self, scope: Scope, channel: Channel, problem: Problem | None = None) -> None:
        accepted = field(scope, "accept")
        with self.front.app.test_request_context(scope.path, headers={"Accept": accepted} if accepted else {}):
            response = respond(problem or Problem("stopping", STOPPING))
        headers: Headers = [(name.lower(), value) for name, value in response.headers]
        named = (ID, REQUEST.get() or new_id())
        channel.response_bytes(response.status_code, [*headers, named, LAST], response.get_data())


class Farewell:
    """A channel whose answer is the last one on its connection (RFC 9112, section 9.6)."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.client_disconnect = channel.client_disconnect

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts of the body."""
        return self.channel.__aiter__()

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Send an answer."""
        self.channel.response_bytes(status, _last(headers), body)

    def response_empty(self, status: int, headers: Headers) -> None:
        """Send an answer without a body."""
        self.channel.response_empty(status, _last(headers))


def _last(headers: Headers) -> Headers:
    return [*(pair for pair in headers if pair[0] != "connection"), LAST]
