import type { JSX } from "react";
import type { ChartProps, ChartType } from "../chart_type";
import { measureText } from "../numbers";
import { measuresOf } from "../report_types";
import styles from "./number.module.css";

function Chart({ result }: ChartProps): JSX.Element {
  const [measure] = measuresOf(result);
  const value = measure ? (result.totals[measure.key] ?? null) : null;
  return <p className={styles.number}>{measure ? measureText(value, measure) : "–"}</p>;
}

export const chartType: ChartType = { name: "number", Chart, isDrawn: false };
