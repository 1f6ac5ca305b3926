"""Set phrases for shapes: what each kind of constraint, each pattern and each number is in words."""

import re
from collections.abc import Mapping

from pyoxigraph import NamedNode

from ..bilingual import Text
from ..terms import SH

IT = Text(en="It", de="Es")
ITSELF = Text(en="it", de="es")
EACH = Text(en="each value", de="jeder Wert")
NOBODY = Text(en="A thing", de="Ein Ding")
HEAD = Text(en=r"(.+) has no other properties than .+", de=r"(.+) hat keine anderen Eigenschaften als .+")
LANGUAGES = {"de": Text(en="in German", de="auf Deutsch"), "en": Text(en="in English", de="auf Englisch")}

CLAUSES: Mapping[NamedNode, Text] = {
    SH["class"]: Text(en="{each} is of the class {values}", de="{each} gehört zur Klasse {values}"),
    SH.datatype: Text(en="{each} has the datatype {values}", de="{each} hat den Datentyp {values}"),
    SH.disjoint: Text(en="none of them is also a value of {values}", de="keiner davon ist zugleich Wert von {values}"),
    SH.equals: Text(en="they are also the values of {values}", de="sie sind zugleich die Werte von {values}"),
    SH.hasValue: Text(en="one of the values is {values}", de="einer der Werte ist {values}"),
    SH["in"]: Text(en="{each} is one of these: {values}", de="{each} ist eines von diesen: {values}"),
    SH.lessThan: Text(en="{each} is less than any of {values}", de="{each} ist kleiner als jeder von {values}"),
    SH.lessThanOrEquals: Text(
        en="{each} is no more than any of {values}", de="{each} ist höchstens so groß wie {values}"
    ),
    SH.maxLength: Text(en="{each} has at most {values} characters", de="{each} hat höchstens {values} Zeichen"),
    SH.maxInclusive: Text(en="{each} is at most {values}", de="{each} ist höchstens {values}"),
    SH.minExclusive: Text(en="{each} is more than {values}", de="{each} ist größer als {values}"),
    SH.minInclusive: Text(en="{each} is at least {values}", de="{each} ist mindestens {values}"),
    SH.node: Text(en="this holds for {each}: {values}", de="für die Werte gilt: {values}"),
    SH.nodeKind: Text(en="{each} is {values}", de="{each} ist {values}"),
    SH["or"]: Text(en="at least one of these holds: {values}", de="mindestens eines davon gilt: {values}"),
    SH.pattern: Text(en="{each} {values}", de="{each} {values}"),
    SH.xone: Text(en="exactly one of these holds: {values}", de="genau eines davon gilt: {values}"),
}
ALTERNATIVES = {SH["or"], SH.xone}
COUNTED = {SH.minCount, SH.maxCount, SH.languageIn, SH.uniqueLang}
CLOSED = {SH.closed, SH.ignoredProperties}
KINDS = {SH.IRI: Text(en="named by an IRI", de="durch eine IRI benannt")}
STEPS = {
    "^": Text(en="{0} (read backwards)", de="{0} (rückwärts gelesen)"),
    "+": Text(en="{0}, once or several times over", de="{0}, ein- oder mehrmals hintereinander"),
    "*": Text(en="{0}, any number of times over", de="{0}, beliebig oft hintereinander"),
    "?": Text(en="{0} or nothing", de="{0} oder nichts"),
}
PATTERNS: Mapping[str, Text] = {
    "#$": Text(en="ends with #", de="endet mit #"),
    "#[A-Z][A-Za-z]*$": Text(
        en="ends with a name that begins with a capital", de="endet mit einem Namen in Großschreibung"
    ),
    "#[a-z][A-Za-z]*$": Text(
        en="ends with a name that begins with a small letter", de="endet mit einem Namen in Kleinschreibung"
    ),
    "/[0-9]+[.][0-9]+[.][0-9]+$": Text(
        en="ends with a version such as /0.1.0", de="endet mit einer Version wie /0.1.0"
    ),
    "/authority/language/[A-Z]{3}$": Text(
        en="is from the EU list of languages", de="steht in der Sprachenliste der EU"
    ),
    "/graph/(source|links)/[a-z0-9-]+$": Text(
        en="is called like a graph of another source", de="heißt wie der Graph einer anderen Quelle"
    ),
    "/graph/(passages|names|notes)/[a-z0-9-]+$": Text(
        en="is called like a graph on the whole document", de="heißt wie ein Graph zum ganzen Dokument"
    ),
    "/graph/[a-z0-9-]+/S[0-9]{2,}$": Text(
        en="is called like the graph of a passage, for instance S24",
        de="heißt wie der Graph einer Textstelle, etwa S24",
    ),
    "/(passage/[a-z0-9-]+/S[0-9]{2,}|id/source-[a-z0-9-]+)$": Text(
        en="is called like a passage, for instance S24, or like a source",
        de="heißt wie eine Textstelle, etwa S24, oder wie eine Quelle",
    ),
    "/passage/[a-z0-9-]+/S[0-9]{2,}$": Text(
        en="is called like a passage, for instance S24", de="heißt wie eine Textstelle, etwa S24"
    ),
    "/query/[a-z0-9-]+$": Text(en="is called like a question", de="heißt wie eine Frage"),
    "/sparql$": Text(en="ends with /sparql", de="endet mit /sparql"),
    "^(BGBl|GVBl|BAnz)[.]": Text(en="begins with the name of a gazette", de="beginnt mit dem Namen eines Amtsblatts"),
    "^10[.]13039/[0-9]+$": Text(en="is written 10.13039/ and digits", de="besteht aus 10.13039/ und Ziffern"),
    "^20[0-9]{2}$": Text(en="is a year from 2000", de="ist ein Jahr ab 2000"),
    "^P[0-9]": Text(en="is written like P11Y for eleven years", de="ist geschrieben wie P11Y für elf Jahre"),
    "^[0-9]+[.][0-9]+[.][0-9]+$": Text(en="is a version such as 0.1.0", de="ist eine Version wie 0.1.0"),
    "^[0-9]{12}$": Text(en="has twelve digits", de="hat zwölf Ziffern"),
    "^[0-9]{15}[0-9X]$": Text(en="has sixteen digits, the last may be X", de="hat sechzehn Ziffern, die letzte auch X"),
    "^[0-9]{2}([0-9]{3}([0-9]{3})?)?$": Text(en="has two, five or eight digits", de="hat zwei, fünf oder acht Ziffern"),
    "^[0-9a-f]{64}$": Text(en="has 64 hexadecimal digits", de="hat 64 hexadezimale Ziffern"),
    "^[12][0-9]{3}$": Text(en="is written like 2013", de="ist geschrieben wie 2013"),
    "^[12][0-9]{3}-(0[1-9]|1[0-2])$": Text(en="is written like 2023-11", de="ist geschrieben wie 2023-11"),
    "^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$": Text(
        en="is written like 2025-12-31", de="ist geschrieben wie 2025-12-31"
    ),
    "^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$": Text(en="is written like 2025-12-31", de="ist geschrieben wie 2025-12-31"),
    "^[A-Z][1-9][0-9]*$": Text(en="is written like A1", de="ist geschrieben wie A1"),
    "^[A-Z]{2}(-[A-Z0-9]{1,3})?$": Text(en="is written like DE or DE-HE", de="ist geschrieben wie DE oder DE-HE"),
    "^[A-Z]{2}[0-9A-Z]{0,3}$": Text(en="is written like DE71", de="ist geschrieben wie DE71"),
    "^\\S(.*\\S)?$": Text(en="has no space at either end", de="hat keine Leerzeichen am Rand"),
    "^\\S.*[.]$": Text(en="ends with a full stop", de="endet mit einem Punkt"),
    "^grid[.][0-9]+[.][0-9a-f]+$": Text(en="is written like grid.5586.e", de="ist geschrieben wie grid.5586.e"),
    "^https?://[^ ]+$": Text(en="is a web address", de="ist eine Web-Adresse"),
}


