"""Groups as rows and as columns, measures in the cells."""

from __future__ import annotations

from report_engine.chart_type import ChartType

CHART_TYPE = ChartType(
    name="pivot",
    title={"zh-CN": "透视表", "en-US": "Pivot"},
    description={
        "zh-CN": "行、列两个方向分组，单元格里是指标",
        "en-US": "Groups as rows and as columns, measures in the cells",
    },
    dimensions=(2, 6),
    measures=(1, 6),
    columns=(1, 3),
)
