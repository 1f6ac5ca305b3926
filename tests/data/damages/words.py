"""Damages to labels, descriptions and other texts."""

from pyoxigraph import Literal

from iqgraph.terms import DCTERMS, IQ, SKOS

from .ground import Damage, Ground, Statement, language, renewed

TEXTS = {SKOS.prefLabel, SKOS.altLabel, DCTERMS.description, IQ.acronym}


def lose_label(ground: Ground) -> Damage:
    """A label is lost in every graph."""
    return ground.without(*ground.same(ground.pick(SKOS.prefLabel)))


def lose_description(ground: Ground) -> Damage:
    """A description is lost."""
    return ground.without(ground.pick(DCTERMS.description))


def add_second_label(ground: Ground) -> Damage:
    """A thing has two preferred labels in one language."""
    quad = ground.pick(SKOS.prefLabel)
    return ground.with_also(_reworded(quad, f"{quad.object.value} neu"))


def lose_language(ground: Ground) -> Damage:
    """A text is in no language."""
    quad = ground.pick(where=_is_text)
    return ground.changed([quad], [renewed(quad, value=Literal(quad.object.value))])


def mistake_language(ground: Ground) -> Damage:
    """A German text is marked as English, or the other way round."""
    quad = ground.pick(where=_is_text)
    return ground.changed([quad], [_reworded(quad, quad.object.value, "en" if language(quad) == "de" else "de")])


def name_country_in_language(ground: Ground) -> Damage:
    """The language is given together with a country."""
    quad = ground.pick(where=_is_text)
    return ground.changed([quad], [_reworded(quad, quad.object.value, f"{language(quad)}-DE")])


def exchange_languages(ground: Ground) -> Damage:
    """The German and the English description have changed places."""
    quad = ground.pick(DCTERMS.description, lambda quad: language(quad) == "de")
    (other,) = ground.all(DCTERMS.description, lambda one: one.subject == quad.subject and language(one) == "en")
    return ground.changed(
        [quad, other], [_reworded(quad, quad.object.value, "en"), _reworded(other, other.object.value, "de")]
    )


def empty_text(ground: Ground) -> Damage:
    """A text has no words."""
    quad = ground.pick(where=_is_text)
    return ground.changed([quad], [_reworded(quad, "")])


def add_trailing_space(ground: Ground) -> Damage:
    """A text ends with a space."""
    quad = ground.pick(where=_is_text)
    return ground.changed([quad], [_reworded(quad, f"{quad.object.value} ")])


def add_double_space(ground: Ground) -> Damage:
    """Two words have two spaces between them."""
    quad = ground.pick(where=lambda quad: _is_text(quad) and " " in quad.object.value)
    return ground.changed([quad], [_reworded(quad, quad.object.value.replace(" ", "  ", 1))])


def break_line(ground: Ground) -> Damage:
    """A text goes on in a second line."""
    quad = ground.pick(where=lambda quad: _is_text(quad) and " " in quad.object.value)
    return ground.changed([quad], [_reworded(quad, quad.object.value.replace(" ", "\n", 1))])


def decompose_letter(ground: Ground) -> Damage:
    """A letter with two dots is written as a letter and two dots."""
    quad = ground.pick(where=lambda quad: _is_text(quad) and "ü" in quad.object.value)
    return ground.changed([quad], [_reworded(quad, quad.object.value.replace("ü", "u\u0308"))])


def misspell_word(ground: Ground) -> Damage:
    """A letter of a text is wrong."""
    quad = ground.pick(where=lambda quad: _is_text(quad) and "e" in quad.object.value)
    return ground.changed([quad], [_reworded(quad, quad.object.value.replace("e", "c", 1))])


def add_legal_form(ground: Ground) -> Damage:
    """An organisation has a legal form that no source gives."""
    quad = ground.world(SKOS.altLabel)
    return ground.with_also(_reworded(quad, f"{quad.object.value} GmbH"))


def describe_in_passage(ground: Ground) -> Damage:
    """A passage has words of the curators."""
    quad = ground.world(SKOS.prefLabel)
    return ground.with_also(renewed(quad, predicate=DCTERMS.description))


def translate_in_passage(ground: Ground) -> Damage:
    """A German passage has an English label."""
    quad = ground.world(SKOS.prefLabel)
    return ground.with_also(renewed(quad, predicate=SKOS.altLabel, value=Literal("something", language="en")))


def _is_text(quad: Statement) -> bool:
    return quad.predicate in TEXTS


def _reworded(quad: Statement, text: str, tag: str | None = None) -> Statement:
    return renewed(quad, value=Literal(text, language=tag or language(quad)))
