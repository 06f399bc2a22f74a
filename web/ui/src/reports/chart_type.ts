import type { ComponentType } from "react";
import type { Links, OnPick, ReportResult } from "./report_types";

export interface ChartProps {
  readonly result: ReportResult;
  /** The report's title, for people who hear the page. */
  readonly title: string;
  /** Somebody points at a number: show what is behind it. Without it, numbers are not pressed. */
  readonly onPick?: OnPick;
  /** Groups that narrow the page when they are pressed. A drawing takes its presses as `onPick`. */
  readonly links?: Links;
}

/** One kind of drawing; the twin of `report_engine/chart_types/<name>.py`. */
export interface ChartType {
  readonly name: string;
  readonly Chart: ComponentType<ChartProps>;
  /** Whether it is a drawing, which can be seen as a table instead. */
  readonly isDrawn: boolean;
}
