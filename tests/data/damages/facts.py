"""Damages to dates, counts, roles, events and links."""

from pyoxigraph import Literal, NamedNode

from iqgraph.terms import CONCEPT, DCTERMS, ID, IQ, OA, PREFIXES, SKOS, XSD, Namespace

from .ground import Damage, Ground, Statement, is_thing, renewed

DCAT = Namespace(PREFIXES["dcat"])
ELI = Namespace(PREFIXES["eli"])
OWL = Namespace(PREFIXES["owl"])
SCHEMA = Namespace(PREFIXES["schema"])
TYPED = (XSD.date, XSD.duration, XSD.gYear, XSD.gYearMonth, XSD.hexBinary)
KINDS = (IQ.eventKind, IQ.offerType, IQ.roleKind, IQ.theme, IQ.vagueness)


def change_year(ground: Ground) -> Damage:
    """A year is wrong in every graph."""
    quad = ground.pick(where=lambda quad: _type(quad) == XSD.gYear)
    year = str(int(quad.object.value) + ground.random.choice([-10, -1, 1, 10]))
    return _everywhere(ground, quad, Literal(year, datatype=XSD.gYear))


def change_year_once(ground: Ground) -> Damage:
    """A year is wrong in one of the graphs."""
    quad = ground.world(where=lambda quad: _type(quad) == XSD.gYear)
    return ground.changed([quad], [renewed(quad, value=Literal(str(int(quad.object.value) + 1), datatype=XSD.gYear))])


def write_nonsense_year(ground: Ground) -> Damage:
    """A year is no year."""
    quad = ground.pick(where=lambda quad: _type(quad) == XSD.gYear)
    return ground.changed([quad], [renewed(quad, value=Literal("20O9", datatype=XSD.gYear))])


def invent_day(ground: Ground) -> Damage:
    """A year has become a day, which the text does not give."""
    quad = ground.world(DCAT.startDate, lambda quad: _type(quad) == XSD.gYear)
    return ground.changed([quad], [renewed(quad, value=Literal(f"{quad.object.value}-02-30", datatype=XSD.date))])


def exchange_dates(ground: Ground) -> Damage:
    """A time span begins when it should end."""
    start = ground.pick(DCAT.startDate, lambda quad: bool(_ends(ground, quad)))
    (end, *_) = _ends(ground, start)
    return ground.changed([start, end], [renewed(start, value=end.object), renewed(end, value=start.object)])


def end_before_start(ground: Ground) -> Damage:
    """A time span ends before it begins."""
    quad = ground.pick(DCAT.endDate)
    return _everywhere(ground, quad, Literal("1999", datatype=XSD.gYear))


def end_the_coordination(ground: Ground) -> Damage:
    """A time span without an end has got one."""
    ended = {quad.subject for quad in ground.all(DCAT.endDate)}
    quad = ground.world(DCAT.startDate, lambda quad: quad.subject not in ended)
    return ground.with_also(renewed(quad, predicate=DCAT.endDate, value=Literal("2025", datatype=XSD.gYear)))


def change_datatype(ground: Ground) -> Damage:
    """A value has the datatype of another kind of value."""
    quad = ground.pick(where=lambda quad: _type(quad) in TYPED)
    return ground.changed([quad], [renewed(quad, value=Literal(quad.object.value, datatype=XSD.token))])


def write_number_as_text(ground: Ground) -> Damage:
    """A number is a text."""
    quad = ground.pick(where=lambda quad: _type(quad) == XSD.integer)
    return ground.changed([quad], [renewed(quad, value=Literal(quad.object.value))])


def date_official_by_year(ground: Ground) -> Damage:
    """An official date is only a year."""
    quad = ground.pick(where=lambda quad: quad.predicate in ELI and _type(quad) == XSD.date)
    return ground.changed([quad], [renewed(quad, value=Literal(quad.object.value[:4], datatype=XSD.gYear))])


def repair_by_official_date(ground: Ground) -> Damage:
    """An official date stands among what a passage says."""
    quad = ground.pick(where=lambda quad: quad.predicate in ELI)
    return ground.with_also(renewed(quad, graph=ground.random.choice(ground.passage_graphs())))


def count_negatively(ground: Ground) -> Damage:
    """There are fewer than none."""
    quad = ground.pick(IQ["count"])
    return _everywhere(ground, quad, Literal(-2))


