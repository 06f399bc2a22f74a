"""Bars side by side or on each other, for comparing groups."""

from __future__ import annotations

from report_engine.chart_type import ChartType

CHART_TYPE = ChartType(
    name="bar",
    title={"zh-CN": "柱状图", "en-US": "Bar"},
    description={"zh-CN": "用柱子的高低比较各组", "en-US": "Compares groups by the height of bars"},
    dimensions=(1, 2),
    measures=(1, 6),
    is_continuous=True,
    options={"stacked": {"type": "boolean", "default": False}, "horizontal": {"type": "boolean", "default": False}},
)
