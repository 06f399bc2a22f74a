import type { JSX } from "react";
import type { ChartProps, ChartType } from "../chart_type";
import { DrawnChart } from "../DrawnChart";
import { slices } from "../parts";

function Chart(props: ChartProps): JSX.Element {
  return <DrawnChart {...props} picture={slices} />;
}

export const chartType: ChartType = { name: "pie", Chart, isDrawn: true };
