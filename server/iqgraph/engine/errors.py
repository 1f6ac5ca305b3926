"""What can go wrong with a query, each with a message for the person who wrote it."""


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


class GraphNameError(QueryError):
    """The query asks for a graph by something that is no IRI."""


class ServiceRefused(QueryError):
    """The query would make this server call another one."""

    def __init__(self) -> None:
        super().__init__(
            "SERVICE is refused: this endpoint answers from its own data and never calls another server. "
            "Run the federated part at your side, or leave the SERVICE block out."
        )


class UpdateRefused(QueryError):
    """The text is an update, and the data cannot be changed over HTTP."""

    def __init__(self, keyword: str) -> None:
        super().__init__(
            f"{keyword} is refused: this endpoint is read-only and answers SELECT, ASK, CONSTRUCT and DESCRIBE."
        )
