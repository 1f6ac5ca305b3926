"""The texts of program and data: both languages say the same, as far as their numbers, names and opposites tell."""

import csv
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from iqgraph.dataset import UNION, Dataset
from iqgraph.dataset.reading import read
from iqgraph.model.kinds import OTHER, kind_of
from iqgraph.resources import packaged, rdf_files
from iqgraph.terms import ID
from repository import ROOT
from test_bilingual import MODULES, templates, texts

Pair = tuple[str, str, str]
TABLES = sorted(file.relative_to(ROOT) for file in (ROOT / "ontology").rglob("*.csv"))
TOMLS = sorted(
    file.relative_to(ROOT) for file in (ROOT / "server/iqgraph").rglob("*.toml") if "node_modules" not in file.parts
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# Code and options, prefixed names, paths, and words with several capital letters.
NAME = re.compile(r"`[^`]+`|--[a-z][a-z-]+|\b[a-z][\w-]*:[\w-]+|/[a-z]+/|\b(?:[A-ZÄÖÜ][a-z]*){2,}\d*\b")
MONTHS = [
    re.compile(rf"\b(?:{month})\b")
    for month in (
        *("Januar|January", "Februar|February", "März|March", "April", "Mai|(?<!You )May(?! I)", "Juni|June"),
        *("Juli|July", "August", "September", "Oktober|October", "November", "Dezember|December"),
    )
]
NEGATION = re.compile(
    r"\b(?:nicht|kein\w*|nie|niemand|nichts|nirgends|ohne|weder|un(?:bekannt|datiert|genannt|gezählt|gültig)\w*|nein|unermüdlich"
    r"|not|no(?!\.? \d| (?:earlier|later)\b)|never|nobody|nothing|without|neither|nor|none|cannot|invalid"
    r"|un(?:counted|dated|known|named|specified)|non-(?!profit)\w+|read-only)\b",
    re.IGNORECASE,
)
OPPOSITES = {
    name: [re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for pattern in patterns]
    for name, patterns in {
        "age": (r"alt\w*|ältere?\w*|frühe\w*", r"neu\w*|spät\w*", "old|older|earlier", "new|newer|newest|later"),
        "border": ("innerhalb", "außerhalb", "within|inside", "outside"),
        "bracket": (r"öffnend\w*", r"schließend\w*", "opening", "closing"),
        "end": (r"anfang\w*|beginn\w*", r"ende\w*", r"start\w*|begin\w*|began", "end|ends|ended"),
        "extent": ("höchstens|bis zu", "mindestens|wenigstens", "at most|up to", "at least"),
        "language": (r"deutsch\w*", r"englisch\w*", r"german\w*", "english"),
        "order": ("vor|bevor|vorher", "danach|nachdem", "before", "after|afterwards"),
        "place": (r"erste\w*", r"letzte\w*", "first", "last"),
        "level": (r"bund(?:es\w*)?", r"land(?:es\w*)?|länder\w*", "federal", "land|länder"),
        "size": (
            r"größer\w*|länger\w*|mehr",
            r"kleiner\w*|kürzer\w*|weniger",
            "larger|longer|more",
            "smaller|less|fewer",
        ),
        "sex": ("frauen", "männer", "women", "men"),
    }.items()
}
# Names of one language, and keywords that only one needs.
ACRONYMS = {"BOM", "BWHW", "BY", "GVBl", "HTW", "IHK", "KIM", "MV", "MigrantenUnternehmen", "ORDER", "RINIA", "STW"}
# Idiom: texts of which one language says in the negative, or in a number, what the other says otherwise.
EXCEPTIONS = (
    *("According to “{1}”", "No API key", "SERVICE is refused", "The query is valid SPARQL", "There is no query"),
    *("Try a shorter or more general word", "Unless stated otherwise", "a name has lower-case letters"),
    *("cannot be used", "has no opening counterpart"),
    *("give its URL with --query", "in DCAT-AP 3 and DCAT-AP.de 3.0"),
    *("or a byte order mark differ", "rather than as a task", "self-employed without staff"),
)
IRREGULAR = {"run": "ran"}  # English verbs whose past is not their participle
# Things of no particular kind: a plan, and a question that the article leaves open.
OTHERS = {ID.iri + "taken-over-concept", ID.iri + "open-year-2019"}


def marks(text: str) -> list[str]:
    """What a text has in both languages: numbers, months, acronyms, names of code, and whether it denies something."""
    numbers = [re.sub(r"\D", "", one) for one in NUMBER.findall(text.replace("Twenty-one", "21"))]
    names = {one.rstrip("s") for one in NAME.findall(text)} - ACRONYMS
    months = {f"month {place}" for place, month in enumerate(MONTHS, 1) if month.search(text)}
    return sorted([*numbers, *names, *months, *(["not"] if NEGATION.search(text) else [])])


def sides(text: str, patterns: Sequence[re.Pattern[str]]) -> list[bool]:
    """Which of two opposites a text has."""
    return [bool(pattern.search(text)) for pattern in patterns]


def differences(german: str, english: str) -> set[str]:
    """The marks that only one text has, and the opposites of which each text has another one."""
    here, there = (Counter(marks(text)) for text in (german, english))
    found = {*(here - there), *(there - here)}
    for words, patterns in OPPOSITES.items():
        ours, theirs = sides(german, patterns[:2]), sides(english, patterns[2:])
        found |= {words} if sum(ours) == sum(theirs) == 1 and ours != theirs else set()
    return found


def in_toml(where: str, part: object) -> Iterator[Pair]:
    """The texts of a TOML file in both languages, each with its place."""
    if isinstance(part, dict):
        if isinstance(part.get("de"), str) and isinstance(part.get("en"), str):
            yield where, part["de"], part["en"]
        for name, inner in part.items():
            yield from in_toml(f"{where} {name}", inner)
    elif isinstance(part, list):
        for inner in part:
            yield from in_toml(where, inner)


def in_table(file: Path) -> Iterator[Pair]:
    """The texts of a table in both languages: columns that differ in `de` and `en` alone."""
    with (ROOT / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for name, text in row.items():
                if re.search(r"(^|_)de$", name) and (other := re.sub(r"de$", "en", name)) in row:
                    yield f"{file} {next(iter(row.values()))}", text, row[other]


def in_rdf(quads: Iterator[tuple[str, str, Literal]]) -> Iterator[Pair]:
    """The texts of predicates with one value in each language."""
    texts_of: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, text in quads:
        texts_of[subject, predicate][text.language or ""].append(text.value)
    for (subject, predicate), values in texts_of.items():
        if len(values["de"]) == len(values["en"]) == 1:
            yield f"{subject} {predicate}", values["de"][0], values["en"][0]


def literals(quads: Iterable[Quad]) -> Iterator[tuple[str, str, Literal]]:
    """The literals among the values, with subject and predicate."""
    return ((str(one.subject), str(one.predicate), one.object) for one in quads if isinstance(one.object, Literal))


def all_pairs(dataset: Dataset) -> Iterator[Pair]:
    """The texts of program, templates and tables, of shapes and data, with their places."""
    for path in MODULES:
        yield from ((f"{path.name}:{line}", german, english) for line, german, english in texts(path))
    yield from ((f"{name}:{line}", german, english) for name, line, german, english in templates())
    for file in TOMLS:
        yield from in_toml(file.name, tomllib.loads((ROOT / file).read_text(encoding="utf-8")))
    for file in TABLES:
        yield from in_table(file)
    for shapes in rdf_files(packaged().shapes, "shapes"):
        yield from in_rdf(literals(read(shapes).quads))
    yield from in_rdf(literals(dataset.store.quads_for_pattern(None, None, None, UNION)))


def test_both_languages_say_the_same(dataset: Dataset) -> None:
    """They agree in numbers, months, acronyms and names of code, both deny something or none does, with no opposites.

    A text for which idiom wants something else is reworded, or an exception.
    """
    pairs = {(german, english): where for where, german, english in all_pairs(dataset)}
    found = {(where, english): differences(german, english) for (german, english), where in pairs.items()}
    different = {(where, *marks): english for (where, english), marks in found.items() if marks}

    assert len(pairs) > 5000
    assert {place: text for place, text in different.items() if not any(one in text for one in EXCEPTIONS)} == {}
    assert [one for one in EXCEPTIONS if not any(one in text for text in different.values())] == []
    assert differences("höchstens 2 im Mai", "at least 3 in June") == {"2", "3", "month 5", "month 6", "extent"}


def test_verbs_agree_in_their_tenses() -> None:
    """Present, perfect and past are of one verb, in both languages."""
    with (ROOT / "ontology/verbs.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    for row in rows:
        now, since, then = (row[f"en_{tense}"].split() for tense in ("now", "since", "then"))
        is_being = now[0] == "is"
        assert since[0] == "has", row["role"]
        assert then == (["was", *now[1:]] if is_being else [IRREGULAR.get(since[1], since[1]), *since[2:]]), row["role"]
        assert (since[1:] == ["been", *now[1:]]) if is_being else now[1:] == then[1:], row["role"]
        assert row["de_then"] == ("war" if row["de_now"] == "ist" else f"{row['de_now']}e"), row["role"]


def test_kinds_have_plurals() -> None:
    """In both languages another word than the singular, but for collective ones."""
    with (ROOT / "ontology/kinds.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    assert [row["kind"] for row in rows if row["de"] == row["plural_de"] or row["en"] == row["plural_en"]] == []


def test_each_thing_is_of_a_kind(dataset: Dataset) -> None:
    """Apart from known exceptions, no thing is of the kind "other"."""
    things = {
        quad.subject
        for quad in dataset.store
        if isinstance(quad.subject, NamedNode) and quad.subject in ID and "#" not in quad.subject.value
    }

    assert {node.value for node in things if kind_of(dataset, node) is OTHER} == OTHERS
