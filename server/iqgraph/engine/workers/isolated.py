"""The engine in processes of its own, each of which can be killed; queries that are cheap by construction need none.

The fast lane answers a SELECT of one triple pattern whose subject is named, with nothing else but prefixes and a LIMIT.
It has no join, filter, function, path, order or nesting, so its work and its answer are at most the statements about
that one subject; those are counted and measured first, and beyond `MAX_STATEMENTS` or `MAX_STATEMENTS_CHARS` the query
goes to a worker as any other. What the text may hold is one regular expression without backtracking, so deciding costs
no more than reading the text once; texts longer than `MAX_QUERY_CHARS` are not even looked at. Its prefixes are read as
in all other queries, so the subject that is counted is the one that is asked. Where all that is said of a subject is
asked for, as most lookups do, its statements are written down as they are: to parse and plan that takes longer.
"""

import re
import time
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from functools import lru_cache
from json.encoder import encode_basestring as encode
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from ...dataset import UNION
from ...formats import JSON, Format
from ...settings import Settings
from ...terms import XSD
from ..embedded import Embedded
from ..interface import WORK, Disconnect, Figures, Shared
from ..query import Query
from ..tokens import prefix_declarations
from .pool import Pool
from .zygote import spawn

MAX_STATEMENTS = 1000
MAX_STATEMENTS_CHARS = 1 << 18
MAX_QUERY_CHARS = 4096
MAX_SUBJECTS = 1024
MAX_PROLOGUES = 256
_SPACE = r"(?:[ \t\r\n]|\#[^\r\n]*+[\r\n])*+"
_IRI = r"<[A-Za-z][A-Za-z0-9+.-]*+:[A-Za-z0-9_.~:/?\#@!$&'()*+,;=%-]*+>"
_NAME = r"[A-Za-z][A-Za-z0-9_-]*+:[A-Za-z0-9_-]*+"
_TERM = rf"(?:{_IRI}|{_NAME}|\?[A-Za-z0-9_]++)"
_LOOKUP = re.compile(
    rf"{_SPACE}(?P<prologue>(?:PREFIX{_SPACE}[A-Za-z][A-Za-z0-9_-]*+:{_SPACE}{_IRI}{_SPACE})*+)"
    rf"SELECT(?P<names>{_SPACE}\*|(?:{_SPACE}\?[A-Za-z0-9_]++){{1,3}}+){_SPACE}(?:WHERE{_SPACE})?+"
    rf"\{{{_SPACE}(?P<subject>{_IRI}|{_NAME}){_SPACE}(?P<predicate>{_TERM}){_SPACE}(?P<object>{_TERM}){_SPACE}"
    rf"(?:\.{_SPACE})?+\}}{_SPACE}(?P<limit>LIMIT{_SPACE}[0-9]{{1,9}}{_SPACE})?+(?:\#[^\r\n]*+)?+",
    re.IGNORECASE,
)
_declared = lru_cache(MAX_PROLOGUES)(prefix_declarations)


class Isolated(Shared):
    """Answers queries in worker processes, within limits of time, memory and size.

    Make it before the process has a second thread, since it forks; then `attach` it to the loop of the server.
    """

    def __init__(self, engine: Embedded, limits: Settings) -> None:
        self.near = Embedded(engine.store, engine.prefixes, limits.answer_bytes)
        self.lane = Lane(engine.store)
        self.limits = limits
        engine.explainer.prepare()
        self.zygote = spawn(engine, limits)

    def attach(self, loop: AbstractEventLoop) -> None:
        """Let the workers be looked after in this loop."""
        super().attach(loop)
        self.pool = Pool(self.zygote, self.limits, loop)

    async def ask(self, query: Query, chosen: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:
        """The same from within the loop; once the client is `disconnect`, a long query is given up.

        Whether to refuse a query is found out in a worker, since that may take long.
        """
        found = self.lane.takes(query)
        if found:
            begun = time.perf_counter()
            try:
                content = self.lane.statements(found) if chosen is JSON else b""
                return content if 0 < len(content) <= self.limits.answer_bytes else self.near.answer(query, chosen)
            finally:
                if work := WORK.get():
                    work.seconds += time.perf_counter() - begun
                    work.way = "lookup"
        return await self.pool.ask(query, chosen, query.time(self.limits.timeout), client, disconnect)

    def figures(self) -> Figures:
        """What the workers do now, and what became of them."""
        return self.pool.figures()


class Lane:
    """The lane beside one store, which never changes; so what was counted once stays true."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._is_small = lru_cache(MAX_SUBJECTS)(self._measure)

    def takes(self, query: Query) -> re.Match[str] | None:
        """The parts of a query that asks for no more than a few statements about one subject; None for all others."""
        if query.version or query.chooses_dataset or query.wanted or len(query.text) > MAX_QUERY_CHARS:
            return None
        found = _LOOKUP.fullmatch(query.text)
        subject = _subject(found) if found else None
        return found if subject is not None and self._is_small(subject) else None

    def statements(self, found: re.Match[str]) -> bytes:
        """All that is said of a subject, in JSON as the engine writes it; nothing if less or else is asked for."""
        prologue, names, subject, predicate, value, limit = found.groups()
        is_open = predicate[0] == value[0] == "?" and predicate != value
        if prologue or limit or not is_open or names.split() not in ([predicate, value], ["*"]):
            return b""
        first, second = f'"{predicate[1:]}"', f'"{value[1:]}"'
        row = f"{{{{{first}:{{}},{second}:{{}}}}}}".format
        try:
            about: Iterator[Any] = self.store.quads_for_pattern(NamedNode(subject[1:-1]), None, None, UNION)
            rows = ",".join([row(_json(one.predicate), _json(one.object)) for one in about])
        except (OSError, RuntimeError):  # of files that are damaged; the engine says so
            return b""
        return f'{{"head":{{"vars":[{first},{second}]}},"results":{{"bindings":[{rows}]}}}}'.encode()

    def _measure(self, subject: str) -> bool:
        try:
            statements = self.store.quads_for_pattern(NamedNode(subject), None, None, UNION)
        except ValueError:  # it is no IRI, and a worker says so
            return False
        size = 0
        for number, one in enumerate(statements, 1):
            size += len(str(one.predicate)) + len(str(one.object))
            if number > MAX_STATEMENTS or size > MAX_STATEMENTS_CHARS or isinstance(one.object, Triple):
                return False
        return True


def _json(term: NamedNode | BlankNode | Literal) -> str:
    """A term in the results of a query (https://www.w3.org/TR/sparql12-results-json/#select-encode-terms)."""
    value = encode(term.value)
    if not isinstance(term, Literal):
        return f'{{"type":"{"uri" if isinstance(term, NamedNode) else "bnode"}","value":{value}}}'
    direction = f',"its:dir":"{term.direction}"' if term.direction else ""
    if term.language:
        return f'{{"type":"literal","value":{value},"xml:lang":"{term.language}"{direction}}}'
    kind = "" if term.datatype == XSD.string else f',"datatype":{encode(term.datatype.value)}'
    return f'{{"type":"literal","value":{value}{kind}}}'


def _subject(found: re.Match[str]) -> str | None:
    subject = found["subject"]
    if subject.startswith("<"):
        return subject[1:-1]
    prefix, _, local = subject.partition(":")
    space = _declared(found["prologue"]).get(prefix)
    return None if space is None else space + local
