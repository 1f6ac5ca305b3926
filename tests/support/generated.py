"""Random queries and small data for them, to test properties of all queries."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad, Store

SPACE = "http://example.org/"
PROLOGUE = f"PREFIX : <{SPACE}>\n"
THINGS = ("a", "b", "c", "d")
PROPERTIES = ("p", "q", "r")
VARIABLES = ("?v", "?w", "?x", "?y", "?z")
MAX_GRAPHS = 5
OPERATORS = (
    "OPTIONAL", "UNION", "FILTER", "BIND", "VALUES", "path", "subquery", "GRAPH", "GRAPH ?g", "MINUS", "NOT EXISTS",
    "EXISTS", "UNION inside OPTIONAL", "path +", "path ?",
)  # fmt: skip


@dataclass
class Case:
    """A query without ORDER BY and LIMIT, these, and its operators."""

    seed: str
    core: str = ""
    tail: str = ""
    operators: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The whole query."""
        return f"{self.core} {self.tail}"


def data(seed: str) -> Store:
    """A few graphs with a few statements each, some of them in two graphs; the default graph is their union."""
    rng = random.Random(f"data {seed}")  # noqa: S311 - a sample, no secret
    store = Store()
    graphs = [NamedNode(f"{SPACE}g{number}") for number in range(rng.randint(3, MAX_GRAPHS))]
    for graph in graphs:
        for _ in range(rng.randint(2, 5)):
            subject, predicate = (NamedNode(SPACE + rng.choice(names)) for names in (THINGS, PROPERTIES))
            value = Literal(rng.randint(1, 3)) if rng.random() < 0.2 else NamedNode(SPACE + rng.choice(THINGS))
            for one in {graph, rng.choice(graphs)} if rng.random() < 0.2 else {graph}:
                store.add(Quad(subject, predicate, value, one))
                store.add(Quad(subject, predicate, value))
    return store


def query(seed: str) -> Case:
    """A random valid query."""
    maker = _Maker(Case(seed), random.Random(f"query {seed}"))  # noqa: S311 - a sample, no secret
    maker.make()
    return maker.case


