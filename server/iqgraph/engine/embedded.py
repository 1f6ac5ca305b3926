"""The engine inside this process."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store, Triple

from ..errors import Inexpressible
from ..formats import XML, Format
from ..serialisation import serialise, whole
from ..terms import BASE, PREFIXES
from .errors import AnswerTooLarge, QueryEvaluationError, Unreadable, Unwritable
from .graphs import Scope, scope
from .interface import State
from .language.diagnosis import syntax_error
from .limits import Limits
from .parsing import where
from .query import Query
from .things.describe import describe
from .work import Figures

DAMAGED = "Corruption"
Results = QuerySolutions | QueryBoolean | Iterable[Triple]


class Embedded:
    """Answers queries from a store; what it returns is always complete, and never longer than `most`.

    A store on disk reads its files through open `descriptors`.
    """

    def __init__(
        self,
        store: Store,
        prefixes: Mapping[str, str] = PREFIXES,
        most: int | None = None,
        descriptors: Sequence[int] = (),
    ) -> None:
        self.store = store
        self.descriptors = descriptors
        self.prefixes = prefixes
        self.most = most
        self.limits: Limits | None = None
        self.services: frozenset[str] = frozenset()

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:  # noqa: ARG002 - all are one here
        """The whole answer in the chosen format, or a QueryError."""
        query.refuse()
        return self._answer(query, chosen, scope)

    def look_up(self, query: Query, chosen: Format) -> bytes:
        """The same for a query of which is proved that it changes nothing, calls nobody and chooses no graphs."""
        return self._answer(query, chosen, lambda store, _: Scope(store))

    def _answer(self, query: Query, chosen: Format, see: Callable[[Store, Query], Scope]) -> bytes:
        try:
            if query.unasked:
                return where(query)
            return self._write(self._evaluate(query, see(self.store, query)), chosen)
        except SyntaxError as error:
            raise syntax_error(query.text, str(error), self.prefixes) from error
        except OSError as error:
            raise Unreadable(str(error)) from error
        except Inexpressible as error:
            raise Unwritable(str(error)) from error
        except (RuntimeError, ValueError) as error:
            if str(error).startswith(DAMAGED):
                raise Unreadable(str(error)) from error
            raise QueryEvaluationError(str(error)) from error

    def state(self) -> State | None:
        """None: there is no engine elsewhere."""
        return None

    def figures(self) -> Figures:
        """Zeros: it has no workers."""
        return Figures()

    def _evaluate(self, query: Query, seen: Scope) -> Results:
        graphs: dict[str, Any] = {"default_graph": seen.default, "named_graphs": seen.named}
        results = seen.store.query(query.text, base_iri=BASE, **graphs)
        if isinstance(results, QueryTriples) and query.form == "DESCRIBE":
            return describe(seen, query, results)
        return results

    def _write(self, results: Results, chosen: Format) -> bytes:
        if not isinstance(results, QuerySolutions | QueryBoolean):
            answer = serialise(results, chosen, self.prefixes)
            if self.most is not None and len(answer) > self.most:
                raise AnswerTooLarge(self.most)
            return answer
        if self.most is None:
            answer = results.serialize(format=chosen.results) or b""
        else:
            page = _Page(self.most)
            results.serialize(page, chosen.results)
            answer = page.getvalue()
        return whole(answer) if chosen is XML else answer


class _Page(BytesIO):
    """Takes what the engine writes, and stops it once that is too much."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def write(self, content: bytes) -> int:  # type: ignore[override]
        """Take some more."""
        written = super().write(content)
        if self.tell() > self.most:
            raise AnswerTooLarge(self.most)
        return written
