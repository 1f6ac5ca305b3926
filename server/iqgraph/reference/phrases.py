"""Set phrases for shapes: what each kind of constraint, each pattern and each number is in words."""

import re
from collections.abc import Mapping

from pyoxigraph import NamedNode

from ..terms import SH
from ..validation.findings import Message

IT = Message("It", "Es")
ITSELF = Message("it", "es")
EACH = Message("each value", "jeder Wert")
NOBODY = Message("A thing", "Ein Ding")
HEAD = Message(r"(.+) has no other properties than .+", r"(.+) hat keine anderen Eigenschaften als .+")
LANGUAGES = {"de": Message("in German", "auf Deutsch"), "en": Message("in English", "auf Englisch")}

CLAUSES: Mapping[NamedNode, Message] = {
    SH["class"]: Message("{each} is of the class {values}", "{each} gehört zur Klasse {values}"),
    SH.datatype: Message("{each} has the datatype {values}", "{each} hat den Datentyp {values}"),
    SH.disjoint: Message("none of them is also a value of {values}", "keiner davon ist zugleich Wert von {values}"),
    SH.equals: Message("they are also the values of {values}", "sie sind zugleich die Werte von {values}"),
    SH.hasValue: Message("one of the values is {values}", "einer der Werte ist {values}"),
    SH["in"]: Message("{each} is one of these: {values}", "{each} ist eines von diesen: {values}"),
    SH.lessThan: Message("{each} is less than any of {values}", "{each} ist kleiner als jeder von {values}"),
    SH.lessThanOrEquals: Message("{each} is no more than any of {values}", "{each} ist höchstens so groß wie {values}"),
    SH.maxLength: Message("{each} has at most {values} characters", "{each} hat höchstens {values} Zeichen"),
    SH.minInclusive: Message("{each} is at least {values}", "{each} ist mindestens {values}"),
    SH.node: Message("this holds for {each}: {values}", "für die Werte gilt: {values}"),
    SH.nodeKind: Message("{each} is {values}", "{each} ist {values}"),
    SH["or"]: Message("at least one of these holds: {values}", "mindestens eines davon gilt: {values}"),
    SH.pattern: Message("{each} {values}", "{each} {values}"),
    SH.xone: Message("exactly one of these holds: {values}", "genau eines davon gilt: {values}"),
}
ALTERNATIVES = {SH["or"], SH.xone}
COUNTED = {SH.minCount, SH.maxCount, SH.languageIn, SH.uniqueLang}
CLOSED = {SH.closed, SH.ignoredProperties}
KINDS = {SH.IRI: Message("named by an IRI", "durch eine IRI benannt")}
STEPS = {
    "^": Message("{0} (read backwards)", "{0} (rückwärts gelesen)"),
    "+": Message("{0}, once or several times over", "{0}, ein- oder mehrmals hintereinander"),
    "*": Message("{0}, any number of times over", "{0}, beliebig oft hintereinander"),
    "?": Message("{0} or nothing", "{0} oder nichts"),
}
PATTERNS: Mapping[str, Message] = {
    "#$": Message("ends with #", "endet mit #"),
    "#[A-Z][A-Za-z]*$": Message(
        "ends with a name that begins with a capital", "endet mit einem Namen in Großschreibung"
    ),
    "#[a-z][A-Za-z]*$": Message(
        "ends with a name that begins with a small letter", "endet mit einem Namen in Kleinschreibung"
    ),
    "/[0-9]+[.][0-9]+[.][0-9]+$": Message("ends with a version such as /0.1.0", "endet mit einer Version wie /0.1.0"),
    "/authority/language/[A-Z]{3}$": Message("is from the EU list of languages", "steht in der Sprachenliste der EU"),
    "/graph/(official|links)/[a-z0-9-]+$": Message(
        "is called like a graph of another source", "heißt wie der Graph einer anderen Quelle"
    ),
    "/graph/(passages|names|notes)/[a-z0-9-]+$": Message(
        "is called like a graph on the whole document", "heißt wie ein Graph zum ganzen Dokument"
    ),
    "/graph/[a-z0-9-]+/S[0-9]{2,}$": Message(
        "is called like the graph of a passage, for instance S24", "heißt wie der Graph einer Textstelle, etwa S24"
    ),
    "/passage/[a-z0-9-]+/S[0-9]{2,}$": Message(
        "is called like a passage, for instance S24", "heißt wie eine Textstelle, etwa S24"
    ),
    "/sparql$": Message("ends with /sparql", "endet mit /sparql"),
    "^(BGBl|GVBl|BAnz)[.]": Message("begins with the name of a gazette", "beginnt mit dem Namen eines Amtsblatts"),
    "^10[.]13039/[0-9]+$": Message("is written 10.13039/ and digits", "besteht aus 10.13039/ und Ziffern"),
    "^P[0-9]": Message("is written like P11Y for eleven years", "ist geschrieben wie P11Y für elf Jahre"),
    "^[0-9]+[.][0-9]+[.][0-9]+$": Message("is a version such as 0.1.0", "ist eine Version wie 0.1.0"),
    "^[0-9]{12}$": Message("has twelve digits", "hat zwölf Ziffern"),
    "^[0-9]{15}[0-9X]$": Message("has sixteen digits, the last may be X", "hat sechzehn Ziffern, die letzte auch X"),
    "^[0-9]{2}([0-9]{3}([0-9]{3})?)?$": Message("has two, five or eight digits", "hat zwei, fünf oder acht Ziffern"),
    "^[0-9a-f]{64}$": Message("has 64 hexadecimal digits", "hat 64 hexadezimale Ziffern"),
    "^[12][0-9]{3}$": Message("is written like 2013", "ist geschrieben wie 2013"),
    "^[12][0-9]{3}-(0[1-9]|1[0-2])$": Message("is written like 2023-11", "ist geschrieben wie 2023-11"),
    "^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$": Message(
        "is written like 2025-12-31", "ist geschrieben wie 2025-12-31"
    ),
    "^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$": Message("is written like 2025-12-31", "ist geschrieben wie 2025-12-31"),
    "^[A-Z][1-9][0-9]*$": Message("is written like A1", "ist geschrieben wie A1"),
    "^[A-Z]{2}(-[A-Z0-9]{1,3})?$": Message("is written like DE or DE-HE", "ist geschrieben wie DE oder DE-HE"),
    "^[A-Z]{2}[0-9A-Z]{0,3}$": Message("is written like DE71", "ist geschrieben wie DE71"),
    "^\\S(.*\\S)?$": Message("has no space at either end", "hat keine Leerzeichen am Rand"),
    "^\\S.*[.]$": Message("ends with a full stop", "endet mit einem Punkt"),
    "^grid[.][0-9]+[.][0-9a-f]+$": Message("is written like grid.5586.e", "ist geschrieben wie grid.5586.e"),
    "^https?://[^ ]+$": Message("is a web address", "ist eine Web-Adresse"),
}


