"""Pictures of query results, and their labels, with line breaks and soft hyphens.

Each query is a file of the ontology, which the reader can open and edit.
"""

import re
from textwrap import wrap

from ...model.model import Row
from ...model.questions import in_language
from ...resources import queries
from ..http.language import language
from ..site import site

# The variable for the focus node, as in constraints of SHACL: https://www.w3.org/TR/shacl/#sparql-constraints-prebound
THIS = "$this"
MIN_LONG_WORD_CHARACTERS = 21
SOFT_HYPHEN = "\N{SOFT HYPHEN}"
BREAK = "\N{MODIFIER LETTER APOSTROPHE}"
_WORD = re.compile(rf"\w{{{MIN_LONG_WORD_CHARACTERS},}}")
# In a compound, a noun with one of these endings always has the linking s, so a part certainly ends there.
_JOINT = re.compile(r"(?<=\w{3})((?:ung|ion|heit|keit|schaft|tät|ling|eit)s)(?=\w{4})")
_INITIALS = re.compile(r"(?<=\b\w\.) (?=\w\.)")


def query(name: str, node: str = "") -> str:
    """The query of a picture with labels in the reader's language, for a focus node if it has one."""
    return in_language(queries("pictures")[name], language()).replace(THIS, f"<{node}>")


def rows(name: str, node: str = "") -> list[Row]:
    """The rows of the query of a picture; cached if it has no focus node."""
    model = site().model
    return model.rows(query(name, node)) if node else model.answer(query(name))


def wrap_label(label: str, max_characters: int) -> list[str]:
    """A label in lines; words are broken at soft hyphens, or anywhere if they have none."""
    # A soft hyphen counts as a character, and `wrap` breaks only at a hyphen before a letter. So each place for a break
    # gets a hyphen before a letter that no label has.
    lines = wrap(hyphenate(label).replace(SOFT_HYPHEN, f"-{BREAK}"), max_characters, break_long_words=True)
    return [line.replace(f"-{BREAK}", "").removeprefix(BREAK) for line in lines]


def hyphenate(text: str) -> str:
    """The text with soft hyphens in its long words where a part certainly ends, and no break in initials such as e. V.

    Without a hyphenation dictionary, browsers break a long German compound anywhere.
    """
    return _INITIALS.sub("\N{NO-BREAK SPACE}", _WORD.sub(lambda word: _JOINT.sub(rf"\1{SOFT_HYPHEN}", word[0]), text))
