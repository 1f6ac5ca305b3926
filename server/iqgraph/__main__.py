"""The command `iqgraph`, also as `python -m iqgraph`; it says in a sentence what of our own data cannot be read."""

import sys

from .bilingual import locale_language
from .errors import LocalizedError, sentence


def main() -> int:
    """Run the command line and answer its exit code."""
    try:
        from .cli import main as run  # noqa: PLC0415 - some modules read what the data says of itself
    except (LocalizedError, OSError) as error:
        sys.exit(f"iqgraph: {sentence(error).say(locale_language())}")
    return run()


if __name__ == "__main__":
    sys.exit(main())
