"""One running server of the bundled dataset for all tests of this tier."""

from collections.abc import Iterator

import pytest

from loopback import serving


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """The address of a server of the bundled dataset, which nobody may disturb."""
    with serving() as root:
        yield root
