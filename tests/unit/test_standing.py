"""What the server asks of the system: open files."""

import resource

from iqgraph.service.processes.standing import open_many


def test_as_many_files_as_allowed() -> None:
    """The limit that a user may raise is raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
    try:
        open_many()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, 1 << 16)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
