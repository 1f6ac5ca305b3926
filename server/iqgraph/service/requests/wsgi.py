"""The bridge from a request of the server (RSGI) to the application (WSGI, PEP 3333), which runs in threads."""

import asyncio
import io
import re
import sys
import time
from concurrent.futures import Executor
from contextvars import copy_context
from typing import Any

from flask import Flask, Response

from ...engine import WORK
from ...web.agents.jsonrpc import HEADERS
from ...web.http.messages import Answer
from ...web.http.problems import REQUEST_ID
from .context import RequestContext

_PORT = re.compile(r":[0-9]+$")


async def apply(
    app: Flask, threads: Executor, context: RequestContext, given: dict[str, Any], part: str | None
) -> Answer:
    """The answer of the application, which runs in a thread and knows for which request it works.

    `given` is what was found of it already, `part` the range of bytes that it asks for.
    """
    # An executor does not take the context along: https://github.com/python/cpython/issues/78195
    run, loop = copy_context().run, asyncio.get_running_loop()
    return await loop.run_in_executor(threads, run, _work, app, environ(context, part) | given)


def _work(app: Flask, environ: dict[str, Any]) -> Answer:
    """The whole answer of the application; what this thread had of a processor is part of the work."""
    begun = time.thread_time()
    try:
        response = Whole.from_app(app.wsgi_app, environ, buffered=True)
    finally:
        work = WORK.get()
        if work:
            work.seconds += time.thread_time() - begun
    plain = [(name.lower(), value) for name, value in response.headers if name != "Date"]  # the server adds its own
    return Answer(response.status_code, plain, response.get_data(), response.headers.get("ETag", ""))


def environ(context: RequestContext, part: str | None) -> dict[str, Any]:
    """The request as WSGI has it; `part` is the range of bytes that it asks for."""
    scope, request = context.scope, context.request
    usual = "443" if request.scheme == "https" else "80"
    name, _, port = request.host.rpartition(":") if _PORT.search(request.host) else (request.host, "", usual)
    given = {
        "HTTP_HOST": request.host or None,
        "HTTP_ACCEPT": request.accept,
        "HTTP_ACCEPT_LANGUAGE": request.language,
        "HTTP_CONTENT_ENCODING": request.body_encoding,
        "HTTP_RANGE": part,
        "HTTP_IF_RANGE": context.headers.get("if-range") if part is not None else None,
        "CONTENT_TYPE": request.body_type,
    }
    if request.method in ("POST", "OPTIONS"):  # no answer to them is kept, so more may decide it than a key holds
        given |= {f"HTTP_{name.upper().replace('-', '_')}": context.headers.get(name) for name in ("origin", *HEADERS)}
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": request.root,
        # PEP 3333 has bytes as text in Latin-1: https://peps.python.org/pep-3333/#unicode-issues
        "PATH_INFO": request.path.encode().decode("latin-1"),
        "QUERY_STRING": request.query.encode().decode("latin-1"),
        "SERVER_NAME": name or "localhost",
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": context.client,
        REQUEST_ID: context.id,
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{key: value for key, value in given.items() if value is not None},
    }


class Whole(Response):
    """An answer with the headers that the application gave, and with no type where it gave none."""

    default_mimetype = None
