"""Pictures drawn from rows of queries, each in a file of the ontology that the reader can open, and their labels.

A label may be broken: into the lines of a box, and at the soft hyphens of its long words on a page.
"""

import re
from textwrap import wrap

from ...model.model import Row
from ...model.questions import in_language
from ...resources import queries
from ..http.language import language
from ..site import site

# The node that a query is about, as in the constraints of SHACL: https://www.w3.org/TR/shacl/#sparql-constraints-prebound
THIS = "$this"
LONG = 21
SOFT = "\N{SOFT HYPHEN}"
MARK = "\N{MODIFIER LETTER APOSTROPHE}"
_WORD = re.compile(rf"\w{{{LONG},}}")
# A noun with one of these endings is joined to the next by the s that follows, so a part ends there for certain.
_JOINT = re.compile(r"(?<=\w{3})((?:ung|ion|heit|keit|schaft|tät|ling|eit)s)(?=\w{4})")
_INITIALS = re.compile(r"(?<=\b\w\.) (?=\w\.)")


def query(name: str, node: str = "") -> str:
    """The query behind a picture, asking for labels in the reader's language; about a node if it is about one."""
    return in_language(queries("pictures")[name], language()).replace(THIS, f"<{node}>")


def rows(name: str, node: str = "") -> list[Row]:
    """The answer to the query behind a picture."""
    model = site().model
    return model.rows(query(name, node)) if node else model.answer(query(name))


def wrapped(label: str, letters: int) -> list[str]:
    """A label in lines of at most so many letters; words are broken at soft hyphens, or anywhere if they have none."""
    # A soft hyphen that breaks a word is as wide as any; `wrap` breaks at a hyphen only before a letter.
    # So each place for a break is a hyphen before a letter that stands in no label.
    found = wrap(breakable(label).replace(SOFT, f"-{MARK}"), letters, break_long_words=True)
    return [line.replace(f"-{MARK}", "").removeprefix(MARK) for line in found]


def breakable(text: str) -> str:
    """The text with a soft hyphen in its long words wherever a part certainly ends, and none of its e. V. broken.

    Browsers without a dictionary would break a long German compound anywhere.
    """
    return _INITIALS.sub("\N{NO-BREAK SPACE}", _WORD.sub(lambda word: _JOINT.sub(rf"\1{SOFT}", word[0]), text))
