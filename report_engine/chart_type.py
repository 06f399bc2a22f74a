"""The contract of a chart type: a drawing, and how many dimensions and measures it can show.

One kind is one module of `chart_types/` that exports `CHART_TYPE`, and one file of the same name that draws it in the
page. A worked example, whole:

    CHART_TYPE = ChartType(
        name="pie",
        title={"zh-CN": "饼图", "en-US": "Pie"},
        description={"zh-CN": "各部分占总数的比例", "en-US": "The share of each part in the whole"},
        dimensions=(1, 1),
        measures=(1, 1),
    )
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.registry import Registry
from engine.texts import LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartType:
    """One kind of drawing; `dimensions` and `measures` are the least and the most that it takes."""

    name: str
    title: LocalizedText
    description: LocalizedText
    dimensions: tuple[int, int]
    measures: tuple[int, int]


CHART_TYPES: Registry[ChartType] = Registry("report_engine.chart_types", "CHART_TYPE", ChartType)
