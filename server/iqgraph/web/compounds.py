"""Long German compounds: where they can be broken, since browsers without a dictionary would break them anywhere."""

import re

from flask import Flask

LONG = 21
SOFT = "\N{SOFT HYPHEN}"
_WORD = re.compile(rf"\w{{{LONG},}}")
# A noun with one of these endings is joined to the next by the s that follows, so a part ends there for certain.
_JOINT = re.compile(r"(?<=\w{3})((?:ung|ion|heit|keit|schaft|tät|ling|eit)s)(?=\w{4})")


def breakable(text: str) -> str:
    """The text with a soft hyphen in its long words wherever a part certainly ends."""
    return _WORD.sub(lambda word: _JOINT.sub(rf"\1{SOFT}", word[0]), text)


def init_app(app: Flask) -> None:
    """Give it to the templates."""
    app.jinja_env.filters["breakable"] = breakable
