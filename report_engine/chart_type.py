"""The contract of a chart type: a drawing, how many dimensions and measures it can show, and its options.

One kind is one module of `chart_types/` that exports `CHART_TYPE`, and one file of the same name that draws it in the
page. A worked example, whole:

    CHART_TYPE = ChartType(
        name="pie",
        title={"zh-CN": "饼图", "en-US": "Pie"},
        description={"zh-CN": "各部分占总数的比例", "en-US": "The share of each part in the whole"},
        dimensions=(1, 1),
        measures=(1, 1),
        options={"ring": {"type": "boolean", "default": False}},
    )
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.registry import Registry
from engine.texts import LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartType:
    """One kind of drawing.

    dimensions -- the least and the most that it takes; `columns` those of them that stand above columns.
    measures   -- the least and the most that it takes.
    is_continuous -- what stands side by side along its first dimension is read as a course: gathered dates have no gaps.
    options    -- name -> JSON Schema, of what may stand beside `type` in a report's `chart`.
    """

    name: str
    title: LocalizedText
    description: LocalizedText
    dimensions: tuple[int, int]
    measures: tuple[int, int]
    columns: tuple[int, int] = (0, 0)
    is_continuous: bool = False
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


CHART_TYPES: Registry[ChartType] = Registry("report_engine.chart_types", "CHART_TYPE", ChartType)
