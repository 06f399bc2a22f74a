"""Points joined by a line, for change over time."""

from __future__ import annotations

from report_engine.chart_type import ChartType

CHART_TYPE = ChartType(
    name="line",
    title={"zh-CN": "折线图", "en-US": "Line"},
    description={"zh-CN": "看数值随时间的变化", "en-US": "Shows how a figure changes over time"},
    dimensions=(1, 2),
    measures=(1, 6),
    is_continuous=True,
    options={"smooth": {"type": "boolean", "default": False}},
)
