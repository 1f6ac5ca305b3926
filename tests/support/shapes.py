"""Shapes of text that readers are known to stumble over, each repeated up to any length."""

SHAPES = {
    "quotes": '"',
    "apostrophes": "'",
    "escaped quotes": '\\"',
    "long strings that do not close": '"""\\"',
    "backslashes": "\\",
    "commas": ",",
    "semicolons": ";",
    "members": "a;q=0.,",
    "less than": "<",
    "IRIs with number signs": "<#>",
    "number signs": "#",
    "braces": "{",
    "parentheses": "(",
    "percent signs": "%",
    "escapes": "%41",
    "dots": ".",
    "slashes": "/",
    "spaces": " ",
    "ampersands": "a&",
    "hyphens": "-",
    "services": "<SERVICE#>",
    "letters": "a",
}


def repeated(shape: str, size: int) -> str:
    """The shape as often as it fits into so many characters."""
    return shape * (size // len(shape))
