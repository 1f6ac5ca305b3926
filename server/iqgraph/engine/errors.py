"""What can go wrong with a query, each with a message for the person who wrote it."""

from collections.abc import Collection


class QueryError(Exception):
    """The query cannot be answered, and asking again will not help."""


class QuerySyntaxError(QueryError):
    """The text is not a SPARQL query; line and column count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryEvaluationError(QueryError):
    """The query is well formed, but something in it cannot be computed."""


class Unwritable(QueryError):
    """The format has no way to write the answer; another one may."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(f"{reason}. Ask for the answer in another format.")


class GraphNameError(QueryError):
    """The query asks for a graph by something that is no IRI."""


class ServiceRefused(QueryError):
    """The query would make this server call another one."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        rule = "answers from its own data and never calls another server"
        if allowed:
            rule = f"calls only these, each by its whole IRI: {', '.join(sorted(allowed))}"
        super().__init__(
            f"SERVICE is refused: this endpoint {rule}. "
            "Run the federated part at your side, or leave the SERVICE block out."
        )


class UpdateRefused(QueryError):
    """The text is an update, and the data cannot be changed over HTTP."""

    def __init__(self, keyword: str) -> None:
        super().__init__(
            f"{keyword} is refused: this endpoint is read-only and answers SELECT, ASK, CONSTRUCT and DESCRIBE."
        )


class QueryTooExpensive(QueryError):
    """The query would take more than one query may have."""

    limit = ""
    advice = (
        "Add a LIMIT, bind more of the pattern, or ask for less at once; "
        "the whole dataset can be had as a file under /download/."
    )

    def __init__(self, what: str = "") -> None:
        super().__init__(f"{what or self.limit} {self.advice}")


class OutOfTime(QueryTooExpensive):
    """The query ran for as long as a query may."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(f"The query was stopped after {seconds:g} seconds without a whole answer.")


class OutOfMemory(QueryTooExpensive):
    """The query needed more memory than a query may have."""

    limit = "The query was stopped because it needed more memory than a query may have."


class AnswerTooLarge(QueryTooExpensive):
    """The answer is longer than an answer may be."""

    def __init__(self, most: int = 0) -> None:
        super().__init__(f"The answer would be larger than {most >> 20} MiB, so none of it is sent.")


class Crashed(QueryTooExpensive):
    """The evaluation of the query broke off."""

    limit = "The evaluation of the query broke off; a query that is nested very deeply does that."


class Left(Crashed):
    """Nobody waits for the answer any more."""


class Unreadable(QueryError):
    """The store cannot be read; that is no fault of the query, and whoever keeps the store has to know the reason."""

    def __init__(self, reason: str = "") -> None:
        super().__init__("The data of this endpoint cannot be read. The fault is not in the query; try it later.")
        self.reason = reason


class Unreachable(QueryError):
    """The engine that should answer is elsewhere and does not; whoever runs this server has to know the reason."""

    def __init__(self, reason: str = "") -> None:
        super().__init__("The engine behind this endpoint does not answer. The query may be right; try it later.")
        self.reason = reason


class Overloaded(QueryError):
    """There is no room for the query now; a later try may find some."""

    reason = "The endpoint is busy with other long queries."

    def __init__(self) -> None:
        super().__init__(f"{self.reason} Try again in a moment.")


class Interrupted(Overloaded):
    """Something outside ended or stopped the process that was at the query."""

    reason = "The system or its keeper ended the process that was at the query, as happens when memory is short."
