"""Slices of a whole."""

from __future__ import annotations

from report_engine.chart_type import ChartType

CHART_TYPE = ChartType(
    name="pie",
    title={"zh-CN": "饼图", "en-US": "Pie"},
    description={"zh-CN": "各部分占总数的比例", "en-US": "The share of each part in the whole"},
    dimensions=(1, 1),
    measures=(1, 1),
    options={"ring": {"type": "boolean", "default": False}},
)
