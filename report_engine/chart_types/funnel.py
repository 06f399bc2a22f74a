"""Stages that narrow."""

from __future__ import annotations

from report_engine.chart_type import ChartType

CHART_TYPE = ChartType(
    name="funnel",
    title={"zh-CN": "漏斗图", "en-US": "Funnel"},
    description={"zh-CN": "逐级收窄的阶段", "en-US": "Stages that narrow from one to the next"},
    dimensions=(1, 1),
    measures=(1, 2),
)
