"""A query without what its author wrote into it: its shape, in which equal questions look equal.

Literals and comments may hold anything, names of persons above all, so they are left out; so is whom an e-mail address
or a telephone number reaches. Other IRIs, variables and numbers behind LIMIT and OFFSET stay, since without them little
could be learnt from a query.
"""

import re

from .tokens import tokens

STRING, NUMBER = '""', "0"
COUNTING = ("LIMIT", "OFFSET")
MAX_TEXT_CHARS = 1 << 14
_REACHING = re.compile(r"<(mailto|tel|sip|sips|xmpp|im):", re.IGNORECASE)


def skeleton(text: str) -> str:
    """The query in one line without literals and comments; empty if it is too long to be looked at."""
    if len(text) > MAX_TEXT_CHARS:
        return ""
    words: list[str] = []
    before = ""
    for token in tokens(text):
        if token.kind == "string":
            words.append(STRING)
        elif token.kind == "number" and before not in COUNTING:
            words.append(NUMBER)
        elif token.kind == "iri" and (reached := _REACHING.match(token.text)):
            words.append(f"<{reached[1].lower()}:>")
        else:
            words.append(token.text)
        before = token.text.upper()
    return " ".join(words)
