"""Shapes in words: one sentence in both languages for everything that a shape asks for."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from pyoxigraph import Literal, NamedNode

from ..bilingual import Text
from ..dataset import Dataset, Term
from ..engine.neighbourhood import name
from ..terms import SH
from ..validation.paths import Path, short_name
from .constraints import Constraint, Shape
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

    call: Callable[[NamedNode], Text]
    shapes: Mapping[NamedNode, Shape]

    @cached_property
    def closed(self) -> list[Shape]:
        """The shapes that name all properties of their class."""
        return [one for one in self.shapes.values() if one.get(SH.closed)]

    def subject(self, shape: Shape) -> Text:
        """What a node shape is about, as the sentence begins; the message of a closed shape says it best."""
        for other in (shape, *(one for one in self.closed if set(one.classes()) & set(shape.classes()))):
            found = [re.match(head, text) for head, text in zip(HEAD, other.message or ("", ""), strict=True)]
            if other.get(SH.closed) and all(found):
                return Text(*(match[1] for match in found if match))
        return NOBODY if shape.targets else IT

    def sentence(self, shape: Shape, subject: Text = IT) -> Text:
        """Everything that a shape asks for itself, its parts not included."""
        each = EACH if shape.path is not None else ITSELF
        clauses = [self._clause(one, each) for one in shape.constraints if one.parameter not in COUNTED | CLOSED]
        first = self._first(shape, subject)
        if not first and not clauses:
            return Text(
                en=f"{subject.en} has the properties below.", de=f"{subject.de} hat die Eigenschaften darunter."
            )
        said = [*([first] if first else []), *clauses]
        if not first:
            said[0] = Text(en=f"{subject.en}: {clauses[0].en}", de=f"{subject.de}: {clauses[0].de}")
        return Text(*(f"{'; '.join(texts)}." for texts in zip(*said, strict=True)))

    def target(self, parameter: NamedNode, term: NamedNode) -> Text:
        """What one target of a shape takes in."""
        called = self._quoted(term)
        if parameter == SH.targetClass:
            return Text(en=f"all of the class {called.en}", de=f"alles aus der Klasse {called.de}")
        return Text(en=f"all that has {called.en}", de=f"alles, was {called.de} hat")

    def _first(self, shape: Shape, subject: Text) -> Text | None:
        """The main clause: how often there is a value, or that there is nothing else."""
        if shape.path is not None:
            return self._counted(shape, shape.path, subject)
        if not shape.get(SH.closed):
            return None
        left = self._listed(shape.get(SH.ignoredProperties))
        only = Text(
            en=f"{subject.en} has no other properties than those below",
            de=f"{subject.de} hat keine anderen Eigenschaften als die darunter",
        )
        if not left.en:
            return only
        return Text(
            en=f"{only.en} and these, which other shapes look after: {left.en}",
            de=f"{only.de} und diesen, um die sich andere Shapes kümmern: {left.de}",
        )

    def _counted(self, shape: Shape, path: Path, subject: Text) -> Text:
        least, most = (_number(shape.get(parameter)) for parameter in (SH.minCount, SH.maxCount))
        along = self._path(path)
        if not isinstance(path, NamedNode):
            reached = things(least, most)
            return Text(
                en=f"{subject.en} reaches {reached.en} by {along.en}",
                de=f"{subject.de} erreicht {reached.de} über {along.de}",
            )
        languages = [LANGUAGES[value.value] for value in shape.get(SH.languageIn) if isinstance(value, Literal)]
        once = bool(shape.get(SH.uniqueLang))
        if languages and once and least == most == len(languages):
            return Text(
                en=f"{subject.en} has {along.en} {' and '.join(f'exactly once {one.en}' for one in languages)}",
                de=f"{subject.de} hat {along.de} {' und '.join(f'genau einmal {one.de}' for one in languages)}",
            )
        told = has(subject, along, least, most)
        if languages:
            allowed = Text(de=" oder ".join(one.de for one in languages), en=" or ".join(one.en for one in languages))
            told = Text(de=f"{told.de}, {allowed.de}", en=f"{told.en}, {allowed.en}")
        return Text(en=f"{told.en}, once in each", de=f"{told.de}, je Sprache einmal") if once else told

    def _clause(self, one: Constraint, each: Text) -> Text:
        values = [self._value(one.parameter, value) for value in one.values]
        if one.parameter in ALTERNATIVES:
            listed = Text(*(", ".join(f"({n}) {t}" for n, t in enumerate(ts, 1)) for ts in zip(*values, strict=True)))
        else:
            listed = Text(*(", ".join(texts) for texts in zip(*values, strict=True)))
        plain = f"{short_name(one.parameter)} {{values}}"
        form = CLAUSES.get(one.parameter, Text(en=plain, de=plain))
        return Text(*(t.format(each=e, values=v) for t, e, v in zip(form, each, listed, strict=True)))

    def _value(self, parameter: NamedNode, value: Term) -> Text:
        if isinstance(value, Literal):
            pattern = Text(en=f"matches {value.value}", de=f"passt zu {value.value}")
            return (
                PATTERNS.get(value.value, pattern) if parameter == SH.pattern else Text(en=value.value, de=value.value)
            )
        if not isinstance(value, NamedNode):
            return Text(en=str(value), de=str(value))
        if value in self.shapes:
            return self._summary(self.shapes[value])
        return KINDS.get(value) or self._quoted(value)

    def _summary(self, shape: Shape) -> Text:
        """Another shape, as far as it matters where it is used: its message, else those of its parts."""
        if shape.message:
            return _plain(shape.message)
        clauses = [self._clause(one, ITSELF) for one in shape.constraints]
        own = Text(en=" and ".join(one.en for one in clauses), de=" und ".join(one.de for one in clauses))
        parts = [_plain(self.shapes[part].message or IT) for part in shape.parts]
        return Text(*("; ".join(filter(None, texts)) for texts in zip(own, *parts, strict=True)))

    def _path(self, path: Path) -> Text:
        if isinstance(path, NamedNode):
            return self._quoted(path)
        parts = [self._path(part) for part in path.parts]
        if path.operator in STEPS:
            return Text(*(form.format(text) for form, text in zip(STEPS[path.operator], parts[0], strict=True)))
        joint = Text(en=" or ", de=" oder ") if path.operator == "|" else Text(en=", then ", de=", dann ")
        return Text(*(word.join(texts) for word, texts in zip(joint, zip(*parts, strict=True), strict=True)))

    def _quoted(self, term: NamedNode) -> Text:
        called = self.call(term)
        return Text(en=f"“{called.en}”", de=f"„{called.de}“")

    def _listed(self, terms: Iterable[Term]) -> Text:
        quoted = [self._quoted(term) for term in terms if isinstance(term, NamedNode)]
        return Text(en=", ".join(one.en for one in quoted), de=", ".join(one.de for one in quoted))


def calling(dataset: Dataset) -> Callable[[NamedNode], Text]:
    """What a term is called: as the dataset says, else as it is called here, else by its short name."""

    @cache
    def call(term: NamedNode) -> Text:
        known = Text(en=name(dataset, term, "en"), de=name(dataset, term, "de"))
        short = short_name(term)
        return known if all(known) else reused_name(term) or Text(en=short, de=short)

    return call


def unworded(shapes: Iterable[Shape]) -> set[str]:
    """The parameters that shapes use and that there are no words for."""
    used = {one.parameter for shape in shapes for one in shape.constraints}
    return {short_name(parameter) for parameter in used - CLAUSES.keys() - COUNTED - CLOSED}


def _number(values: tuple[Term, ...]) -> int | None:
    return next((int(value.value) for value in values if isinstance(value, Literal)), None)


def _plain(message: Text) -> Text:
    return Text(*(text.removesuffix(".") for text in message))
