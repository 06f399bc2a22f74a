import type { JSX } from "react";
import type { ChartProps, ChartType } from "../chart_type";
import { DrawnChart } from "../DrawnChart";
import { stages } from "../parts";

function Chart(props: ChartProps): JSX.Element {
  return <DrawnChart {...props} picture={stages} />;
}

export const chartType: ChartType = { name: "funnel", Chart, isDrawn: true };
