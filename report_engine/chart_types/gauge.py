"""A pointer between two ends, for how far something is."""

from __future__ import annotations

from report_engine.chart_type import ChartType

#: A second measure is the end in place of `max`.
_NUMBER = r"^-?\d{1,18}(\.\d{1,6})?$"

CHART_TYPE = ChartType(
    name="gauge",
    title={"zh-CN": "仪表盘", "en-US": "Gauge"},
    description={"zh-CN": "看完成了多少", "en-US": "Shows how far something is"},
    dimensions=(0, 0),
    measures=(1, 2),
    options={
        "min": {"type": ["string", "number"], "pattern": _NUMBER},
        "max": {"type": ["string", "number"], "pattern": _NUMBER},
    },
)
