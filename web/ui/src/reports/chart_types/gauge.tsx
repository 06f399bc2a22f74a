import type { JSX } from "react";
import type { ChartProps, ChartType } from "../chart_type";
import { DrawnChart } from "../DrawnChart";
import { dial } from "../parts";

function Chart(props: ChartProps): JSX.Element {
  return <DrawnChart {...props} picture={dial} />;
}

export const chartType: ChartType = { name: "gauge", Chart, isDrawn: true };
