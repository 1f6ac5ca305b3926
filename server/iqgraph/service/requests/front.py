"""The front of the site: takes whole requests without holding a thread, and answers again what it has answered before.

It speaks RSGI to the server and WSGI to the application, which it runs in threads of its own.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from flask import Flask

from ...engine import MIB, WORK, Shared, Work
from ...settings import Settings
from ...web import monitoring
from ...web.http.headers import NO_STORE
from ...web.http.messages import Answer, Request
from ...web.http.problems import REFUSED, Problem, over_budget, respond
from ...web.query.endpoint import OUTCOME, Endpoint
from ...web.query.protocol import MAX_FIELDS, TOO_MANY
from ...web.site import EXTENSION, Site
from . import wsgi
from .bodies import UnderWay
from .cache import Cache
from .compression import compressed, is_compressible, varied
from .context import MAX_HEAD_BYTES, Channel, Context, Scope, field, head_size
from .journal import REQUEST
from .ledger import DATA, Ledger
from .proxies import Proxies, household, new_id

THREADS = 16
LARGEST_BODY = 1 << 20
SLOWEST_BODY = 10.0
LARGEST_CACHED = 1 << 20
AT_ONCE = 1 << 14
BODILESS = {"GET", "HEAD", "OPTIONS"}
CONDITIONAL = {"GET", "HEAD", "QUERY"}
ASKING = {"GET", "POST", "QUERY"}
OF_CONTENT = {"content-type", "content-length", "content-encoding"}
ID = "x-request-id"
LAST = ("connection", "close")
QUERIES = "/sparql"  # its answers are whole; a range of one would be asked for in a thread, of which there are few
SLOW = "The body of the request did not come within {:g} seconds."
HEAD = (
    "The header fields of the request have more than {} KiB together. "
    "Delete the cookies of this site, or send fewer and shorter fields."
)
BROKEN = "The body of the request is not as its head says, or broke off before its end."


class Front:
    """The application as the server runs it."""

    def __init__(
        self,
        app: Flask,
        engine: Shared | None = None,
        settings: Settings = Settings(),
    ) -> None:
        self.app = app
        self.engine = engine
        self.is_closing = False  # whether each answer is the last one on its connection
        site: Site | None = app.extensions.get(EXTENSION)
        self.versions = frozenset(site.versions if site else ())
        self.metrics = app.extensions.setdefault(monitoring.METRICS, monitoring.Metrics())
        self.proxies = Proxies(settings.base_path, settings.trusted_proxies, settings.public_url)
        self.cache: Cache[Request] = Cache(int(settings.cache_size * MIB), LARGEST_CACHED)
        self.ledger = Ledger(settings, self.metrics, self.cache)
        self.threads = ThreadPoolExecutor(THREADS, "site")
        self.endpoint = Endpoint(site, engine, self.metrics, self.threads) if site and engine else None
        self.under_way = UnderWay()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look after the workers of the engine in the loop of the server."""
        if self.engine:
            self.engine.attach(loop)

    def close(self) -> None:
        """Write down what was not yet."""
        self.ledger.logs.close()

    async def __rsgi__(self, scope: Scope, channel: Channel) -> None:
        """Answer one request."""
        begun = time.perf_counter()
        body, problem = b"", None
        try:
            body = await whole_body(scope, channel, self.under_way)
        except Problem as its:
            problem = its
        context = self.proxies.read(scope, channel, body, self.versions)
        request, problem = context.request, problem or _fault(context)
        part = field(scope, "range") if scope.method == "GET" and not request.path.endswith(QUERIES) else None
        straight = part is not None or problem is not None
        found = None if straight else self.cache.get(request)
        if found:
            answer, headers = found, [*found.headers, (ID, context.id)]
        else:
            answer = await (self._run(context, part, problem) if straight else self._variant(context))
            more = [*self.ledger.headers(context, answer), *([LAST] if problem else ())]
            headers = [*answer.headers, (ID, context.id), *more]
        if self.is_closing and LAST not in headers:
            headers.append(LAST)
        status = answer.status
        if answer.tag and scope.method in CONDITIONAL and _matches(field(scope, "if-none-match"), answer.tag):
            status = 304
            channel.response_empty(status, [pair for pair in headers if pair[0] not in OF_CONTENT])
        elif scope.method == "HEAD":
            others = [pair for pair in headers if pair[0] != "content-length"]
            channel.response_empty(status, [*others, ("content-length", str(len(answer.body)))])
        else:
            channel.response_bytes(status, headers, answer.body)
        seconds, cache = time.perf_counter() - begun, monitoring.HIT if found else monitoring.MISS
        self.metrics.count(scope.method, status, answer.kind, cache, seconds)
        if self.ledger.logs.kept:
            self.ledger.write_down(context, answer, status, seconds, cache)

    def refuse(self, scope: Scope, channel: Channel, problem: Problem) -> None:
        """Answer with a problem that is not of the request, and close the connection."""
        accepted = field(scope, "accept")
        with self.app.test_request_context(scope.path, headers={"Accept": accepted} if accepted else {}):
            response = respond(problem)
        headers = [(name.lower(), value) for name, value in response.headers]
        named = (ID, REQUEST.get() or new_id())
        channel.response_bytes(response.status_code, [*headers, named, LAST], response.get_data())
        self.metrics.count(scope.method, response.status_code, DATA, monitoring.MISS, 0.0)

    async def _variant(self, context: Context) -> Answer:
        """The answer as the client wants it, compressed or plain; both are kept."""
        request = context.request
        plain = request._replace(coding="") if request.coding else request
        answer = self.cache.get(plain) if request.coding else None
        if answer is None:
            answer = varied(await self._run(context))
            self._keep(plain, answer)
        if not request.coding or not is_compressible(answer):
            return answer
        if len(answer.body) > AT_ONCE:
            answer = await asyncio.get_running_loop().run_in_executor(self.threads, compressed, answer)
        else:
            answer = compressed(answer)
        self._keep(request, answer)
        return answer

    def _keep(self, request: Request, answer: Answer) -> None:
        if answer.status == 200 and answer.tag and ("cache-control", NO_STORE) not in answer.headers:
            self.cache.put(request, answer, request.size)

    async def _run(self, context: Context, part: str | None = None, problem: Problem | None = None) -> Answer:
        """The answer, computed within the budget of its client, unless there is a problem with the request."""
        work = Work()
        WORK.set(work)
        REQUEST.set(context.id)
        if problem is None and (wait := self.ledger.refuses(context)) is not None:
            problem = over_budget(wait)
        answer = await (self._apply(context, {REFUSED: problem}, part) if problem else self._compute(context, part))
        answer.kind = self.ledger.settle(context, answer, work)
        return answer

    async def _compute(self, context: Context, part: str | None) -> Answer:
        """The answer to a query if it is one that programs read, else that of the application."""
        request, whole = context.request, len(context.request.body) <= LARGEST_BODY
        if not (self.endpoint and whole and context.path == QUERIES and request.method in ASKING):
            return await self._apply(context, {}, part)
        client, gone = household(context.client), context.channel.client_disconnect
        outcome = await self.endpoint.answer(request, context.version, client, gone)
        if isinstance(outcome, Answer):
            return outcome
        answer = await self._apply(context, {REFUSED: outcome.problem, OUTCOME: outcome})
        answer.query = outcome.query.text if outcome.query else None
        return answer

    async def _apply(self, context: Context, given: dict[str, Any], part: str | None = None) -> Answer:
        """The answer of the application, which runs in a thread and knows for which request it works."""
        environ = wsgi.environ(context, part) | given
        run = copy_context().run
        return await asyncio.get_running_loop().run_in_executor(self.threads, run, _work, self.app, environ)


