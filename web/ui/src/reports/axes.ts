import type { Language } from "../lib/language";
import type { DrawingOption } from "./drawing";
import { measureText, shortNumber } from "./numbers";
import type { Palette } from "./palette";
import {
  type Column,
  dimensionsOf,
  type Group,
  groupOf,
  measuresOf,
  numberOf,
  type ReportResult,
} from "./report_types";

/** Characters that an axis holds in one line, all names together. */
const MOST_LEVEL = 56;
const MOST_SLANTED = 16;

interface Drawn {
  readonly result: ReportResult;
  readonly palette: Palette;
  readonly language: Language;
  readonly groupTitle: (group: Group) => string;
}

/** Tooltip with the exact figures: the axis may round, the figure may not. */
export function tooltip({ result, palette }: Drawn, trigger: "axis" | "item"): DrawingOption {
  const measures = measuresOf(result);
  return {
    trigger,
    confine: true,
    backgroundColor: palette.surface,
    borderColor: palette.line,
    textStyle: { color: palette.text, fontSize: 13 },
    formatter: (shown: unknown) => {
      const points = (Array.isArray(shown) ? shown : [shown]) as readonly {
        readonly name: string;
        readonly marker: string;
        readonly dataIndex: number;
        readonly seriesIndex: number;
      }[];
      const lines = points.flatMap((point) => {
        const row = result.rows[point.dataIndex];
        const measure = measures[point.seriesIndex];
        if (!row || !measure) return [];
        return [`${point.marker} ${escapeHtml(measure.title)} <b>${measureText(numberOf(row, measure), measure)}</b>`];
      });
      return [escapeHtml(points[0]?.name ?? ""), ...lines].join("<br>");
    },
  };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function needsOwnAxis(measures: readonly Column[]): boolean {
  const [first, second] = measures;
  return measures.length === 2 && first !== undefined && second !== undefined && first.currency !== second.currency;
}

/** Names too long to stand side by side stand askew, so that every one is there. */
function slant(names: readonly string[]): DrawingOption {
  const longest = Math.max(0, ...names.map((name) => name.length));
  if (names.length * longest <= MOST_LEVEL) return { hideOverlap: true };
  return names.length > MOST_SLANTED ? { hideOverlap: true, rotate: 30 } : { interval: 0, rotate: 30 };
}

/** Groups along the x axis, a series for each measure; two measures of different units have an axis each. */
export function cartesian(drawn: Drawn, type: "bar" | "line"): DrawingOption {
  const { result, palette, language, groupTitle } = drawn;
  const [dimension] = dimensionsOf(result);
  const measures = measuresOf(result);
  const isDouble = needsOwnAxis(measures);
  const names = dimension ? result.rows.map((row) => groupTitle(groupOf(row, dimension))) : [];
  const axis = {
    type: "value",
    axisLabel: { color: palette.faint, formatter: (value: number) => shortNumber(value, language) },
    splitLine: { lineStyle: { color: palette.line } },
    minInterval: 1,
  };
  return {
    aria: { enabled: false },
    color: [...palette.series],
    grid: { left: 12, right: 12, top: measures.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
    legend: measures.length > 1 ? { top: 4, textStyle: { color: palette.text }, icon: "roundRect" } : undefined,
    tooltip: tooltip(drawn, "axis"),
    xAxis: {
      type: "category",
      data: names,
      axisLabel: { color: palette.faint, width: 96, overflow: "truncate", ...slant(names) },
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
    },
    yAxis: isDouble ? [axis, { ...axis, splitLine: { show: false } }] : axis,
    series: measures.map((measure, index) => ({
      type: isDouble && index === 1 ? "line" : type,
      name: measure.title,
      yAxisIndex: isDouble ? index : 0,
      barMaxWidth: 40,
      symbolSize: 7,
      itemStyle: { borderRadius: type === "bar" ? [3, 3, 0, 0] : 0 },
      data: result.rows.map((row) => Number(numberOf(row, measure) ?? 0)),
    })),
  };
}

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

/** Slices of a whole: one measure, a colour for each group, the option's own where it has one. */
export function slices(drawn: Drawn): DrawingOption {
  const { palette } = drawn;
  return {
    aria: { enabled: false },
    tooltip: tooltip(drawn, "item"),
    series: [
      {
        type: "pie",
        radius: ["46%", "70%"],
        itemStyle: { borderColor: palette.surface, borderWidth: 2 },
        label: { color: palette.text },
        data: partsOf(drawn).map(({ name, value, text, color }) => ({
          name,
          value,
          itemStyle: { color },
          label: { formatter: `{b}  ${text}` },
        })),
      },
    ],
  };
}

/** Stages as centred bars, in their own order: what stands in each stage now need not shrink from one to the next. */
export function stages(drawn: Drawn): DrawingOption {
  const { palette } = drawn;
  const parts = partsOf(drawn);
  const most = Math.max(...parts.map((part) => part.value), 0);
  return {
    aria: { enabled: false },
    grid: { left: 12, right: 12, top: 8, bottom: 8, containLabel: true },
    tooltip: tooltip(drawn, "item"),
    xAxis: { type: "value", show: false, max: most || 1 },
    yAxis: [
      {
        type: "category",
        inverse: true,
        data: parts.map((part) => part.name),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: palette.text, fontSize: 13 },
      },
      {
        type: "category",
        inverse: true,
        data: parts.map((part) => part.text),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: palette.text, fontSize: 13 },
      },
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
}
