"""The engine in worker processes, each of which can be killed; queries that are cheap by construction need none.

The fast path answers a SELECT of one triple pattern with a constant subject, and nothing else but prefixes and a LIMIT.
It has no join, filter, function, path, order or nesting, so its work and its answer are at most the statements about
that subject; these are counted and measured first, and beyond `MAX_STATEMENTS` or `MAX_STATEMENTS_CHARS` the query goes
to a worker as any other. One regular expression without backtracking recognises such a text, so that takes no longer
than reading the text once; texts longer than `MAX_QUERY_CHARS` are not tried. Its prefixes are read as in all other
queries, so the subject that is counted is the one that is asked for. Where all statements about the subject are asked
for, as in most lookups, they are written directly, since to parse and plan the query takes longer.
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
from ..interface import WORK, Disconnect, EngineMetrics, Shared
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
_prefix_declarations = lru_cache(MAX_PROLOGUES)(prefix_declarations)


class Isolated(Shared):
    """Answers queries in worker processes, within limits of time, memory and size.

    Create it before the process has a second thread, since it forks; then `attach` it to the loop of the server.
    """

    def __init__(self, engine: Embedded, limits: Settings) -> None:
        self.embedded = Embedded(engine.store, engine.prefixes, limits.answer_bytes)
        self.fast_path = FastPath(engine.store)
        self.limits = limits
        engine.explainer.prepare()
        self.zygote = spawn(engine, limits)

    def attach(self, loop: AbstractEventLoop) -> None:
        """Manage the workers in this event loop from now on."""
        super().attach(loop)
        self.pool = Pool(self.zygote, self.limits, loop)

    async def ask(self, query: Query, output: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:
        """The same from within the event loop; a long query is stopped once `disconnect` ends.

        A worker decides whether to refuse a query, since that may take long.
        """
        lookup = self.fast_path.match(query)
        if lookup:
            start = time.perf_counter()
            try:
                content = self.fast_path.write_statements(lookup) if output is JSON else b""
                is_complete = 0 < len(content) <= self.limits.answer_bytes
                return content if is_complete else self.embedded.answer(query, output)
            finally:
                if work := WORK.get():
                    work.seconds += time.perf_counter() - start
                    work.workload = "lookup"
        return await self.pool.ask(query, output, query.time_limit(self.limits.timeout), client, disconnect)

    def metrics(self) -> EngineMetrics:
        """The metrics of the workers."""
        return self.pool.metrics()


class FastPath:
    """Recognises and answers lookups in one store, which never changes, so a subject is measured only once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._is_small = lru_cache(MAX_SUBJECTS)(self._measure)

    def match(self, query: Query) -> re.Match[str] | None:
        """The parts of a query for no more than a few statements about one subject; None for all other queries."""
        if query.version or query.chooses_dataset or query.selection or len(query.text) > MAX_QUERY_CHARS:
            return None
        lookup = _LOOKUP.fullmatch(query.text)
        subject = _subject(lookup) if lookup else None
        return lookup if subject is not None and self._is_small(subject) else None

    def write_statements(self, lookup: re.Match[str]) -> bytes:
        """All statements about a subject, in JSON as the engine writes it; empty if less or something else is asked."""
        prologue, names, subject, predicate, value, limit = lookup.groups()
        is_open = predicate[0] == value[0] == "?" and predicate != value
        if prologue or limit or not is_open or names.split() not in ([predicate, value], ["*"]):
            return b""
        first, second = f'"{predicate[1:]}"', f'"{value[1:]}"'
        row = f"{{{{{first}:{{}},{second}:{{}}}}}}".format
        try:
            quads: Iterator[Any] = self.store.quads_for_pattern(NamedNode(subject[1:-1]), None, None, UNION)
            rows = ",".join([row(_json(quad.predicate), _json(quad.object)) for quad in quads])
        except (OSError, RuntimeError):  # the files are damaged, which the engine reports
            return b""
        return f'{{"head":{{"vars":[{first},{second}]}},"results":{{"bindings":[{rows}]}}}}'.encode()

    def _measure(self, subject: str) -> bool:
        try:
            quads = self.store.quads_for_pattern(NamedNode(subject), None, None, UNION)
        except ValueError:  # it is no IRI, which a worker reports
            return False
        size = 0
        for number, quad in enumerate(quads, 1):
            size += len(str(quad.predicate)) + len(str(quad.object))
            if number > MAX_STATEMENTS or size > MAX_STATEMENTS_CHARS or isinstance(quad.object, Triple):
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
    datatype = "" if term.datatype == XSD.string else f',"datatype":{encode(term.datatype.value)}'
    return f'{{"type":"literal","value":{value}{datatype}}}'


def _subject(lookup: re.Match[str]) -> str | None:
    """The IRI of the subject, or None if its prefix is not declared."""
    subject = lookup["subject"]
    if subject.startswith("<"):
        return subject[1:-1]
    prefix, _, local_name = subject.partition(":")
    namespace = _prefix_declarations(lookup["prologue"]).get(prefix)
    return None if namespace is None else namespace + local_name