def has(subject: Message, along: Message, least: int | None, most: int | None) -> Message:
    """That something has a property so and so often."""
    if most == 0:
        return Message(f"{subject.en} does not have {along.en}", f"{subject.de} hat {along.de} nicht")
    if not least and most is None:
        return Message(
            f"{subject.en} may have {along.en}, any number of times",
            f"{subject.de} kann {along.de} haben, beliebig oft",
        )
    often = times(least or 0, most)
    return Message(f"{subject.en} has {along.en} {often.en}", f"{subject.de} hat {along.de} {often.de}")


def times(least: int, most: int | None) -> Message:
    """How often, as an adverb."""

    def en(n: int) -> str:
        return {1: "once", 2: "twice"}.get(n, f"{n} times")

    def de(n: int) -> str:
        return {1: "einmal", 2: "zweimal"}.get(n, f"{n}-mal")

    if least == most:
        return Message(f"exactly {en(least)}", f"genau {de(least)}")
    if most is None:
        return Message(f"at least {en(least)}", f"mindestens {de(least)}")
    upper = Message(f"at most {en(most)}", f"höchstens {de(most)}")
    if least == 0:
        return upper
    return Message(f"at least {en(least)} and {upper.en}", f"mindestens {de(least)} und {upper.de}")


def things(least: int | None, most: int | None) -> Message:
    """How many things there are at the end of a path that is more than a property."""
    if most == 0:
        return Message("nothing", "nichts")
    if not least and most is None:
        return Message("any number of things", "beliebig viele Dinge")
    words = times(least or 0, most)
    en = re.sub(r"once$", "one thing", re.sub(r"twice$", "two things", words.en.replace("times", "things")))
    de = re.sub(r"einmal$", "ein Ding", re.sub(r"zweimal$", "zwei Dinge", words.de.replace("-mal", " Dinge")))
    return Message(en, de)
