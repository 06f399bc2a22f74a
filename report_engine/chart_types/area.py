"""Filled areas under lines, for change over time and what it is made of."""

from __future__ import annotations

from report_engine.chart_type import ChartType

CHART_TYPE = ChartType(
    name="area",
    title={"zh-CN": "面积图", "en-US": "Area"},
    description={
        "zh-CN": "看数值随时间的变化和构成",
        "en-US": "Shows how figures change over time, and what they are made of",
    },
    dimensions=(1, 2),
    measures=(1, 6),
    is_continuous=True,
    options={"stacked": {"type": "boolean", "default": False}, "smooth": {"type": "boolean", "default": False}},
)