def _fault(context: Context) -> Problem | None:
    """What is wrong with the head of a request, whatever it asks for."""
    if head_size(context.scope) > MAX_HEAD_BYTES:
        return Problem("header-fields", HEAD.format(MAX_HEAD_BYTES >> 10))
    if context.request.query.count("&") >= MAX_FIELDS:
        return Problem("bad-request", TOO_MANY)
    return Problem("bad-request", context.fault) if context.fault else None


async def whole_body(scope: Scope, channel: Channel, under_way: UnderWay) -> bytes:
    """The whole body, or as much of one that is too large as shows that it is; a Problem if it has no end.

    The server says nothing of a body that breaks off, but gives one empty part more than at the end of a whole one.
    A trailer is such a part too, and HTTP/2 has parts without content.
    """
    body = bytearray()
    if scope.method in BODILESS:
        return b""
    ended, telling = False, scope.http_version != "2" and scope.headers.get("trailer") is None
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            async for part in channel:
                if ended and telling:
                    raise Problem("bad-request", BROKEN)
                ended = not part
                under_way.add(part, len(body))
                body += part
                if len(body) > LARGEST_BODY:
                    break
    except TimeoutError:
        raise Problem("slow", SLOW.format(SLOWEST_BODY)) from None
    finally:
        under_way.remove(len(body))
    return bytes(body)


def _work(app: Flask, environ: dict[str, Any]) -> Answer:
    """The answer of the application; what this thread had of a processor is part of the work."""
    begun = time.thread_time()
    try:
        return wsgi.call(app, environ)
    finally:
        work = WORK.get()
        if work:
            work.seconds += time.thread_time() - begun


def _matches(asked: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag; the comparison is weak, as RFC 9110 section 13.1.2 has it."""
    if asked is None:
        return False
    tags = {one.strip().removeprefix("W/") for one in asked.split(",")}
    return "*" in tags or tag in tags
