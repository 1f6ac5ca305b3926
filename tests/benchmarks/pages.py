"""Pages in headless Chromium on a slow phone: bytes, requests, first and largest paint, layout shift, blocked time.

The profile is that of Lighthouse for mobile: 150 ms round trips, 1.6 Mbit/s down, 750 kbit/s up, a processor four times
slower, a screen of 412 by 823. Each page is opened with an empty cache; the figures are medians.
Needs Chromium (or CHROMIUM=path). Usage: python tests/benchmarks/pages.py [--rounds 5]
"""

import argparse
import statistics
import sys
from dataclasses import dataclass, fields
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from browser import EXECUTABLE, serving

PAGES = {
    "start": "/",
    "entity": "/id/involas.html",
    "explore": "/explore?q=beratung",
    "document": "/document/11-jahre-iq",
    "sparql": "/sparql",
    "how-to": "/how-to",
}
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SLOWER = 4
SETTLED_MILLISECONDS = 1000  # for paints and tasks after the last request
# Chromium reports paints, shifts without input, and tasks over 50 ms; the time beyond that counts as blocked.
OBSERVE = """
window.seen = { lcp: 0, shift: 0, blocked: 0, quiet: 0 };
const watch = (type, look) =>
  new PerformanceObserver((list) => list.getEntries().forEach(look)).observe({ type, buffered: true });
watch("largest-contentful-paint", (entry) => (seen.lcp = entry.startTime));
watch("layout-shift", (entry) => entry.hadRecentInput || (seen.shift += entry.value));
watch("longtask", (entry) => {
  seen.blocked += entry.duration - 50;
  seen.quiet = entry.startTime + entry.duration;
});
"""
READ = """() => {
  const fcp = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  const loaded = performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd;
  return { ...seen, fcp, ready: Math.max(fcp, loaded, seen.quiet) };
}"""


@dataclass(frozen=True)
class Figures:
    """The figures of a visit; sizes on the wire, times in milliseconds."""

    kilobytes: float
    requests: float
    fcp: float
    lcp: float
    shift: float
    blocked: float
    ready: float


def visit(browser: Browser, address: str) -> Figures:
    """Open a page with an empty cache."""
    context = browser.new_context(viewport={"width": 412, "height": 823}, device_scale_factor=1.75, is_mobile=True)
    page = context.new_page()
    client = context.new_cdp_session(page)
    sizes: list[float] = []
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    client.send("Network.emulateNetworkConditions", NETWORK)
    client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(OBSERVE)
    page.goto(address)
    page.locator("[data-busy]").first.wait_for(state="detached")
    page.wait_for_timeout(SETTLED_MILLISECONDS)
    timings = page.evaluate(READ)
    context.close()
    return Figures(
        sum(sizes) / 1000,
        len(sizes),
        timings["fcp"],
        timings["lcp"],
        timings["shift"],
        timings["blocked"],
        timings["ready"],
    )


def median(visits: list[Figures]) -> Figures:
    """The median of each figure."""
    return Figures(*(statistics.median(getattr(one, field.name) for one in visits) for field in fields(Figures)))


def main() -> None:
    """Measure each page, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    if EXECUTABLE is None:
        sys.exit("There is no Chromium; set CHROMIUM or install one.")
    print(
        "| page | KB on the wire | requests | first paint, ms | largest paint, ms | shift | blocked, ms | ready, ms |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        for name, path in PAGES.items():
            row = median([visit(browser, address + path) for _ in range(rounds)])
            print(
                f"| {name} | {row.kilobytes:.0f} | {row.requests:.0f} | {row.fcp:,.0f} | {row.lcp:,.0f} "
                f"| {row.shift:.3f} | {row.blocked:,.0f} | {row.ready:,.0f} |",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main()
