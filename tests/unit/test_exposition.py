"""The text formats of metrics, to the letter."""

import pytest
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser

from exposed import samples
from iqgraph.web.monitoring.exposition import (
    Family,
    Histogram,
    Sample,
    counter,
    counters,
    gauge,
    info,
    openmetrics,
    prometheus,
)

FAMILIES = [
    counter("a", "How often\na \\ was.", 3),
    counters("b", 'By "reason".', "reason", {'x"y': 1, "line\nend\\": 2}),
    gauge("c_bytes", "How much.", 0.5),
    info("d", "What it is.", version="1.0"),
]


def test_prometheus() -> None:
    """Version 0.0.4: the ending belongs to the name, and info is a gauge."""
    assert prometheus(FAMILIES) == (
        "# HELP a_total How often\\na \\\\ was.\n# TYPE a_total counter\na_total 3\n"
        '# HELP b_total By "reason".\n# TYPE b_total counter\n'
        'b_total{reason="line\\nend\\\\"} 2\nb_total{reason="x\\"y"} 1\n'
        "# HELP c_bytes How much.\n# TYPE c_bytes gauge\nc_bytes 0.5\n"
        '# HELP d_info What it is.\n# TYPE d_info gauge\nd_info{version="1.0"} 1\n'
    )


def test_openmetrics() -> None:
    """Version 1.0: the ending belongs to the samples, quotes are escaped in every text, and there is an end."""
    assert openmetrics(FAMILIES) == (
        "# HELP a How often\\na \\\\ was.\n# TYPE a counter\na_total 3\n"
        '# HELP b By \\"reason\\".\n# TYPE b counter\n'
        'b_total{reason="line\\nend\\\\"} 2\nb_total{reason="x\\"y"} 1\n'
        "# HELP c_bytes How much.\n# TYPE c_bytes gauge\nc_bytes 0.5\n"
        '# HELP d What it is.\n# TYPE d info\nd_info{version="1.0"} 1\n'
        "# EOF\n"
    )


def test_histogram() -> None:
    """Buckets are cumulative, and a duration on a bound belongs to it."""
    histogram = Histogram()
    for seconds in (0.0001, 0.0005, 0.3, 1000.0):
        histogram.observe(seconds)
    family = Family("t_seconds", "histogram", "How long.", list(histogram.samples((("kind", "q"),))))
    found = samples(prometheus([family]))

    assert found['t_seconds_bucket{kind="q",le="0.0005"}'] == 2
    assert found['t_seconds_bucket{kind="q",le="0.25"}'] == 2
    assert found['t_seconds_bucket{kind="q",le="0.5"}'] == 3
    assert found['t_seconds_bucket{kind="q",le="30.0"}'] == 3
    assert found['t_seconds_bucket{kind="q",le="+Inf"}'] == found['t_seconds_count{kind="q"}'] == 4
    assert found['t_seconds_sum{kind="q"}'] == pytest.approx(1000.3006)


@pytest.mark.parametrize("text", ["a 1\n", "# HELP a A.\n# TYPE a gauge\na 1", "# HELP a A.\n# TYPE a gauge\nb 1\n"])
def test_the_reader_of_these_tests_is_strict(text: str) -> None:
    """What Prometheus would not read fails here too."""
    with pytest.raises((AssertionError, KeyError)):
        samples(text)


def test_others_read_the_same() -> None:
    """The reader of Prometheus' own library finds the same samples."""
    for text, read in ((prometheus(FAMILIES), parser), (openmetrics(FAMILIES), openmetrics_parser)):
        theirs = {
            (sample.name, tuple(sample.labels.items())): sample.value
            for family in read.text_string_to_metric_families(text)
            for sample in family.samples
        }
        assert theirs == {
            (family.name + sample.ending, sample.labels): sample.value
            for family in FAMILIES
            for sample in family.samples
        }


def test_samples_of_one_value() -> None:
    """A sample has no braces without labels."""
    assert prometheus([Family("a", "gauge", "A.", [Sample(1)])]).endswith("\na 1\n")
