"""The engine inside this process: it answers a query from a store, or only parses it."""

import json
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from ..dataset import Dataset
from ..dataset.dataset import is_known
from ..errors import Inexpressible
from ..formats import CSV, XML, Format
from ..serialisation import escape_xml, serialise
from ..serialisation.tables import write_csv, write_table
from ..terms import PREFIXES
from .diagnosis import INVISIBLE, check_iris, syntax_error
from .errors import (
    AnswerTooLarge,
    PartNotExplained,
    QueryError,
    QueryEvaluationError,
    Unreadable,
    Unwritable,
    quote,
    release_frames,
)
from .evidence import Explainer
from .graphs import select_graphs
from .interface import Engine
from .query import GraphSelection, Query, parse

CORRUPTION = "Corruption"  # how messages of RocksDB begin, see its Status::ToString
# The routes of a query to an engine elsewhere, see `route`.
LOCAL, DEFAULT_DATASET, OWN_DATASET = b"local", b"default dataset", b"own dataset"


class Embedded(Engine):
    """Answers each query from the store of the version that it names, or from the current one.

    An answer is always whole, and at most `max_bytes` long. A store on disk reads its files through open `descriptors`.
    An older version is loaded by the process that is asked for it, in most cases a worker, which keeps the latest one;
    so the limits of queries hold for loading too, and a version that nobody asks for takes no memory.
    """

    def __init__(
        self,
        store: Store,
        prefixes: Mapping[str, str] = PREFIXES,
        max_bytes: int | None = None,
        descriptors: Sequence[int] = (),
        older: Mapping[str, Callable[[], Dataset]] | None = None,
    ) -> None:
        self.store = store
        self.older = older or {}
        self.explainer = Explainer(store)
        self._latest = "", self.explainer
        self.descriptors = descriptors
        self.prefixes = prefixes
        self.max_bytes = max_bytes

    def explainer_of(self, version: str) -> Explainer:
        """The explainer of a version, which has its store; that of the current version if none is named."""
        latest = self._latest
        if version and version != latest[0]:
            latest = self._latest = version, Explainer(self.older[version]().store)
        return latest[1] if version else self.explainer

    def answer(self, query: Query, output: Format, client: str = "") -> bytes:  # noqa: ARG002 - all are one here
        """The whole answer in a format, or a QueryError."""
        if query.selection and query.calls_service:
            raise PartNotExplained("SERVICE")
        query.refuse()
        try:
            return self._attempt(query, output)
        except QueryError as error:
            release_frames(error)
            raise

    def _attempt(self, query: Query, output: Format) -> bytes:
        try:
            explainer = self.explainer_of(query.version)
            store = explainer.store
            if not query.text.isascii() and INVISIBLE.search(query.text):
                check_iris(query.text, lambda iri: is_known(store, NamedNode(iri)))
            if query.is_parse_only:
                return route(query)
            if query.selection:
                route(query)  # raises if it is no query at all
                answer = json.dumps(explainer.explain(query, query.selection), ensure_ascii=False).encode()
            else:
                answer = self._evaluate(store, query, output)
        except SyntaxError as error:
            raise syntax_error(query.text, str(error), self.prefixes) from error
        except OSError as error:
            raise Unreadable(str(error)) from error
        except Inexpressible as error:
            raise Unwritable(error.text) from error
        except (RuntimeError, ValueError) as error:
            if str(error).startswith(CORRUPTION):
                raise Unreadable(str(error)) from error
            raise QueryEvaluationError(quote(str(error))) from error
        if self.max_bytes is not None and len(answer) > self.max_bytes:
            raise AnswerTooLarge(self.max_bytes)
        return answer

    def _evaluate(self, store: Store, query: Query, output: Format) -> bytes:
        has_dataset = query.chooses_dataset or query.from_clauses
        results = (select_graphs(store, query) if has_dataset else GraphSelection(store)).ask(query)
        if isinstance(results, QueryTriples):
            return serialise(results, output, self.prefixes)
        return write_results(results, output, self.max_bytes)


def write_results(results: QuerySolutions | QueryBoolean, output: Format, max_bytes: int | None = None) -> bytes:
    """Rows or a boolean in a format; AnswerTooLarge as soon as they are longer than `max_bytes`."""
    buffer = _BoundedBuffer(max_bytes)
    if output.content == "table":
        write_table(results, output, buffer)
    elif output is CSV and isinstance(results, QuerySolutions):
        write_csv(results, buffer)
    else:
        results.serialize(buffer, output.results)
    content = buffer.getvalue()
    return escape_xml(content) if output is XML else content


class _BoundedBuffer(BytesIO):
    """Takes what the engine writes, and stops the engine once that is too much."""

    def __init__(self, max_bytes: int | None) -> None:
        super().__init__()
        self.max_bytes = max_bytes

    def write(self, content: bytes) -> int:  # type: ignore[override]
        """Append content; AnswerTooLarge if it is too much."""
        count = super().write(content)
        if self.max_bytes is not None and self.tell() > self.max_bytes:
            # An error here ends the evaluation; nothing else can: https://github.com/oxigraph/oxigraph/issues/1926
            raise AnswerTooLarge(self.max_bytes)
        return count


def route(query: Query) -> bytes:
    """How to ask a query that is meant for an engine elsewhere: here, or there, with or without a dataset of its own.

    LOCAL are DESCRIBE, whose answer SPARQL leaves to the service, and several default graphs, which many engines join
    without removing duplicate statements (https://github.com/openlink/virtuoso-opensource/issues/1406). Of the others,
    OWN_DATASET choose their graphs, and DEFAULT_DATASET do not. A text that is no query is a SyntaxError, a graph that
    is no IRI a GraphNameError.

    The parser of this engine reads each query first, so that mistakes are explained in the same words everywhere; and
    it does so in a worker, as evaluation does, since a text can be long, or nested so deeply that the parser crashes.
    """
    parse(query.text)
    empty = Store()
    graphs = select_graphs(empty, query)
    if query.form == "DESCRIBE" or graphs.store is not empty:
        return LOCAL
    return DEFAULT_DATASET if graphs.default_graphs is None else OWN_DATASET
