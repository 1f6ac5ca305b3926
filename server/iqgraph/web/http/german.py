"""The details of problems in German, sentence by sentence; to programs they are told in English only.

A sentence that is not listed here, such as one of an engine elsewhere, has no German.
"""

import re

_SENTENCES = (
    # a text that is no query
    (r"The query is empty\.", "Die Abfrage ist leer."),
    (r"The prefix (\S*): is not declared\.", "Das Präfix {0}: ist nicht vereinbart."),
    (r"Did you mean (\S+):, which is\?", "Meinten Sie {0}:, das vereinbart ist?"),
    (r"Did you mean (\S+)\?", "Meinten Sie {0}?"),
    (r"Put this line before the query: (.+)", "Vor die Abfrage gehört diese Zeile: {0}"),
    (r"(\S+) is not a word of SPARQL\.", "{0} ist kein Wort von SPARQL."),
    (r"A string starts here and does not end\.", "Hier beginnt ein Text in Anführungszeichen und endet nicht."),
    (r"This (\S) closes nothing that is open\.", "{0} schließt hier nichts, was offen ist."),
    (r"This (\S) is never closed\.", "{0} wird hier geöffnet und nirgends geschlossen."),
    (
        r"The query cannot be read at or shortly before “(.*)”\.",
        "Bei oder kurz vor „{0}“ ist die Abfrage nicht zu lesen: Dort müsste etwas anderes stehen.",
    ),
    (
        r"The query cannot be read at its end or shortly before\.",
        "Am Ende oder kurz davor ist die Abfrage nicht zu lesen: Dort fehlt etwas.",
    ),
    (
        r"The query cannot be read: SELECT names a variable that is neither grouped nor aggregated\.",
        "SELECT nennt eine Variable, nach der weder gruppiert wird noch etwas berechnet.",
    ),
    (
        r"The query cannot be read: SELECT gives a new value to a variable that already has one\.",
        "SELECT gibt einer Variable einen Wert, die schon einen hat.",
    ),
    (
        r"The query cannot be read: an IRI is not absolute or has a character that it must not have\.",
        "Eine IRI ist nicht vollständig oder enthält ein Zeichen, das in ihr nicht stehen darf.",
    ),
    (
        r"The query cannot be read: an escape after \\u is not a character\.",
        "Was nach \\u steht, bezeichnet kein Zeichen.",
    ),
    # a query that is not answered
    (
        r"(\w+) is refused: this endpoint is read-only and answers SELECT, ASK, CONSTRUCT and DESCRIBE\.",
        "{0} wird nicht ausgeführt: Dieser Dienst ändert nichts; er beantwortet SELECT, ASK, CONSTRUCT und DESCRIBE.",
    ),
    (
        r"SERVICE is refused: this endpoint answers from its own data and never calls another server\.",
        "SERVICE wird nicht ausgeführt: Dieser Dienst antwortet aus seinen eigenen Daten und ruft keinen anderen auf.",
    ),
    (
        r"SERVICE is refused: this endpoint calls only these, each by its whole IRI: (.+?)\.(?= Run the)",
        "SERVICE wird nicht ausgeführt: Dieser Dienst ruft nur diese auf, jeden bei seiner vollständigen IRI: {0}.",
    ),
    (
        r"Run the federated part at your side, or leave the SERVICE block out\.",
        "Fragen Sie den anderen Dienst selbst, oder lassen Sie den Block SERVICE weg.",
    ),
    (
        r"The query was stopped after ([0-9.]+) seconds without a whole answer\.",
        "Die Abfrage wurde nach {0} Sekunden abgebrochen, ehe die Antwort vollständig war.",
    ),
    (
        r"The query was stopped because it needed more memory than a query may have\.",
        "Die Abfrage wurde abgebrochen, weil sie mehr Speicher brauchte, als eine haben darf.",
    ),
    (
        r"The answer would be larger than (\d+) MiB, so none of it is sent\.",
        "Die Antwort wäre größer als {0} MiB; darum wird nichts davon gesendet.",
    ),
    (
        r"The evaluation of the query broke off; a query that is nested very deeply does that\.",
        "Die Berechnung brach ab; das geschieht bei Abfragen, die sehr tief verschachtelt sind.",
    ),
    (
        (
            r"Add a LIMIT, bind more of the pattern, or ask for less at once; "
            r"the whole dataset can be had as a file under /download/\."
        ),
        (
            "Ein LIMIT hilft, ein genaueres Muster, oder weniger auf einmal zu fragen; "
            "alle Daten gibt es als Datei unter /download/."
        ),
    ),
    (
        r"The data of this endpoint cannot be read\. The fault is not in the query; try it later\.",
        "Die Daten dieses Dienstes sind nicht zu lesen. An der Abfrage liegt es nicht; versuchen Sie es später.",
    ),
    (
        r"The engine behind this endpoint does not answer\. The query may be right; try it later\.",
        (
            "Die Engine hinter diesem Dienst antwortet nicht. An der Abfrage muss es nicht liegen; "
            "versuchen Sie es später."
        ),
    ),
    (
        r"The endpoint is busy with other long queries\.",
        "Der Dienst ist mit anderen langen Abfragen beschäftigt.",
    ),
    (
        r"The system or its keeper ended the process that was at the query, as happens when memory is short\.",
        (
            "Das System oder sein Betreiber hat den Prozess beendet, der an der Abfrage arbeitete; "
            "das geschieht, wenn der Speicher knapp ist."
        ),
    ),
    (r"Try again in a moment\.", "Versuchen Sie es gleich noch einmal."),
    (
        r"The service is being stopped or started again\. The request may be right; send it again in a moment\.",
        "Der Dienst wird gerade beendet oder neu gestartet. Stellen Sie die Anfrage gleich noch einmal.",
    ),
    (
        r"The queries and pages that were asked for from your network have used up its share of this server's work\.",
        "Aus Ihrem Netz wurde so viel abgefragt, dass sein Anteil an der Arbeit dieses Servers verbraucht ist.",
    ),
    (
        r"Ask again in (\d+) seconds; answers that are kept and all files can be had before\.",
        "In {0} Sekunden geht es weiter; fertige Antworten und alle Dateien gibt es auch vorher.",
    ),
    (
        r"The server could not answer\. The fault is not in the request; the reason stands in the server's log\.",
        "Der Server konnte nicht antworten. Warum, steht in seinem Protokoll.",
    ),
    (r"RDF/XML has no name for the property (\S+)\.", "RDF/XML hat keinen Namen für die Eigenschaft {0}."),
    (
        r"XML has no way to write the control characters in a text\.",
        "XML kann die Steuerzeichen in einem Text nicht schreiben.",
    ),
    (
        r"JSON-LD has no place for statements about statements\.",
        "JSON-LD hat keinen Platz für Aussagen über Aussagen.",
    ),
    (r"Ask for the answer in another format\.", "Verlangen Sie die Antwort in einem anderen Format."),
    # a request that is not understood
    (
        r"timeout=(.*) is no time; write seconds, as in 2, 0\.5 or 500ms\.",
        "timeout={0} ist keine Zeit; geben Sie Sekunden an, etwa 2, 0.5 oder 500ms.",
    ),
    (
        r"The request holds (\d+) queries; it must hold exactly one\.",
        "Die Anfrage enthält {0} Abfragen; es muss genau eine sein.",
    ),
    (
        r"The request has more than (\d+) parameters or fields of a form\.",
        "Die Anfrage hat mehr als {0} Parameter oder Formularfelder.",
    ),
    (
        r"The header fields of the request have more than (\d+) KiB together\.",
        "Die Kopfzeilen der Anfrage sind zusammen größer als {0} KiB.",
    ),
    (
        r"Delete the cookies of this site, or send fewer and shorter fields\.",
        "Löschen Sie die Cookies dieser Website, oder senden Sie weniger und kürzere Kopfzeilen.",
    ),
    (
        r"There are too many large answers that their clients have not read yet\.",
        "Es gibt zu viele große Antworten, die noch nicht gelesen sind.",
    ),
    (r"Read those first, and ask again\.", "Lesen Sie zuerst diese und fragen Sie dann noch einmal."),
    (
        r"The server is taking in as many large requests as it can hold\.",
        "Der Server nimmt gerade so viele große Anfragen entgegen, wie er fassen kann.",
    ),
    (r"The parameters are not UTF-8 in percent encoding\.", "Die Parameter sind nicht in UTF-8 mit Prozentzeichen."),
    (r"There is no (\S+) here; there is (.+)\.", "{0} gibt es hier nicht; es gibt {1}."),
    (r"The request has no Host header\.", "Die Anfrage nennt keinen Host."),
    (r"The request has more than one Host header\.", "Die Anfrage nennt mehr als einen Host."),
    (
        r"The Host header is not the name of a host, with or without a port\.",
        "Was die Anfrage als Host nennt, ist kein Name eines Hosts, mit oder ohne Port.",
    ),
    (
        r"The body of the request is not as its head says, or broke off before its end\.",
        "Der Inhalt der Anfrage ist nicht so, wie ihr Kopf sagt, oder brach vor seinem Ende ab.",
    ),
    (
        r"The body of the request did not come within (\d+) seconds\.",
        "Der Inhalt der Anfrage kam nicht binnen {0} Sekunden.",
    ),
    # an address that leads nowhere
    (r"The graph knows nothing of (?:the thing )?(\S+)\.(?= Near|$)", "Der Graph weiß nichts von {0}."),
    (r"Near to it are: (.+)\.", ""),  # the page lists them by their names
    (r"There is nothing at (\S+)\.", "Unter {0} steht nichts."),
    (r"(\S+) has no form (\S+); it has (.+)\.", "{0} gibt es nicht als {1}, nur als {2}."),
    (r"There is no version (.+)\.(?= The versions| No version)", "Eine Version {0} gibt es nicht."),
    (
        r"The versions are (.+); (\S+) is the newest of them\.",
        "Die Versionen sind {0}; {1} führt zur neuesten.",
    ),
    (r"The release has no file (.+?)\.(?= Near| All)", "Eine Datei {0} ist nicht dabei."),
    (r"All files are listed at /download/\.", "Alle Dateien stehen unter /download/."),
    (r"There is no document (.+) with passages here\.", "Ein Dokument {0} mit Textstellen gibt es hier nicht."),
    (
        (
            r"This is no short address of a query: "
            r"it is neither the name of a question nor a whole compressed query\."
        ),
        "Das ist kein kurzer Link zu einer Abfrage: weder der Name einer Frage noch eine ganze gepackte Abfrage.",
    ),
    (r"Browsing is there for the bundled graph only\.", "Stöbern lässt sich nur im mitgelieferten Graphen."),
    (
        r"These are somebody's files; nothing is known about them\.",
        "Diese Dateien hat jemand bereitgestellt; mehr ist über sie nicht bekannt.",
    ),
    (
        r"The served files are not ours, so nothing is said about their quality\.",
        "Die Dateien sind nicht von uns; darum wird über ihre Qualität nichts gesagt.",
    ),
    (r"No document with passages is described here\.", "Hier ist kein Dokument mit Textstellen beschrieben."),
)
_TABLE = tuple((re.compile(english, re.DOTALL), german) for english, german in _SENTENCES)


def in_german(detail: str) -> str | None:
    """The detail of a problem in German, or None if one of its sentences is not known here."""
    told, rest = [], detail
    while rest:
        found, german = next(
            ((match, german) for english, german in _TABLE if (match := english.match(rest))), (None, "")
        )
        if not found:
            return None
        told.append(german.format(*found.groups()))
        rest = rest[found.end() :].lstrip()
    return " ".join(filter(None, told))
