import type { JSX } from "react";
import { cartesian } from "../axes";
import type { ChartProps, ChartType } from "../chart_type";
import { DrawnChart } from "../DrawnChart";
import type { Drawn } from "../picture";

const picture = (drawn: Drawn) => cartesian(drawn, "bar");

function Chart(props: ChartProps): JSX.Element {
  return <DrawnChart {...props} picture={picture} />;
}

export const chartType: ChartType = { name: "bar", Chart, isDrawn: true };
