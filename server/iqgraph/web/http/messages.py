"""A request and its answer as values: all that can decide an answer, and all that goes out."""

from dataclasses import dataclass
from typing import NamedTuple

from .language import Language

Headers = list[tuple[str, str]]


class Request(NamedTuple):
    """All of a request that can decide an answer; nothing else reaches the application."""

    method: str = "GET"
    scheme: str = "http"
    host: str = ""
    root: str = ""
    path: str = "/"
    query: str = ""
    accept: str | None = None
    language: Language = "en"
    datetime: str | None = None
    body_type: str | None = None
    body_encoding: str | None = None
    coding: str = ""
    body: bytes = b""


@dataclass(slots=True)
class Answer:
    """A whole answer as it goes to the client, and what kind of thing it is; `query` is the text that it answers."""

    status: int
    headers: Headers
    body: bytes
    tag: str = ""
    kind: str = ""
    query: str | None = None
