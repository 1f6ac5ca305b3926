"""What the server asks of the system before it begins: as many open files as it may have."""

import resource

MOST = 1 << 16


def open_many() -> None:
    """Allow as many open files as the system lets this user have, within reason: each connection takes one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
