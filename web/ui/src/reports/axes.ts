import type { DrawingOption } from "./drawing";
import { percentText, shortNumber } from "./numbers";
import { type Drawn, type Picture, tooltip } from "./picture";
import { type Column, numberOf } from "./report_types";
import { type Series, seriesOf } from "./series";
import { spanLabels } from "./spans";

/** Characters that an axis holds in one line, all names together. */
const MOST_LEVEL = 56;
const MOST_SLANTED = 16;
/** Spans of time that stand along an axis with a name each, where they fit; of more, some. */
const MOST_SPANS = 16;

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

/** Spans of time stand level, the year once below the first of its spans; whole names stand in the tooltip. */
function labels(names: readonly string[], spans: readonly string[] | null, isUpright: boolean): DrawingOption {
  if (spans && !isUpright) {
    const every = spans.length > MOST_SPANS ? {} : { interval: 0 };
    return { ...every, hideOverlap: true, lineHeight: 16, formatter: (_: string, index: number) => spans[index] ?? "" };
  }
  return { width: 96, overflow: "truncate", ...(isUpright ? {} : slant(names)) };
}

function categoryAxis(
  { palette }: Drawn,
  names: readonly string[],
  spans: readonly string[] | null,
  isUpright: boolean,
): DrawingOption {
  return {
    type: "category",
    data: names,
    inverse: isUpright,
    axisLabel: { color: palette.faint, ...labels(names, spans, isUpright) },
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
    // A curve that swings below zero between two months would tell of what never was.
    smoothMonotone: "x",
    areaStyle: isArea ? { opacity: options.stacked === true ? 0.55 : 0.2 } : undefined,
    barMaxWidth: 40,
    symbolSize: 7,
  };
}

/** A line would join what has no order: the figures of groups that are no spans of time are dots over their bars. */
function dots({ palette }: Drawn): DrawingOption {
  const itemStyle = { borderColor: palette.surface, borderWidth: 2 };
  return { lineStyle: { width: 0 }, symbol: "circle", symbolSize: 13, itemStyle };
}

function radius(kind: CartesianKind, isStacked: boolean, isUpright: boolean): readonly number[] | number {
  if (kind !== "bar" || isStacked) return 0;
  return isUpright ? [0, 3, 3, 0] : [3, 3, 0, 0];
}

/** Groups along an axis, a series for each measure or each group of the second dimension. */
export function cartesian(drawn: Drawn, kind: CartesianKind): Picture {
  const { result, palette, groupTitle } = drawn;
  const options = result.report.options ?? {};
  const { dimension, categories, series } = seriesOf(result);
  const isUpright = kind === "bar" && options.horizontal === true;
  const isStacked = options.stacked === true;
  const isDouble = !isUpright && needsOwnAxis(series.map(({ measure }) => measure)) && series[0]?.title === null;
  const at: Picture["at"] = (index, place) => {
    const one = series[index];
    const row = one?.rows[place];
    return one && row ? { row, measure: one.measure } : null;
  };
  const colorOf = (one: Series, index: number) =>
    (one.title ? palette.named(one.title.color) : palette.toned(one.measure.tone)) ??
    palette.series[index % palette.series.length];
  // One measure over options that have colours: each bar has its option's, as its name has everywhere else.
  const isByOption = kind === "bar" && series.length === 1 && !series[0]?.title && !series[0]?.measure.tone;
  const names = categories.map(groupTitle);
  const first = valueAxis(drawn, series[0]?.measure);
  const values = isDouble ? [first, { ...valueAxis(drawn, series[1]?.measure), splitLine: { show: false } }] : first;
  const spans = dimension?.bucket ? spanLabels(categories, dimension.bucket, drawn.language) : null;
  const category = categoryAxis(drawn, names, spans, isUpright);
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
      ...(kind === "bar" && isDouble && index === 1 && !spans ? dots(drawn) : {}),
      data: one.rows.map((row, place) => {
        const value = heightOf(row ? numberOf(row, one.measure) : null, kind);
        const color = isByOption ? palette.named(categories[place]?.color) : undefined;
        return color ? { value, itemStyle: { color } } : value;
      }),
    })),
  };
  return { option, at };
}

/** Nothing measured is a gap in a line and no bar. */
function heightOf(exact: string | null, kind: CartesianKind): number | null {
  if (exact !== null) return Number(exact);
  return kind === "bar" ? 0 : null;
}
