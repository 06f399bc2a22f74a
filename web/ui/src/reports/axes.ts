import type { DrawingOption } from "./drawing";
import { percentText, shortNumber } from "./numbers";
import { type Drawn, type Picture, tooltip } from "./picture";
import { type Column, numberOf } from "./report_types";
import { type Series, seriesOf } from "./series";

/** Characters that an axis holds in one line, all names together. */
const MOST_LEVEL = 56;
const MOST_SLANTED = 16;

export type CartesianKind = "bar" | "line" | "area";

/** The second of two measures has an axis of its own where their units differ. */
function needsOwnAxis(measures: readonly Column[]): boolean {
  const [first, second] = measures;
  if (measures.length !== 2 || !first || !second) return false;
  return first.currency !== second.currency || first.format !== second.format;
}

/** Names too long to stand side by side stand askew; those that would lie on another are left out. */
function slant(names: readonly string[]): DrawingOption {
  const longest = Math.max(0, ...names.map((name) => name.length));
  if (names.length * longest <= MOST_LEVEL) return { hideOverlap: true };
  return { hideOverlap: true, rotate: 30, ...(names.length > MOST_SLANTED ? {} : { interval: 0 }) };
}

function valueAxis({ palette, language }: Drawn, measure: Column | undefined): DrawingOption {
  const isPercent = measure?.format === "percent";
  return {
    type: "value",
    axisLabel: {
      color: palette.faint,
      formatter: (value: number) => (isPercent ? percentText(String(value)) : shortNumber(value, language)),
    },
    splitLine: { lineStyle: { color: palette.line } },
    minInterval: isPercent ? undefined : 1,
  };
}

function categoryAxis({ palette }: Drawn, names: readonly string[], isUpright: boolean): DrawingOption {
  return {
    type: "category",
    data: names,
    inverse: isUpright,
    axisLabel: { color: palette.faint, width: 96, overflow: "truncate", ...(isUpright ? {} : slant(names)) },
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { show: false },
  };
}

function drawnAs(kind: CartesianKind, isLine: boolean, options: Readonly<Record<string, unknown>>): DrawingOption {
  const isArea = kind === "area" && !isLine;
  return {
    type: kind === "bar" && !isLine ? "bar" : "line",
    stack: options.stacked === true ? "all" : undefined,
    smooth: options.smooth === true ? 0.3 : false,
    areaStyle: isArea ? { opacity: options.stacked === true ? 0.55 : 0.2 } : undefined,
    barMaxWidth: 40,
    symbolSize: 7,
  };
}

function radius(kind: CartesianKind, isStacked: boolean, isUpright: boolean): readonly number[] | number {
  if (kind !== "bar" || isStacked) return 0;
  return isUpright ? [0, 3, 3, 0] : [3, 3, 0, 0];
}

/** Groups along an axis, a series for each measure or each group of the second dimension. */
export function cartesian(drawn: Drawn, kind: CartesianKind): Picture {
  const { result, palette, groupTitle } = drawn;
  const options = result.report.options ?? {};
  const { categories, series } = seriesOf(result);
  const isUpright = kind === "bar" && options.horizontal === true;
  const isStacked = options.stacked === true;
  const isDouble = !isUpright && needsOwnAxis(series.map(({ measure }) => measure)) && series[0]?.title === null;
  const at: Picture["at"] = (index, place) => {
    const one = series[index];
    const row = one?.rows[place];
    return one && row ? { row, measure: one.measure } : null;
  };
  const colorOf = (one: Series, index: number) =>
    palette.named(one.title?.color) ?? palette.series[index % palette.series.length];
  const names = categories.map(groupTitle);
  const first = valueAxis(drawn, series[0]?.measure);
  const values = isDouble ? [first, { ...valueAxis(drawn, series[1]?.measure), splitLine: { show: false } }] : first;
  const category = categoryAxis(drawn, names, isUpright);
  const hasLegend = series.length > 1;
  const option = {
    aria: { enabled: false },
    grid: { left: 12, right: 12, top: hasLegend ? 40 : 16, bottom: 8, containLabel: true },
    legend: hasLegend
      ? { top: 4, type: "scroll", textStyle: { color: palette.text }, icon: "roundRect", pageIconColor: palette.faint }
      : undefined,
    tooltip: tooltip(drawn, "axis", at),
    xAxis: isUpright ? values : category,
    yAxis: isUpright ? category : values,
    series: series.map((one, index) => ({
      ...drawnAs(kind, isDouble && index === 1, options),
      name: one.title ? groupTitle(one.title) : one.measure.title,
      color: colorOf(one, index),
      yAxisIndex: isDouble ? index : 0,
      itemStyle: { borderRadius: radius(kind, isStacked, isUpright) },
      data: one.rows.map((row) => heightOf(row ? numberOf(row, one.measure) : null, kind)),
    })),
  };
  return { option, at };
}

/** Nothing measured is a gap in a line and no bar. */
function heightOf(exact: string | null, kind: CartesianKind): number | null {
  if (exact !== null) return Number(exact);
  return kind === "bar" ? 0 : null;
}
