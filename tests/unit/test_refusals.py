"""The status and the message of a remote engine determine the error; the message is not passed on."""

import pytest

from iqgraph.client import Reply
from iqgraph.engine.elsewhere.endpoint import refusal
from iqgraph.engine.errors import Overloaded, QueryEvaluationError, QueryTooExpensive, Unreachable


class Unread(bytes):
    """A body that must not be decoded."""

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Fail."""
        raise AssertionError(f"read as {encoding}, {errors}")


def error(status: int, body: bytes, media_type: str = "text/plain") -> Exception | None:
    """The error of a reply."""
    return refusal(Reply(status, "Bad Request", media_type, body))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b"no", QueryEvaluationError),
        *((status, b"no", QueryTooExpensive) for status in (206, 408, 413, 422, 504)),
        (429, b"no", Overloaded),
        (503, b"Query timed out", QueryTooExpensive),
        (500, b"org.x.y.QueryTimeoutException", QueryTooExpensive),
        (500, b"The estimated execution time 4000 (sec) exceeds the limit", QueryTooExpensive),
        (500, b"The custom function <http://x/f> is not supported", QueryEvaluationError),
        (500, b"NullPointerException", Unreachable),
        (503, b"", Overloaded),
        (401, b"timeout", Unreachable),
        (200, b"timeout", type(None)),
    ],
)
def test_kinds(status: int, body: bytes, kind: type[object]) -> None:
    """The error is that of the query, of its cost, or of the engine."""
    assert type(error(status, body)) is kind


def test_an_answer_is_not_searched_for_refusals() -> None:
    """It may be long, and decoding it would cost more than the rest."""
    assert error(200, Unread(b'{"head": {}}'), "application/sparql-results+json") is None
