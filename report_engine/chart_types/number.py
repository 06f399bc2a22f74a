"""One figure, large, with others small below it: what it was before, by how much it has changed."""

from __future__ import annotations

from report_engine.chart_type import ChartType

CHART_TYPE = ChartType(
    name="number",
    title={"zh-CN": "数值", "en-US": "Number"},
    description={"zh-CN": "一个醒目的数字，可带环比、同比", "en-US": "One figure, large, with its change below it"},
    dimensions=(0, 0),
    measures=(1, 3),
)
