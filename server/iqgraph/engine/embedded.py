"""The engine inside this process: it answers a query from a store, or reads it without asking it."""

import json
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from traceback import clear_frames

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from ..dataset import Dataset
from ..dataset.dataset import is_known
from ..errors import Inexpressible
from ..formats import CSV, XML, Format
from ..serialisation import escape_xml, serialise
from ..serialisation.tables import write_csv, write_table
from ..terms import PREFIXES
from .diagnosis import INVISIBLE, check_iris, syntax_error
from .errors import AnswerTooLarge, PartNotExplained, QueryError, QueryEvaluationError, Unreadable, Unwritable, quote
from .evidence import Explainer
from .interface import Engine
from .query import Query, Scope, parse
from .scope import scope

DAMAGED = "Corruption"  # how messages of RocksDB begin, see its Status::ToString
# What `answering` says; see there.
HERE, STATED, OPEN = b"here", b"stated", b"open"


class Embedded(Engine):
    """Answers each query from the store of the version that it names, from the current one if it names none.

    What it returns is always complete, and never longer than `most`. A store on disk reads its files through open
    `descriptors`. An `older` version is loaded by the process that is asked for it, most often a worker, which keeps
    the last one; so asking one is as limited as asking the current one, and none costs memory that nobody asks for.
    """

    def __init__(
        self,
        store: Store,
        prefixes: Mapping[str, str] = PREFIXES,
        most: int | None = None,
        descriptors: Sequence[int] = (),
        older: Mapping[str, Callable[[], Dataset]] | None = None,
    ) -> None:
        self.store = store
        self.older = older or {}
        self.explainer = Explainer(store)
        self.last = "", self.explainer
        self.descriptors = descriptors
        self.prefixes = prefixes
        self.most = most

    def explainer_of(self, version: str) -> Explainer:
        """The store of a version with what explains its answers, the current one's if none is named."""
        last = self.last
        if version and version != last[0]:
            last = self.last = version, Explainer(self.older[version]().store)
        return last[1] if version else self.explainer

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:  # noqa: ARG002 - all are one here
        """The whole answer in the chosen format, or a QueryError."""
        if query.wanted and query.calls_service:
            raise PartNotExplained("SERVICE")
        query.refuse()
        try:
            return self._attempt(query, chosen)
        except QueryError as error:
            # Tracebacks hold the rows of the engine, which only the thread that asked may let go, and whatever thread
            # collects garbage would: https://pyo3.rs/v0.25.0/class.html#customizing-the-class, `unsendable`.
            clear_frames(error.__traceback__)
            if error.__cause__:
                clear_frames(error.__cause__.__traceback__)
            raise

    def _attempt(self, query: Query, chosen: Format) -> bytes:
        try:
            explainer = self.explainer_of(query.version)
            store = explainer.store
            if not query.text.isascii() and INVISIBLE.search(query.text):
                check_iris(query.text, lambda iri: is_known(store, NamedNode(iri)))
            if query.is_parse_only:
                return answering(query)
            if query.wanted:
                answering(query)  # whether it is a query at all
                answer = json.dumps(explainer.explain(query, query.wanted), ensure_ascii=False).encode()
            else:
                answer = self._evaluate(store, query, chosen)
        except SyntaxError as error:
            raise syntax_error(query.text, str(error), self.prefixes) from error
        except OSError as error:
            raise Unreadable(str(error)) from error
        except Inexpressible as error:
            raise Unwritable(error.text) from error
        except (RuntimeError, ValueError) as error:
            if str(error).startswith(DAMAGED):
                raise Unreadable(str(error)) from error
            raise QueryEvaluationError(quote(str(error))) from error
        if self.most is not None and len(answer) > self.most:
            raise AnswerTooLarge(self.most)
        return answer

    def _evaluate(self, store: Store, query: Query, chosen: Format) -> bytes:
        has_choice = query.chooses_dataset or query.from_clauses
        results = (scope(store, query) if has_choice else Scope(store)).ask(query)
        if isinstance(results, QueryTriples):
            return serialise(results, chosen, self.prefixes)
        return write_rows(results, chosen, self.most)


def write_rows(results: QuerySolutions | QueryBoolean, chosen: Format, most: int | None = None) -> bytes:
    """Rows or a truth in the chosen format; AnswerTooLarge as soon as that is longer than `most`."""
    page = _Page(most)
    if chosen.kind == "table":
        write_table(results, chosen, page)
    elif chosen is CSV and isinstance(results, QuerySolutions):
        write_csv(results, page)
    else:
        results.serialize(page, chosen.results)
    answer = page.getvalue()
    return escape_xml(answer) if chosen is XML else answer


class _Page(BytesIO):
    """Takes what the engine writes, and stops it once that is too much."""

    def __init__(self, most: int | None) -> None:
        super().__init__()
        self.most = most

    def write(self, content: bytes) -> int:  # type: ignore[override]
        """Take some more."""
        written = super().write(content)
        if self.most is not None and self.tell() > self.most:
            # An error here ends the evaluation, which nothing else can: https://github.com/oxigraph/oxigraph/issues/1926
            raise AnswerTooLarge(self.most)
        return written


def answering(query: Query) -> bytes:
    """Which engine may answer a query that is for one elsewhere: HERE this one alone, else STATED or OPEN that one.

    STATED if the query chooses its graphs, OPEN if not. HERE are DESCRIBE, whose answer SPARQL leaves to the service,
    and several default graphs, which many engines join without taking out the statements that are in two of them
    (https://github.com/openlink/virtuoso-opensource/issues/1406). A text that is no query is a SyntaxError, a graph
    that is no IRI a GraphNameError.

    It is read here first, by the parser of this engine, so that mistakes are explained in the same words everywhere;
    and in a worker, as evaluating is, since a text can be long, or nested so deeply that the parser breaks.
    """
    parse(query.text)
    nothing = Store()
    seen = scope(nothing, query)
    if query.form == "DESCRIBE" or seen.store is not nothing:
        return HERE
    return OPEN if seen.default is None else STATED