class _Maker:
    def __init__(self, case: Case, rng: random.Random) -> None:
        self.case, self.rng, self.numbers = case, rng, 0

    def make(self) -> None:
        """Fill the case."""
        group = self.group(2)
        names = sorted({name for name in VARIABLES if name in group}) or ["?v"]
        form = self.rng.choices(("SELECT", "ASK", "CONSTRUCT"), (8, 1, 1))[0]
        if form == "ASK":
            self.case.core = f"{PROLOGUE}ASK {group}"
            return
        if form == "CONSTRUCT":
            template = f"{self.rng.choice(names)} :made {self.rng.choice(names)} . :a :made {names[0]} ."
            self.case.core = f"{PROLOGUE}CONSTRUCT {{ {template} }} WHERE {group}"
            return
        variables = self.rng.sample(names, self.rng.randint(1, len(names)))
        head = "*" if self.rng.random() < 0.2 else " ".join(variables)
        if head != "*" and self.rng.random() < 0.15:
            head += f" (STR({names[0]}) AS ?text)"
            self.use("BIND")
        distinct = self.rng.choice(("", "DISTINCT "))
        self.case.core = f"{PROLOGUE}SELECT {distinct}{head} WHERE {group}"
        self.case.tail = self.rng.choice(("", f"ORDER BY {names[0]}", f"ORDER BY DESC({names[-1]}) LIMIT 5 OFFSET 1"))

    def use(self, operator: str) -> None:
        """Record an operator of the query."""
        self.case.operators.add(operator)

    def group(self, depth: int) -> str:
        """A group of a few elements, which are plain at depth 0."""
        parts = [self.triples()]
        makers: list[Callable[[int], str]] = [
            self.optional, self.optional, self.union, self.filter, self.filter, self.bind, self.values, self.path,
            self.path, self.subquery, self.graph, self.graph, self.minus, self.subgroup,
        ]  # fmt: skip
        for _ in range(self.rng.randint(1, 2) if depth else self.rng.randint(0, 1)):
            maker = self.rng.choice(makers) if depth else self.rng.choice([self.filter_plain, self.path, self.more])
            part = maker(depth - 1)
            if maker == self.path and self.rng.random() < 0.4:
                parts[0] = part
            else:
                parts.append(part)
        return f"{{ {' '.join(parts)} }}"

    def term(self, *more: str) -> str:
        """A term, most often a variable."""
        return self.rng.choice((*VARIABLES, *VARIABLES, *(f":{name}" for name in THINGS[:3]), *more))

    def triple(self) -> str:
        """One triple pattern, sometimes abbreviated."""
        verb = self.rng.choice((*(f":{name}" for name in PROPERTIES), "?u"))
        kind = self.rng.random()
        if kind < 0.08:
            return f"{self.term()} {verb} {self.term()}, {self.term('2')} ."
        if kind < 0.16:
            return f"{self.term()} {verb} [ :{self.rng.choice(PROPERTIES)} {self.term()} ] ."
        return f"{self.term()} {verb} {self.term('1', '[]')} ."

    def triples(self) -> str:
        """One triple pattern or two."""
        return " ".join(self.triple() for _ in range(self.rng.choice((1, 1, 2))))

    def more(self, _: int) -> str:
        """Another triple pattern."""
        return self.triple()

    def optional(self, depth: int) -> str:
        """An optional group, sometimes with a union."""
        self.use("OPTIONAL")
        if self.rng.random() < 0.25:
            self.use("UNION")
            self.use("UNION inside OPTIONAL")
            return f"OPTIONAL {{ {self.group(0)} UNION {self.group(0)} }}"
        return f"OPTIONAL {self.group(depth)}"

    def union(self, depth: int) -> str:
        """Two or three groups."""
        self.use("UNION")
        return " UNION ".join(self.group(depth) for _ in range(self.rng.choice((2, 2, 3))))

    def subgroup(self, depth: int) -> str:
        """A group of its own."""
        return self.group(depth)

    def minus(self, depth: int) -> str:
        """A MINUS group."""
        self.use("MINUS")
        return f"MINUS {self.group(depth if self.rng.random() < 0.3 else 0)}"

    def filter_plain(self, _: int) -> str:
        """A filter on values."""
        self.use("FILTER")
        one, other = self.rng.sample(VARIABLES, 2)
        test = self.rng.choice(
            (f"{one} != {other}", f"isIRI({one})", f"{one} != :a", f"!bound({one})", f"bound({one}) || {other} = :b",
             f"{one} IN (:a, :b, 1)", f"COALESCE({one}, {other}) != :c")
        )  # fmt: skip
        return f"FILTER ({test})"

    def filter(self, depth: int) -> str:
        """A filter, sometimes with EXISTS."""
        kind = self.rng.random()
        inside = self.group(depth if self.rng.random() < 0.3 else 0)
        if kind < 0.3:
            self.use("EXISTS")
            return f"FILTER EXISTS {inside}"
        if kind < 0.55:
            self.use("NOT EXISTS")
            return self.rng.choice((f"FILTER NOT EXISTS {inside}", f"FILTER (NOT EXISTS {inside})"))
        if kind < 0.7:
            self.use("EXISTS")
            self.use("FILTER")
            return f"FILTER ({self.rng.choice(VARIABLES)} = :a || {self.rng.choice(('', '!'))}EXISTS {inside})"
        return self.filter_plain(depth)

    def bind(self, _: int) -> str:
        """A computed value."""
        self.use("BIND")
        self.numbers += 1
        value = self.rng.choice((f"STR({self.rng.choice(VARIABLES)})", "1 + 1", self.rng.choice(VARIABLES)))
        return f"BIND ({value} AS ?n{self.numbers})"

    def values(self, _: int) -> str:
        """Inline data."""
        self.use("VALUES")
        if self.rng.random() < 0.5:
            return f"VALUES {self.rng.choice(VARIABLES)} {{ :a :b 1 }}"
        one, other = self.rng.sample(VARIABLES, 2)
        return f"VALUES ({one} {other}) {{ (:a UNDEF) (:b :c) (UNDEF :a) }}"

    def path(self, _: int) -> str:
        """A property path."""
        self.use("path")
        one, other = (f":{name}" for name in self.rng.sample(PROPERTIES, 2))
        path = self.rng.choice(
            (f"{one}+", f"{one}*", f"{one}?", f"{one}/{other}", f"{one}|{other}", f"^{one}/{other}",
             f"({one}|{other})+", f"({one}/{other}?)*", f"!({one}|^{other})", f"^({one}+)", f"{one}/{other}+",
             f"!{one}+")
        )  # fmt: skip
        for mark in "+?":
            if mark in path:
                self.use(f"path {mark}")
        return f"{self.term()} {path} {self.term()} ."

    def subquery(self, depth: int) -> str:
        """A subquery that projects some of its variables."""
        self.use("subquery")
        group = self.group(depth)
        names = sorted({name for name in VARIABLES if name in group}) or ["?v"]
        variables = " ".join(self.rng.sample(names, self.rng.randint(1, min(2, len(names)))))
        return f"{{ SELECT {self.rng.choice(('', 'DISTINCT '))}{variables} WHERE {group} }}"

    def graph(self, depth: int) -> str:
        """A group in a named graph."""
        self.use("GRAPH")
        if self.rng.random() < 0.7:
            self.use("GRAPH ?g")
            return f"GRAPH {self.rng.choice(('?g', '?g', '?h'))} {self.group(depth)}"
        return f"GRAPH :g{self.rng.randint(0, 2)} {self.group(depth)}"
