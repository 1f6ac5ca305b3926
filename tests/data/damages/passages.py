"""Damages to passages: their order, their offsets, their hashes."""

from pyoxigraph import Literal, NamedNode

from iqgraph.terms import DCTERMS, IQ, OA, PREFIXES, RDF, SPDX, XSD, Namespace

from .ground import Damage, Ground, Statement, renewed

NIF = Namespace(PREFIXES["nif"])


def repeat_offsets(ground: Ground) -> Damage:
    """A passage lies where another lies."""
    start, end = _ends_of(ground, ground.pick(OA.start).subject)
    start2, end2 = _ends_of(ground, ground.pick(OA.start, lambda quad: quad.subject != start.subject).subject)
    return ground.changed([start, end], [renewed(start, value=start2.object), renewed(end, value=end2.object)])


def shift_offset(ground: Ground) -> Damage:
    """A passage ends some characters further."""
    return _moved(ground, ground.pick(OA.end), ground.random.randint(5, 30))


def shift_offset_by_one(ground: Ground) -> Damage:
    """A passage begins one character too early."""
    return _moved(ground, ground.pick(OA.start), -1)


def overlap(ground: Ground) -> Damage:
    """A passage begins within the one before it."""
    return _moved(ground, ground.pick(OA.start, lambda quad: int(quad.object.value) > 40), -40)


def leave_document(ground: Ground) -> Damage:
    """A passage ends after the end of the document."""
    return _moved(ground, ground.pick(OA.end), 10_000)


def end_before_begin(ground: Ground) -> Damage:
    """A passage ends before it begins."""
    start, end = _ends_of(ground, ground.pick(OA.start).subject)
    return ground.changed([start, end], [renewed(start, value=end.object), renewed(end, value=start.object)])


def change_hash_digit(ground: Ground) -> Damage:
    """A digit of the hash of a passage is wrong."""
    quad = ground.pick(SPDX.checksumValue, _is_of_passage)
    value = quad.object.value
    digit = "0" if value[7] != "0" else "1"
    return ground.changed([quad], [renewed(quad, value=_hash(value[:7] + digit + value[8:]))])


def shorten_hash(ground: Ground) -> Damage:
    """A hash has too few digits."""
    quad = ground.pick(SPDX.checksumValue, _is_of_passage)
    return ground.changed([quad], [renewed(quad, value=_hash(quad.object.value[:-2]))])


def take_hash_of_other(ground: Ground) -> Damage:
    """A passage has the hash of another."""
    quad = ground.pick(SPDX.checksumValue, _is_of_passage)
    other = ground.pick(SPDX.checksumValue, lambda other: _is_of_passage(other) and other.object != quad.object)
    return ground.changed([quad], [renewed(quad, value=other.object)])


def share_checksum(ground: Ground) -> Damage:
    """A passage leads to the checksum of another."""
    quad = ground.pick(SPDX.checksum, _is_of_passage)
    other = ground.pick(SPDX.checksum, lambda other: other.object != quad.object)
    return ground.changed([quad], [renewed(quad, value=other.object)])


def lose_selector(ground: Ground) -> Damage:
    """A passage does not say where it lies."""
    return ground.without(ground.pick(OA.hasSelector))


def lose_passage(ground: Ground) -> Damage:
    """A passage is missing."""
    passage = _passage(ground)
    return ground.without(*ground.everywhere(lambda quad: quad.subject == passage))


def repeat_number(ground: Ground) -> Damage:
    """Two passages have one number."""
    quad = ground.pick(IQ.order, _is_of_passage)
    other = ground.pick(IQ.order, lambda other: "/passage/" in other.subject.value and other.object != quad.object)
    return ground.changed([quad], [renewed(quad, value=other.object)])


def skip_sentence(ground: Ground) -> Damage:
    """A sentence leads to a sentence that is not the next."""
    quad = ground.pick(NIF.nextSentence)
    other = ground.pick(NIF.nextSentence, lambda other: other.object != quad.object)
    return ground.changed([quad], [renewed(quad, value=other.object)])


def move_to_other_section(ground: Ground) -> Damage:
    """A passage lies in another section."""
    quad = ground.pick(DCTERMS.isPartOf, _is_of_passage)
    other = ground.pick(DCTERMS.isPartOf, lambda other: _is_of_passage(other) and other.object != quad.object)
    return ground.changed([quad], [renewed(quad, value=other.object)])


def mistake_sentence_for_caption(ground: Ground) -> Damage:
    """A sentence is not marked as one."""
    return ground.without(ground.pick(RDF.type, lambda quad: quad.object in (NIF.Sentence, NIF.Title)))


def _moved(ground: Ground, quad: Statement, by: int) -> Damage:
    return ground.changed([quad], [renewed(quad, value=Literal(int(quad.object.value) + by))])


def _ends_of(ground: Ground, selector: NamedNode) -> list[Statement]:
    return [quad for end in (OA.start, OA.end) for quad in ground.all(end, lambda quad: quad.subject == selector)]


def _passage(ground: Ground) -> NamedNode:
    found: NamedNode = ground.pick(RDF.type, lambda quad: quad.object == IQ.Passage).subject
    return found


def _is_of_passage(quad: Statement) -> bool:
    return "/passage/" in quad.subject.value


def _hash(digits: str) -> Literal:
    return Literal(digits, datatype=XSD.hexBinary)