def count_too_few(ground: Ground) -> Damage:
    """A count is smaller than the number of its members."""
    members = {quad.subject for quad in ground.all(IQ.knownMember)}
    quad = ground.pick(IQ["count"], lambda quad: quad.subject in members)
    return _everywhere(ground, quad, Literal(1))


def lose_role_holder(ground: Ground) -> Damage:
    """Nobody holds a role."""
    return ground.without(*ground.same(ground.pick(IQ.roleHolder)))


def add_role_kind(ground: Ground) -> Damage:
    """A role is of two kinds."""
    quad = ground.pick(IQ.roleKind)
    kinds = sorted({one.object for one in ground.all(IQ.roleKind)} - {quad.object}, key=str)
    return ground.with_also(renewed(quad, value=ground.random.choice(kinds)))


def take_concept_of_other_scheme(ground: Ground) -> Damage:
    """A kind, theme or vagueness is taken from another scheme."""
    quad = ground.pick(where=lambda quad: quad.predicate in KINDS)
    other = ground.pick(where=lambda other: other.predicate in KINDS and other.predicate != quad.predicate)
    return ground.changed([quad], [renewed(quad, value=other.object)])


def change_event_kind(ground: Ground) -> Damage:
    """An event is of another kind."""
    quad = ground.world(IQ.eventKind, lambda quad: quad.object != CONCEPT.transformation)
    return ground.changed([quad], [renewed(quad, value=CONCEPT.transformation)])


def name_unnamed_agent(ground: Ground) -> Damage:
    """An agent whom the text leaves unnamed is named."""
    quad = ground.world(IQ.eventKind, lambda quad: _unnamed(ground, quad))
    return ground.with_also(renewed(quad, predicate=NamedNode(f"{PREFIXES['prov']}wasAssociatedWith"), value=ID.bmas))


def invent_succession(ground: Ground) -> Damage:
    """An offer or project goes on as another, which nobody says."""
    quad = ground.world(IQ.providedBy, lambda quad: quad.subject != ID.moab)
    other = ground.pick(IQ.providedBy, lambda other: other.subject != quad.subject)
    return ground.with_also(renewed(quad, predicate=IQ.continuedAs, value=other.subject))


def serve_hesse_from_berlin(ground: Ground) -> Damage:
    """Something in Berlin serves Hesse."""
    quad = ground.pick(SCHEMA.areaServed, lambda quad: quad.object == ID.berlin)
    return ground.with_also(renewed(quad, value=ID.hessen))


def equate_with_own(ground: Ground) -> Damage:
    """A thing is the same as another thing of ours."""
    quad = ground.pick(OWL.sameAs)
    return ground.changed([quad], [renewed(quad, value=ID.hmsi)])


def equate_in_passage(ground: Ground) -> Damage:
    """A passage says what a thing is called by others."""
    quad = ground.pick(where=lambda quad: quad.predicate in (OWL.sameAs, SKOS.closeMatch))
    return ground.changed([quad], [renewed(quad, graph=ground.random.choice(ground.passage_graphs()))])


def lose_note_targets(ground: Ground) -> Damage:
    """A note is about no passage."""
    note = ground.pick(OA.hasTarget).subject
    return ground.without(*ground.all(OA.hasTarget, lambda quad: quad.subject == note))


def lose_note_number(ground: Ground) -> Damage:
    """A note has no number."""
    return ground.without(ground.pick(DCTERMS.identifier, lambda quad: quad.object.value.startswith("A")))


def lose_part_of(ground: Ground) -> Damage:
    """A part has lost its whole."""
    return ground.without(*ground.same(ground.pick(DCTERMS.isPartOf, lambda quad: not is_thing(quad.subject))))


def _type(quad: Statement) -> NamedNode | None:
    return quad.object.datatype if isinstance(quad.object, Literal) else None


def _everywhere(ground: Ground, quad: Statement, value: Literal) -> Damage:
    quads = ground.same(quad)
    return ground.changed(quads, [renewed(one, value=value) for one in quads])


def _ends(ground: Ground, start: Statement) -> list[Statement]:
    about = (start.subject, start.graph)
    return ground.all(
        DCAT.endDate, lambda quad: (quad.subject, quad.graph) == about and quad.object.value != start.object.value
    )


def _unnamed(ground: Ground, event: Statement) -> bool:
    return renewed(event, predicate=IQ.vagueness, value=CONCEPT["unnamed-agent"]) in ground.quads
