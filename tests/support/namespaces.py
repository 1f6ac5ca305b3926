"""Commands with a small disk, a read-only one, or a folder of their own, in a mount namespace that ends with them."""

import functools
import subprocess
from pathlib import Path

import pytest


@functools.cache
def can_mount() -> bool:
    """Whether this user may mount in a namespace of its own."""
    try:
        call = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
        return subprocess.run(call, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


needs_mounts = pytest.mark.skipif(
    not can_mount(), reason="needs unshare and mount (Debian: util-linux) and user namespaces, or root"
)


def mounted(script: str, place: Path) -> tuple[str, ...]:
    """What a command is run by so that these mounts, of which `$0` is the place, hold for it alone."""
    return ("unshare", "--map-root-user", "--mount", "sh", "-c", f'{script} && exec "$@"', str(place))
