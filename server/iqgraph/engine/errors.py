"""What can go wrong with a query, each with a message for the person who wrote it."""

from collections.abc import Collection

from ..bilingual import Text, sentences
from ..errors import LocalizedError, shortened


def quote(words: str) -> Text:
    """What an engine says by itself, which is in its own language."""
    return Text(de=f"Die Engine meldet: „{words}“", en=f"The engine says: “{words}”")


class QueryError(LocalizedError):
    """The query cannot be answered, and asking again will not help; what to do, the `advice` says if there is any."""

    advice: Text | None = None

    @property
    def text(self) -> Text:
        """What is wrong, and what to do."""
        return sentences(super().text, self.advice)


class QuerySyntaxError(QueryError):
    """The text is not a SPARQL query; line and column count from 1."""

    def __init__(self, text: Text, line: int, column: int) -> None:
        super().__init__(text)
        self.line = line
        self.column = column


class QueryEvaluationError(QueryError):
    """The query is well formed, but something in it cannot be computed."""


class Unwritable(QueryError):
    """The format has no way to write the answer; another one may."""

    advice = Text(de="Verlangen Sie die Antwort in einem anderen Format.", en="Ask for the answer in another format.")


class GraphNameError(QueryError):
    """The query asks for a graph by something that is no IRI."""

    def __init__(self, name: str) -> None:
        super().__init__(
            de=f"„{shortened(name)}“ ist keine vollständige IRI. Nennen Sie den Graphen mit seiner ganzen IRI.",
            en=f"“{shortened(name)}” is not an absolute IRI. Name the graph by its full IRI.",
        )


class RowMissing(QueryError):
    """The answer has fewer rows than the number of one that is asked for."""

    def __init__(self, number: int, count: int) -> None:
        super().__init__(
            de=f"row={number} gibt es nicht: Die Antwort hat {count} Zeilen, gezählt ab 0. Nennen Sie eine davon.",
            en=f"There is no row={number}: the answer has {count} rows, counted from 0. Name one of them.",
        )


class ServiceRefused(QueryError):
    """The query would make this server call another one."""

    advice = Text(
        de="Fragen Sie den anderen Dienst selbst, oder lassen Sie den Block SERVICE weg.",
        en="Run the federated part on your side, or leave the SERVICE block out.",
    )

    def __init__(self, allowed: Collection[str] = ()) -> None:
        if allowed:
            known = ", ".join(sorted(allowed))
            rule = Text(
                de=f"Dieser Endpunkt ruft nur diese Dienste auf, jeden unter seiner vollständigen IRI: {known}.",
                en=f"this endpoint calls only these services, each by its full IRI: {known}.",
            )
        else:
            rule = Text(
                de="Dieser Endpunkt antwortet aus seinen eigenen Daten und ruft keinen anderen Dienst auf.",
                en="this endpoint answers from its own data and never calls another server.",
            )
        refusal = Text(de="SERVICE wird nicht ausgeführt:", en="SERVICE is refused:")
        super().__init__(sentences(refusal, rule))


class UpdateRefused(QueryError):
    """The text is an update, and the data cannot be changed over HTTP."""

    def __init__(self, keyword: str) -> None:
        super().__init__(
            de=f"{keyword} wird nicht ausgeführt: Dieser Endpunkt ändert keine Daten. "
            "Er beantwortet SELECT, ASK, CONSTRUCT und DESCRIBE.",
            en=f"{keyword} is refused: this endpoint is read-only. It answers SELECT, ASK, CONSTRUCT and DESCRIBE.",
        )


class QueryTooExpensive(QueryError):
    """The query would take more than one query may have."""

    advice = Text(
        de="Setzen Sie ein LIMIT, legen Sie mehr vom Muster fest, oder fragen Sie in kleineren Teilen; "
        "alle Daten gibt es als Datei unter /download/.",
        en="Add a LIMIT, bind more of the pattern, or ask for less at once; "
        "the whole dataset can be had as a file under /download/.",
    )


class OutOfTime(QueryTooExpensive):
    """The query ran for as long as a query may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            de=f"Die Abfrage wurde nach {seconds:g} Sekunden abgebrochen, ehe die Antwort vollständig war.",
            en=f"The query was stopped after {seconds:g} seconds without a whole answer.",
        )


class OutOfMemory(QueryTooExpensive):
    """The query needed more memory than a query may have."""

    def __init__(self) -> None:
        super().__init__(
            de="Die Abfrage wurde abgebrochen, weil sie mehr Speicher brauchte, als eine Abfrage haben darf.",
            en="The query was stopped because it needed more memory than a query may have.",
        )


class AnswerTooLarge(QueryTooExpensive):
    """The answer is longer than an answer may be."""

    def __init__(self, most: int) -> None:
        super().__init__(
            de=f"Die Antwort wäre größer als {most >> 20} MiB; darum wird nichts davon gesendet.",
            en=f"The answer would be larger than {most >> 20} MiB, so none of it is sent.",
        )


class Crashed(QueryTooExpensive):
    """The evaluation of the query broke off."""

    def __init__(self) -> None:
        super().__init__(
            de="Die Auswertung der Abfrage ist abgestürzt; bei sehr tief verschachtelten Abfragen kommt das vor.",
            en="The evaluation of the query crashed; very deeply nested queries can cause this.",
        )


class Disconnected(Crashed):
    """Nobody waits for the answer any more."""


class Unreadable(QueryError):
    """The store cannot be read; that is no fault of the query, and whoever keeps the store has to know the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            de="Die Daten dieses Endpunkts sind nicht lesbar. An der Abfrage liegt es nicht; "
            "versuchen Sie es später noch einmal.",
            en="The data of this endpoint cannot be read. The fault is not in the query; try again later.",
        )
        self.reason = reason


class Unreachable(QueryError):
    """The engine that should answer is elsewhere and does not; whoever runs this server has to know the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            de="Die Engine hinter diesem Endpunkt antwortet nicht. Die Abfrage kann richtig sein; "
            "versuchen Sie es später noch einmal.",
            en="The engine behind this endpoint does not answer. The query may be right; try again later.",
        )
        self.reason = reason


class Overloaded(QueryError):
    """There is no room for the query now; a later try may find some."""

    reason = Text(
        de="Der Endpunkt ist mit anderen langen Abfragen beschäftigt.",
        en="The endpoint is busy with other long queries.",
    )
    advice = Text(de="Versuchen Sie es gleich noch einmal.", en="Try again in a moment.")

    def __init__(self) -> None:
        super().__init__(self.reason)


class Interrupted(Overloaded):
    """Something outside ended or stopped the process that was at the query."""

    reason = Text(
        de="Der Prozess, der an der Abfrage arbeitete, wurde vom Betriebssystem oder vom Betreiber beendet; "
        "das kommt vor, wenn der Speicher knapp ist.",
        en="The operating system or the operator ended the process that worked on the query, "
        "as happens when memory is short.",
    )


class NotExplained(QueryError):
    """The answer can be had, but not its evidence."""

    def __init__(self, reason: Text) -> None:
        cannot = Text(
            de="Für diese Antwort lassen sich keine Belege angeben.",
            en="The evidence of this answer cannot be given.",
        )
        super().__init__(sentences(cannot, reason))


class PartNotExplained(NotExplained):
    """The reason is a part of the query."""

    def __init__(self, part: str) -> None:
        super().__init__(
            Text(
                de=f"Die Abfrage enthält „{shortened(part)}“. Stellen Sie sie ohne diesen Teil.",
                en=f"The query contains “{shortened(part)}”. Ask it without that part.",
            )
        )
