"""A strict parser of metrics that fails where Prometheus would."""

import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*"'
SAMPLE = re.compile(rf"({NAME})(\{{{LABEL}(?:,{LABEL})*\}})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|\+Inf|NaN)")
COMMENT = re.compile(rf"# (?:HELP ({NAME}) \S.*|TYPE ({NAME}) (counter|gauge|histogram))")
ENDINGS = {"counter": ("_total",), "gauge": ("", "_info"), "histogram": ("_bucket", "_sum", "_count")}


def samples(text: str) -> dict[str, float]:
    """The samples with their labels; asserts that HELP and TYPE come before each, and none comes twice."""
    lines = text.split("\n")
    assert lines.pop() == "", "the last line has no end"
    values: dict[str, float] = {}
    kinds: dict[str, str] = {}
    family = ""
    for line in lines:
        comment = COMMENT.fullmatch(line)
        if comment:
            name = comment[1] or comment[2]
            if comment[1]:
                assert name not in kinds, f"the family {name} comes twice"
                family = name
            else:
                assert name == family, f"{name} has no meaning before its type"
                kinds[name] = comment[3]
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, f"this is no sample: {line}"
        names = {family.removesuffix("_total") + ending for ending in ENDINGS[kinds[family]]}
        assert sample[1] in names, f"{sample[1]} does not belong to {family}"
        key = sample[1] + (sample[2] or "")
        assert key not in values, f"{key} comes twice"
        values[key] = float(sample[3])
    return values
