import type { Language } from "../lib/language";
import type { DrawingOption } from "./drawing";
import { measureText } from "./numbers";
import type { Palette } from "./palette";
import type { Column, Group, ReportResult, Row } from "./report_types";

/** What a drawing is made of. */
export interface Drawn {
  readonly result: ReportResult;
  readonly palette: Palette;
  readonly language: Language;
  readonly groupTitle: (group: Group) => string;
}

/** What one mark of a drawing stands for. */
export interface Mark {
  readonly row: Row;
  readonly measure: Column;
}

/** A drawing, and what each of its marks stands for. */
export interface Picture {
  readonly option: DrawingOption;
  readonly at: (series: number, index: number) => Mark | null;
}

interface Point {
  readonly name: string;
  readonly marker: string;
  readonly seriesName?: string;
  readonly dataIndex: number;
  readonly seriesIndex: number;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function exact(cell: Row[string] | undefined): string | null {
  return typeof cell === "string" ? cell : null;
}

/** Tooltip with the exact figures: the axis may round, the figure may not. */
export function tooltip({ palette }: Drawn, trigger: "axis" | "item", at: Picture["at"]): DrawingOption {
  return {
    trigger,
    confine: true,
    backgroundColor: palette.surface,
    borderColor: palette.line,
    textStyle: { color: palette.text, fontSize: 13 },
    formatter: (shown: unknown) => {
      const points = (Array.isArray(shown) ? shown : [shown]) as readonly Point[];
      const lines = points.flatMap((point) => {
        const mark = at(point.seriesIndex, point.dataIndex);
        if (!mark) return [];
        const name = point.seriesName?.startsWith("series") ? mark.measure.title : point.seriesName;
        const text = measureText(exact(mark.row[mark.measure.key]), mark.measure);
        return [`${point.marker} ${escapeHtml(name || mark.measure.title)} <b>${escapeHtml(text)}</b>`];
      });
      return [escapeHtml(points[0]?.name ?? ""), ...lines].join("<br>");
    },
  };
}
