"""Groups as rows, measures as columns."""

from __future__ import annotations

from report_engine.chart_type import ChartType

CHART_TYPE = ChartType(
    name="table",
    title={"zh-CN": "表格", "en-US": "Table"},
    description={"zh-CN": "每组一行，每个指标一列", "en-US": "A row for each group, a column for each measure"},
    dimensions=(0, 6),
    measures=(1, 12),
)
