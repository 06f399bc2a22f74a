import type { JSX } from "react";
import type { ChartProps, ChartType } from "../chart_type";
import { Figure } from "../Figure";
import { measuresOf, pickOf } from "../report_types";
import styles from "./number.module.css";

function Chart({ result, onPick }: ChartProps): JSX.Element {
  const [first, ...others] = measuresOf(result);
  if (!first) return <p className={styles.number}>–</p>;
  const figure = (measure: typeof first) => (
    <Figure
      value={result.totals[measure.key] ?? null}
      measure={measure}
      onPress={onPick ? () => onPick(pickOf([], null, measure)) : undefined}
    />
  );
  return (
    <>
      <p className={styles.number}>{figure(first)}</p>
      {others.length > 0 ? (
        <dl className={styles.others}>
          {others.map((measure) => (
            <div key={measure.key} className={styles.other}>
              <dt>{measure.title}</dt>
              <dd>{figure(measure)}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </>
  );
}

export const chartType: ChartType = { name: "number", Chart, isDrawn: false };
