"""Queries made by chance, and small data to ask them of, for what has to hold for any query."""

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
    """A query without its ORDER BY and LIMIT, these, and the operators in it."""

    seed: str
    core: str = ""
    tail: str = ""
    operators: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The query as it is asked."""
        return f"{self.core} {self.tail}"


def data(seed: str) -> Store:
    """A few graphs with a few statements each, some of them in two graphs; the default graph is their union."""
    chance = random.Random(f"data {seed}")  # noqa: S311 - a sample, no secret
    store = Store()
    graphs = [NamedNode(f"{SPACE}g{number}") for number in range(chance.randint(3, MAX_GRAPHS))]
    for graph in graphs:
        for _ in range(chance.randint(2, 5)):
            subject, predicate = (NamedNode(SPACE + chance.choice(names)) for names in (THINGS, PROPERTIES))
            value = Literal(chance.randint(1, 3)) if chance.random() < 0.2 else NamedNode(SPACE + chance.choice(THINGS))
            for one in {graph, chance.choice(graphs)} if chance.random() < 0.2 else {graph}:
                store.add(Quad(subject, predicate, value, one))
                store.add(Quad(subject, predicate, value))
    return store


def query(seed: str) -> Case:
    """A query that the engine can read."""
    maker = _Maker(Case(seed), random.Random(f"query {seed}"))  # noqa: S311 - a sample, no secret
    maker.make()
    return maker.case


class _Maker:
    def __init__(self, case: Case, chance: random.Random) -> None:
        self.case, self.chance, self.numbers = case, chance, 0

    def make(self) -> None:
        """Fill the case."""
        group = self.group(2)
        names = sorted({name for name in VARIABLES if name in group}) or ["?v"]
        form = self.chance.choices(("SELECT", "ASK", "CONSTRUCT"), (8, 1, 1))[0]
        if form == "ASK":
            self.case.core = f"{PROLOGUE}ASK {group}"
            return
        if form == "CONSTRUCT":
            template = f"{self.chance.choice(names)} :made {self.chance.choice(names)} . :a :made {names[0]} ."
            self.case.core = f"{PROLOGUE}CONSTRUCT {{ {template} }} WHERE {group}"
            return
        chosen = self.chance.sample(names, self.chance.randint(1, len(names)))
        head = "*" if self.chance.random() < 0.2 else " ".join(chosen)
        if head != "*" and self.chance.random() < 0.15:
            head += f" (STR({names[0]}) AS ?text)"
            self.use("BIND")
        distinct = self.chance.choice(("", "DISTINCT "))
        self.case.core = f"{PROLOGUE}SELECT {distinct}{head} WHERE {group}"
        self.case.tail = self.chance.choice(
            ("", f"ORDER BY {names[0]}", f"ORDER BY DESC({names[-1]}) LIMIT 5 OFFSET 1")
        )

    def use(self, operator: str) -> None:
        """Write down that the query has an operator."""
        self.case.operators.add(operator)

    def group(self, depth: int) -> str:
        """A group of a few elements; below the depth they are triple patterns."""
        parts = [self.triples()]
        makers: list[Callable[[int], str]] = [
            self.optional, self.optional, self.union, self.filter, self.filter, self.bind, self.values, self.path,
            self.path, self.subquery, self.graph, self.graph, self.minus, self.nested,
        ]  # fmt: skip
        for _ in range(self.chance.randint(1, 2) if depth else self.chance.randint(0, 1)):
            maker = (
                self.chance.choice(makers) if depth else self.chance.choice([self.filter_plain, self.path, self.more])
            )
            part = maker(depth - 1)
            if maker == self.path and self.chance.random() < 0.4:
                parts[0] = part
            else:
                parts.append(part)
        return f"{{ {' '.join(parts)} }}"

    def term(self, *more: str) -> str:
        """A variable most often."""
        return self.chance.choice((*VARIABLES, *VARIABLES, *(f":{name}" for name in THINGS[:3]), *more))

    def triple(self) -> str:
        """One triple pattern, perhaps one that is written short."""
        verb = self.chance.choice((*(f":{name}" for name in PROPERTIES), "?u"))
        kind = self.chance.random()
        if kind < 0.08:
            return f"{self.term()} {verb} {self.term()}, {self.term('2')} ."
        if kind < 0.16:
            return f"{self.term()} {verb} [ :{self.chance.choice(PROPERTIES)} {self.term()} ] ."
        return f"{self.term()} {verb} {self.term('1', '[]')} ."

    def triples(self) -> str:
        """One triple pattern or two."""
        return " ".join(self.triple() for _ in range(self.chance.choice((1, 1, 2))))

    def more(self, _: int) -> str:
        """Another triple pattern."""
        return self.triple()

    def optional(self, depth: int) -> str:
        """A part that may find nothing, now and then with another inside."""
        self.use("OPTIONAL")
        if self.chance.random() < 0.25:
            self.use("UNION")
            self.use("UNION inside OPTIONAL")
            return f"OPTIONAL {{ {self.group(0)} UNION {self.group(0)} }}"
        return f"OPTIONAL {self.group(depth)}"

    def union(self, depth: int) -> str:
        """Two or three groups."""
        self.use("UNION")
        return " UNION ".join(self.group(depth) for _ in range(self.chance.choice((2, 2, 3))))

    def nested(self, depth: int) -> str:
        """A group of its own."""
        return self.group(depth)

    def minus(self, depth: int) -> str:
        """What has to find nothing."""
        self.use("MINUS")
        return f"MINUS {self.group(depth if self.chance.random() < 0.3 else 0)}"

    def filter_plain(self, _: int) -> str:
        """A condition on values."""
        self.use("FILTER")
        one, other = self.chance.sample(VARIABLES, 2)
        test = self.chance.choice(
            (f"{one} != {other}", f"isIRI({one})", f"{one} != :a", f"!bound({one})", f"bound({one}) || {other} = :b",
             f"{one} IN (:a, :b, 1)", f"COALESCE({one}, {other}) != :c")
        )  # fmt: skip
        return f"FILTER ({test})"

    def filter(self, depth: int) -> str:
        """A condition, perhaps on what there is."""
        kind = self.chance.random()
        inside = self.group(depth if self.chance.random() < 0.3 else 0)
        if kind < 0.3:
            self.use("EXISTS")
            return f"FILTER EXISTS {inside}"
        if kind < 0.55:
            self.use("NOT EXISTS")
            return self.chance.choice((f"FILTER NOT EXISTS {inside}", f"FILTER (NOT EXISTS {inside})"))
        if kind < 0.7:
            self.use("EXISTS")
            self.use("FILTER")
            return f"FILTER ({self.chance.choice(VARIABLES)} = :a || {self.chance.choice(('', '!'))}EXISTS {inside})"
        return self.filter_plain(depth)

    def bind(self, _: int) -> str:
        """A value that is computed."""
        self.use("BIND")
        self.numbers += 1
        value = self.chance.choice((f"STR({self.chance.choice(VARIABLES)})", "1 + 1", self.chance.choice(VARIABLES)))
        return f"BIND ({value} AS ?n{self.numbers})"

    def values(self, _: int) -> str:
        """Values that are given."""
        self.use("VALUES")
        if self.chance.random() < 0.5:
            return f"VALUES {self.chance.choice(VARIABLES)} {{ :a :b 1 }}"
        one, other = self.chance.sample(VARIABLES, 2)
        return f"VALUES ({one} {other}) {{ (:a UNDEF) (:b :c) (UNDEF :a) }}"

    def path(self, _: int) -> str:
        """A path."""
        self.use("path")
        one, other = (f":{name}" for name in self.chance.sample(PROPERTIES, 2))
        path = self.chance.choice(
            (f"{one}+", f"{one}*", f"{one}?", f"{one}/{other}", f"{one}|{other}", f"^{one}/{other}",
             f"({one}|{other})+", f"({one}/{other}?)*", f"!({one}|^{other})", f"^({one}+)", f"{one}/{other}+",
             f"!{one}+")
        )  # fmt: skip
        for mark in "+?":
            if mark in path:
                self.use(f"path {mark}")
        return f"{self.term()} {path} {self.term()} ."

    def subquery(self, depth: int) -> str:
        """A group of which not all variables are seen outside."""
        self.use("subquery")
        group = self.group(depth)
        names = sorted({name for name in VARIABLES if name in group}) or ["?v"]
        chosen = " ".join(self.chance.sample(names, self.chance.randint(1, min(2, len(names)))))
        return f"{{ SELECT {self.chance.choice(('', 'DISTINCT '))}{chosen} WHERE {group} }}"

    def graph(self, depth: int) -> str:
        """A group of one graph."""
        self.use("GRAPH")
        if self.chance.random() < 0.7:
            self.use("GRAPH ?g")
            return f"GRAPH {self.chance.choice(('?g', '?g', '?h'))} {self.group(depth)}"
        return f"GRAPH :g{self.chance.randint(0, 2)} {self.group(depth)}"
