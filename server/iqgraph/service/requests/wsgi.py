"""The bridge from a request of the server (RSGI) to the application (WSGI, PEP 3333), which runs in threads."""

import asyncio
import io
import sys
import time
from concurrent.futures import Executor
from contextvars import copy_context
from typing import Any

from flask import Flask, Response

from ...engine import WORK
from ...web.agents.jsonrpc import HEADERS
from ...web.http.messages import HttpResponse, complete
from ...web.http.problems import REQUEST_ID
from .context import RequestContext


async def apply(app: Flask, threads: Executor, context: RequestContext, extra: dict[str, Any]) -> HttpResponse:
    """The response of the application, in a thread with the context of the request; `extra` are further keys for it."""
    # An executor does not copy the context variables: https://github.com/python/cpython/issues/78195
    run, loop = copy_context().run, asyncio.get_running_loop()
    return await loop.run_in_executor(threads, run, _work, app, environ(context) | extra)


def _work(app: Flask, environ: dict[str, Any]) -> HttpResponse:
    """The response of the application; the processor time of this thread is part of the work."""
    start = time.thread_time()
    try:
        return complete(UntypedResponse.from_app(app.wsgi_app, environ, buffered=True))
    finally:
        work = WORK.get()
        if work:
            work.seconds += time.thread_time() - start


def environ(context: RequestContext) -> dict[str, Any]:
    """The WSGI environment of a request."""
    scope, request = context.scope, context.request
    fields = {
        "HTTP_HOST": request.host or None,
        "HTTP_ACCEPT": request.accept,
        "HTTP_ACCEPT_LANGUAGE": request.language,
        "HTTP_CONTENT_ENCODING": request.body_encoding,
        "CONTENT_TYPE": request.body_type,
    }
    if request.method in ("POST", "OPTIONS"):  # their responses are not cached, so they may depend on more fields
        fields |= {f"HTTP_{name.upper().replace('-', '_')}": context.headers.get(name) for name in ("origin", *HEADERS)}
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": request.root,
        # PEP 3333 has bytes as text in Latin-1: https://peps.python.org/pep-3333/#unicode-issues
        "PATH_INFO": request.path.encode().decode("latin-1"),
        "QUERY_STRING": request.query.encode().decode("latin-1"),
        "SERVER_NAME": "localhost",  # Host overrides it, and the port (PEP 3333)
        "SERVER_PORT": "443" if request.scheme == "https" else "80",
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
        **{key: value for key, value in fields.items() if value is not None},
    }


class UntypedResponse(Response):
    """A response that has no media type unless the application sets one."""

    default_mimetype = None