def has(subject: Text, along: Text, least: int | None, most: int | None) -> Text:
    """That something has a property so and so often."""
    if most == 0:
        return Text(en=f"{subject.en} does not have {along.en}", de=f"{subject.de} hat {along.de} nicht")
    if not least and most is None:
        return Text(
            en=f"{subject.en} may have {along.en}, any number of times",
            de=f"{subject.de} kann {along.de} haben, beliebig oft",
        )
    often = times(least or 0, most)
    return Text(en=f"{subject.en} has {along.en} {often.en}", de=f"{subject.de} hat {along.de} {often.de}")


def times(least: int, most: int | None) -> Text:
    """How often, as an adverb."""

    def en(n: int) -> str:
        return {1: "once", 2: "twice"}.get(n, f"{n} times")

    def de(n: int) -> str:
        return {1: "einmal", 2: "zweimal"}.get(n, f"{n}-mal")

    if least == most:
        return Text(en=f"exactly {en(least)}", de=f"genau {de(least)}")
    if most is None:
        return Text(en=f"at least {en(least)}", de=f"mindestens {de(least)}")
    upper = Text(en=f"at most {en(most)}", de=f"höchstens {de(most)}")
    if least == 0:
        return upper
    return Text(en=f"at least {en(least)} and {upper.en}", de=f"mindestens {de(least)} und {upper.de}")


def things(least: int | None, most: int | None) -> Text:
    """How many things there are at the end of a path that is more than a property."""
    if most == 0:
        return Text(en="nothing", de="nichts")
    if not least and most is None:
        return Text(en="any number of things", de="beliebig viele Dinge")
    words = times(least or 0, most)
    en = re.sub(r"once$", "one thing", re.sub(r"twice$", "two things", words.en.replace("times", "things")))
    de = re.sub(r"einmal$", "ein Ding", re.sub(r"zweimal$", "zwei Dinge", words.de.replace("-mal", " Dinge")))
    return Text(en=en, de=de)
