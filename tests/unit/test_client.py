"""The HTTP client: whole responses, in time, from the URL of the request."""

import time
from functools import partial

import pytest

from iqgraph.client import NoReply, Reply, ReplyTimeout, ReplyTooLong, Request, Server, login
from iqgraph.errors import CallError
from loopback import Handle, answer, endless, other, raw

ASK = Request("POST", {"Content-Type": "text/plain"}, b"question")
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
SOON = partial(time.sleep, 0.02)


def test_question_and_answer() -> None:
    """All parts of the request and the response arrive."""
    with other(answer(200, b"answer", "text/plain; charset=utf-8")) as there:
        server = Server(f"{there.url}?a=1", login("", "", "t"))
        reply = server.send(Request("PUT", {"Content-Type": "x/y"}, b"question", "b=2"), 5)

    assert reply == Reply(200, "OK", "text/plain", b"answer")
    [request] = there.asked
    assert (request.method, request.target, request.body) == ("PUT", "/there?a=1&b=2", b"question")
    assert (request.headers["content-type"], request.headers["authorization"]) == ("x/y", "Bearer t")


@pytest.mark.parametrize("content", [b"x" * 100, b""], ids=["full", "empty"])
def test_a_response_at_the_size_limit(content: bytes) -> None:
    """The limit itself is allowed."""
    with other(answer(200, content)) as there:
        assert Server(there.url).send(ASK, 5, 100).body == content


def test_redirects_are_not_followed() -> None:
    """Credentials would be sent elsewhere."""
    with other(answer(200)) as elsewhere, other(answer(302, Location=elsewhere.url)) as there:
        assert Server(there.url).send(ASK, 5).status == 302

    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("handle", "kind"),
    [
        (raw(), NoReply),
        (raw(b"nonsense\r\n\r\n"), NoReply),
        (raw(OK, b"Content-Length: 10\r\n\r\nhalf"), NoReply),
        (raw(OK, b"Transfer-Encoding: chunked\r\n\r\n", b"4\r\nhalf\r\n"), NoReply),
        (answer(200, b"x" * 101), ReplyTooLong),
        (endless(b"", b"x", SOON), ReplyTimeout),
        (endless(OK, b"X: y\r\n", SOON), ReplyTimeout),
        (endless(OK + b"\r\n", b"x", SOON), ReplyTimeout),
        (endless(OK + b"Content-Length: 90\r\n\r\n", b"x", SOON), ReplyTimeout),
        (raw(OK, b"\r\n", b"x" * 1000), ReplyTooLong),
    ],
    ids=[
        "nothing",
        "no HTTP",
        "half",
        "half a chunk",
        "too long",
        "drops",
        "drops of a head",
        "drops of a body",
        "drops of a known number",
        "too long without length",
    ],
)
def test_bad_responses(handle: Handle, kind: type[NoReply]) -> None:
    """An incomplete or too long response is an error; a slow one gets no more time."""
    start = time.monotonic()
    with other(handle) as there, pytest.raises(kind):
        Server(there.url).send(ASK, 0.5, 100)

    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "url",
    [
        "",
        "here",
        "ftp://a/",
        "file:///etc/hostname",
        "http://",
        "http://a:99999/",
        "http://[::1/",
        "http://user:secret@a/",
        "http://a/#b",
        "http://a/ b",
        "http://a/\r\nx: y",
        "http://ä/",
    ],
)
def test_invalid_urls(url: str) -> None:
    """The error names the URL; a password in it is refused."""
    with pytest.raises(CallError, match="no plain address"):
        Server(url)


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("http://localhost:1/", True),
        ("http://127.0.0.9/", True),
        ("http://[::1]/", True),
        ("https://example.org/", True),
        ("http://example.org/", False),
        ("http://192.0.2.1/", False),
        ("http://localhost.example.org/", False),
    ],
)
def test_credentials_are_not_sent_in_plain_text(url: str, is_allowed: bool) -> None:
    """Except to this machine."""
    if is_allowed:
        assert Server(url, login("", "", "t")).credentials
    else:
        with pytest.raises(CallError, match="https only"):
            Server(url, login("", "", "t"))


def test_secrets_are_not_in_the_repr() -> None:
    """So neither a log nor a traceback contains them."""
    text = repr(Server("https://a/", login("", "", "secret")))

    assert "https://a/" in text
    assert "secret" not in text
