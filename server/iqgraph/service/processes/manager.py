"""What the manager of the machine's services is told, if it asks for that (sd_notify of systemd)."""

import os
import socket
from contextlib import suppress

READY = "READY=1"
PATIENCE = 1.0


def tell(state: str) -> None:
    """Send a state to the socket that `NOTIFY_SOCKET` names; that nobody takes it, changes nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    where = f"\0{address[1:]}" if address.startswith("@") else address
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.settimeout(PATIENCE)
        line.sendto(state.encode(), where)
