import { measureText } from "./numbers";
import { type Drawn, type Picture, tooltip } from "./picture";
import { dimensionsOf, groupOf, measuresOf, numberOf } from "./report_types";

interface Part {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  readonly color: string | undefined;
}

function partsOf({ result, palette, groupTitle }: Drawn): readonly Part[] {
  const [dimension] = dimensionsOf(result);
  const [measure] = measuresOf(result);
  if (!dimension || !measure) return [];
  return result.rows.map((row, index) => {
    const group = groupOf(row, dimension);
    const exact = numberOf(row, measure);
    return {
      name: groupTitle(group),
      value: Number(exact ?? 0),
      text: measureText(exact, measure),
      color: palette.named(group.color) ?? palette.series[index % palette.series.length],
    };
  });
}

function marks({ result }: Drawn): Picture["at"] {
  const measures = measuresOf(result);
  return (series, index) => {
    const row = result.rows[index];
    const measure = measures[series];
    return row && measure ? { row, measure } : null;
  };
}

function named({ name, percent }: { readonly name: string; readonly percent: number }): string {
  return `${name}\n${percent > 0 && percent < 1 ? "<1" : Math.round(percent)}%`;
}

/** Slices of a whole: one measure, a colour for each group, the option's own where it has one. */
export function slices(drawn: Drawn): Picture {
  const { palette, result } = drawn;
  const at = marks(drawn);
  const isRing = result.report.options?.ring !== false;
  const option = {
    aria: { enabled: false },
    tooltip: tooltip(drawn, "item", at),
    series: [
      {
        type: "pie",
        radius: isRing ? ["44%", "66%"] : "66%",
        itemStyle: { borderColor: palette.surface, borderWidth: 2 },
        // Names and shares keep to the edges of the card; the exact figures stand in the tooltip and the table.
        label: {
          color: palette.text,
          alignTo: "edge",
          edgeDistance: 12,
          overflow: "break",
          formatter: named,
          lineHeight: 17,
        },
        labelLine: { length: 8, length2: 0, lineStyle: { color: palette.line } },
        avoidLabelOverlap: true,
        data: partsOf(drawn).map(({ name, value, color }) => ({ name, value, itemStyle: { color } })),
      },
    ],
  };
  return { option, at };
}

/** Stages as centred bars, in their own order: what stands in each stage now need not shrink from one to the next. */
export function stages(drawn: Drawn): Picture {
  const { palette } = drawn;
  const at = marks(drawn);
  const parts = partsOf(drawn);
  const most = Math.max(...parts.map((part) => part.value), 0);
  const names = {
    type: "category",
    inverse: true,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: palette.text, fontSize: 13 },
  };
  const option = {
    aria: { enabled: false },
    grid: { left: 12, right: 12, top: 8, bottom: 8, containLabel: true },
    tooltip: tooltip(drawn, "item", at),
    xAxis: { type: "value", show: false, max: most || 1 },
    yAxis: [
      { ...names, data: parts.map((part) => part.name) },
      { ...names, data: parts.map((part) => part.text) },
    ],
    series: [
      {
        type: "bar",
        stack: "stage",
        barWidth: "72%",
        stackOrder: "seriesDesc",
        data: parts.map(({ value, color }) => ({ value, itemStyle: { color, borderRadius: 4 } })),
      },
      {
        // The empty space that centres each bar; stacked under it, though the measure stays the first series.
        type: "bar",
        stack: "stage",
        stackOrder: "seriesDesc",
        silent: true,
        itemStyle: { color: "transparent" },
        tooltip: { show: false },
        data: parts.map(({ value }) => (most - value) / 2),
      },
    ],
  };
  return { option, at };
}

/** A pointer from `min` to `max`; a second measure is the target and stands for `max`. */
export function dial(drawn: Drawn): Picture {
  const { palette, result } = drawn;
  const [measure, target] = measuresOf(result);
  const options = result.report.options ?? {};
  const exact = measure ? (result.totals[measure.key] ?? null) : null;
  const aim = target ? (result.totals[target.key] ?? null) : null;
  const value = Number(exact ?? 0);
  const min = Number(options.min ?? 0);
  // A percent without an end goes to the whole; another figure must have one, or stands at half.
  const fallback = measure?.format === "percent" ? 1 : Math.max(value * 2, min + 1);
  const max = Number(aim ?? options.max ?? fallback);
  const width = 14;
  const figure = measure ? measureText(exact, measure) : "–";
  const isReached = target !== undefined && aim !== null && max !== 0;
  const note = isReached ? `${measure?.title} ${figure}\n${target.title} ${measureText(aim, target)}` : "";
  const option = {
    aria: { enabled: false },
    series: [
      {
        type: "gauge",
        min,
        max: max > min ? max : min + 1,
        startAngle: 200,
        endAngle: -20,
        center: ["50%", "64%"],
        radius: "92%",
        progress: { show: true, width, itemStyle: { color: palette.toned(measure?.tone) ?? palette.series[0] } },
        axisLine: { lineStyle: { width, color: [[1, palette.line]] } },
        pointer: { show: false },
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: { show: false },
        anchor: { show: false },
        detail: {
          offsetCenter: [0, "-8%"],
          color: palette.text,
          fontSize: 24,
          fontWeight: 600,
          formatter: () => (isReached ? `${Math.round((value / max) * 100)}%` : figure),
        },
        title: { offsetCenter: [0, "26%"], color: palette.faint, fontSize: 12, lineHeight: 18 },
        data: [{ value, name: note }],
      },
    ],
  };
  return { option, at: () => (measure ? { row: result.totals, measure } : null) };
}
