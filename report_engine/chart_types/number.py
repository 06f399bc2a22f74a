"""One figure, large."""

from __future__ import annotations

from report_engine.chart_type import ChartType

CHART_TYPE = ChartType(
    name="number",
    title={"zh-CN": "数值", "en-US": "Number"},
    description={"zh-CN": "一个醒目的数字", "en-US": "One figure, large"},
    dimensions=(0, 0),
    measures=(1, 1),
)
