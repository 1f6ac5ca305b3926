"""Where a label may be broken: its lines in a picture, and the soft hyphens of its long words on a page."""

import re
from textwrap import wrap

LONG = 21
SOFT = "\N{SOFT HYPHEN}"
MARK = "\N{MODIFIER LETTER APOSTROPHE}"
_WORD = re.compile(rf"\w{{{LONG},}}")
# A noun with one of these endings is joined to the next by the s that follows, so a part ends there for certain.
_JOINT = re.compile(r"(?<=\w{3})((?:ung|ion|heit|keit|schaft|tät|ling|eit)s)(?=\w{4})")
_INITIALS = re.compile(r"(?<=\b\w\.) (?=\w\.)")


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
