"""Rules written as queries, and beside each the update that breaks it."""

import re
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Quad, QuerySolutions, Store

from iqgraph.resources import Rule

RENEW_UNION = "CLEAR DEFAULT ; INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"
COLUMNS = {"focus", "path", "value", "graph"}


def breach(folder: Path, rule: Rule) -> str:
    """The update that breaks a rule."""
    return (folder / f"{rule.slug}.ru").read_text(encoding="utf-8")


def slugs(folder: Path) -> set[str]:
    """The rules that a folder has a breach for."""
    return {file.stem for file in folder.glob("*.ru")}


def planted(quads: Iterable[Quad], *updates: str) -> Store:
    """A copy of the dataset after updates of its named graphs."""
    store = Store()
    store.bulk_extend(quads)
    for update in updates:
        store.update(update)
    store.update(RENEW_UNION)
    return store


def rows(store: Store, rule: Rule) -> list[dict[str, str]]:
    """What a rule finds."""
    answers = store.query(rule.query)
    assert isinstance(answers, QuerySolutions)
    names = [variable.value for variable in answers.variables]
    return [{name: str(row[name]) for name in names if row[name] is not None} for row in answers]


def faults(text: str) -> list[str]:
    """What is wrong with the form of a query or update: prefixes unsorted, not used, lines too long."""
    prefixes = re.findall(r"^PREFIX ([a-z]+): <", text, re.MULTILINE)
    body = re.sub(r"<[^<>\s]*>|^#.*$", "", text, flags=re.MULTILINE)
    found = [f"{prefix}: is not used" for prefix in prefixes if len(re.findall(rf"\b{prefix}:", body)) < 2]
    found += ["the prefixes are not sorted"] if prefixes != sorted(prefixes) else []
    return found + [f"too long: {line}" for line in text.splitlines() if len(line) > 150]


def says_what_it_is(rule: Rule) -> bool:
    """Whether a rule begins with one sentence in English and one in German."""
    first, second, third, *_ = rule.query.splitlines()
    sentences = first == f"# {rule.en}" and second == f"# de: {rule.de}" and not third.startswith("#")
    return sentences and all(re.fullmatch(r"\S.*[^.]\.", text) and ". " not in text for text in (rule.en, rule.de))
