"""The memory of an idle server of the bundled graph, by process.

Usage: python tests/benchmarks/memory.py
"""

import time

from endpoint import free_ports, ours, running

from victim import descendants, memory, title

MIB = 1 << 20


def table(sizes: list[tuple[str, int]], seconds: float) -> str:
    """A table in Markdown: a row for each process, and one for all of them."""
    rows = [*sizes, ("all", sum(size for _, size in sizes))]
    lines = [f"| {name} | {size / MIB:.1f} |" for name, size in rows]
    return "\n".join(["| process | MiB |", "|---|---:|", *lines, f"\nIt was ready after {seconds:.2f} seconds."])


def main() -> None:
    """Start a server, wait until its loader has ended and its workers are there, and print a table."""
    with running(ours(next(free_ports()))) as server:
        titles: list[str] = []
        while "iqgraph loader" in titles or titles.count("iqgraph worker") < 2:
            time.sleep(1)
            pids = descendants(server.pid)
            titles = list(map(title, pids))
        # The proportional set size: pages that several processes share count once.
        print(table([(title(pid), memory(pid)) for pid in pids], server.seconds))


if __name__ == "__main__":
    main()
