"""Shapes in words: one sentence in both languages for everything that a shape asks for."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from pyoxigraph import Literal, NamedNode

from ..dataset import Dataset
from ..engine.things.neighbourhood import name
from ..terms import SH
from ..validation.findings import Message, Path, short_name
from .constraints import Constraint, Shape, Term
from .phrases import (
    ALTERNATIVES,
    CLAUSES,
    CLOSED,
    COUNTED,
    EACH,
    HEAD,
    IT,
    ITSELF,
    KINDS,
    LANGUAGES,
    NOBODY,
    PATTERNS,
    STEPS,
    has,
    things,
)
from .reused import reused_name


@dataclass(frozen=True)
class Wording:
    """Puts shapes into words; needs what terms are called, and all shapes, since one may speak of another."""

    call: Callable[[NamedNode], Message]
    shapes: Mapping[NamedNode, Shape]

    def subject(self, shape: Shape) -> Message:
        """What a node shape is about, as the sentence begins; the message of a closed shape says it best."""
        for other in (shape, *(one for one in self.shapes.values() if set(one.classes()) & set(shape.classes()))):
            found = [re.match(head, text) for head, text in zip(HEAD, other.message or ("", ""), strict=True)]
            if other.get(SH.closed) and all(found):
                return Message(*(match[1] for match in found if match))
        return NOBODY if shape.targets else IT

    def sentence(self, shape: Shape, subject: Message = IT) -> Message:
        """Everything that a shape asks for itself, its parts not included."""
        each = EACH if shape.path is not None else ITSELF
        clauses = [self._clause(one, each) for one in shape.constraints if one.parameter not in COUNTED | CLOSED]
        first = self._first(shape, subject)
        if not first and not clauses:
            return Message(f"{subject.en} has the properties below.", f"{subject.de} hat die Eigenschaften darunter.")
        said = [*([first] if first else []), *clauses]
        if not first:
            said[0] = Message(f"{subject.en}: {clauses[0].en}", f"{subject.de}: {clauses[0].de}")
        return Message(*(f"{'; '.join(texts)}." for texts in zip(*said, strict=True)))

    def target(self, parameter: NamedNode, term: NamedNode) -> Message:
        """What one target of a shape takes in."""
        called = self._quoted(term)
        if parameter == SH.targetClass:
            return Message(f"all of the class {called.en}", f"alles aus der Klasse {called.de}")
        return Message(f"all that has {called.en}", f"alles, was {called.de} hat")

    def _first(self, shape: Shape, subject: Message) -> Message | None:
        """The main clause: how often there is a value, or that there is nothing else."""
        if shape.path is not None:
            return self._counted(shape, shape.path, subject)
        if not shape.get(SH.closed):
            return None
        left = self._listed(shape.get(SH.ignoredProperties))
        only = Message(
            f"{subject.en} has no other properties than those below",
            f"{subject.de} hat keine anderen Eigenschaften als die darunter",
        )
        if not left.en:
            return only
        return Message(
            f"{only.en} and these, which other shapes look after: {left.en}",
            f"{only.de} und diesen, um die sich andere Shapes kümmern: {left.de}",
        )

    def _counted(self, shape: Shape, path: Path, subject: Message) -> Message:
        least, most = (_number(shape.get(parameter)) for parameter in (SH.minCount, SH.maxCount))
        along = self._path(path)
        if not isinstance(path, NamedNode):
            reached = things(least, most)
            return Message(
                f"{subject.en} reaches {reached.en} by {along.en}",
                f"{subject.de} erreicht {reached.de} über {along.de}",
            )
        languages = [LANGUAGES[value.value] for value in shape.get(SH.languageIn) if isinstance(value, Literal)]
        once = bool(shape.get(SH.uniqueLang))
        if languages and once and least == most == len(languages):
            return Message(
                f"{subject.en} has {along.en} {' and '.join(f'exactly once {one.en}' for one in languages)}",
                f"{subject.de} hat {along.de} {' und '.join(f'genau einmal {one.de}' for one in languages)}",
            )
        told = has(subject, along, least, most)
        if languages:
            told = Message(*(f"{text}, {_or(n, languages)}" for n, text in enumerate(told)))
        return Message(f"{told.en}, once in each", f"{told.de}, je Sprache einmal") if once else told

    def _clause(self, one: Constraint, each: Message) -> Message:
        values = [self._value(one.parameter, value) for value in one.values]
        if one.parameter in ALTERNATIVES:
            listed = Message(
                *(", ".join(f"({n}) {t}" for n, t in enumerate(ts, 1)) for ts in zip(*values, strict=True))
            )
        else:
            listed = Message(*(", ".join(texts) for texts in zip(*values, strict=True)))
        plain = f"{short_name(one.parameter)} {{values}}"
        form = CLAUSES.get(one.parameter, Message(plain, plain))
        return Message(*(t.format(each=e, values=v) for t, e, v in zip(form, each, listed, strict=True)))

    def _value(self, parameter: NamedNode, value: Term) -> Message:
        if isinstance(value, Literal):
            pattern = Message(f"matches {value.value}", f"passt zu {value.value}")
            return PATTERNS.get(value.value, pattern) if parameter == SH.pattern else Message(value.value, value.value)
        if not isinstance(value, NamedNode):
            return Message(str(value), str(value))
        if value in self.shapes:
            return self._summary(self.shapes[value])
        return KINDS.get(value) or self._quoted(value)

    def _summary(self, shape: Shape) -> Message:
        """Another shape, as far as it matters where it is used: its message, else those of its parts."""
        if shape.message:
            return _plain(shape.message)
        clauses = [self._clause(one, ITSELF) for one in shape.constraints]
        own = Message(" and ".join(one.en for one in clauses), " und ".join(one.de for one in clauses))
        parts = [_plain(self.shapes[part].message or IT) for part in shape.parts]
        return Message(*("; ".join(filter(None, texts)) for texts in zip(own, *parts, strict=True)))

    def _path(self, path: Path) -> Message:
        if isinstance(path, NamedNode):
            return self._quoted(path)
        parts = [self._path(part) for part in path.parts]
        if path.operator in STEPS:
            return Message(*(form.format(text) for form, text in zip(STEPS[path.operator], parts[0], strict=True)))
        joint = Message(" or ", " oder ") if path.operator == "|" else Message(", then ", ", dann ")
        return Message(*(word.join(texts) for word, texts in zip(joint, zip(*parts, strict=True), strict=True)))

    def _quoted(self, term: NamedNode) -> Message:
        called = self.call(term)
        return Message(f"“{called.en}”", f"„{called.de}“")

    def _listed(self, terms: Iterable[Term]) -> Message:
        quoted = [self._quoted(term) for term in terms if isinstance(term, NamedNode)]
        return Message(", ".join(one.en for one in quoted), ", ".join(one.de for one in quoted))


def calling(dataset: Dataset) -> Callable[[NamedNode], Message]:
    """What a term is called: as the dataset says, else as it is called here, else by its short name."""

    @cache
    def call(term: NamedNode) -> Message:
        known = Message(name(dataset, term, "en"), name(dataset, term, "de"))
        short = short_name(term)
        return known if all(known) else reused_name(term) or Message(short, short)

    return call


def unworded(shapes: Iterable[Shape]) -> set[str]:
    """The parameters that shapes use and that there are no words for."""
    used = {one.parameter for shape in shapes for one in shape.constraints}
    return {short_name(parameter) for parameter in used - CLAUSES.keys() - COUNTED - CLOSED}


def _number(values: tuple[Term, ...]) -> int | None:
    return next((int(value.value) for value in values if isinstance(value, Literal)), None)


def _or(place: int, languages: list[Message]) -> str:
    return (" or ", " oder ")[place].join(one[place] for one in languages)


def _plain(message: Message) -> Message:
    return Message(*(text.removesuffix(".") for text in message))
