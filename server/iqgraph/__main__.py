"""The command `iqgraph`, also as `python -m iqgraph`; packaged data that cannot be read is reported in one sentence."""

import sys

from .bilingual import locale_language
from .errors import LocalizedError, sentence


def main() -> int:
    """Run the command line and return its exit code."""
    try:
        from .cli import main as run  # noqa: PLC0415 - some modules read packaged data when imported
    except (LocalizedError, OSError, ImportError) as error:
        sys.exit(f"iqgraph: {sentence(error).say(locale_language())}")
    except KeyboardInterrupt:
        return 130  # as the command itself, cli.terminal.INTERRUPTED
    return run()


if __name__ == "__main__":
    sys.exit(main())
