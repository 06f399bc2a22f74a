import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "../lib/json";
import type { NodeRun } from "./flow_types";
import { StatusTag } from "./StatusTag";
import styles from "./StepList.module.css";

interface StepListProps {
  readonly nodes: readonly NodeRun[];
}

/** The steps of a run in order, each turn of a loop for itself. */
export function StepList({ nodes }: StepListProps): JSX.Element {
  const { t } = useTranslation("flows");
  return (
    <ol className={styles.list}>
      {nodes.map((node, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a log only grows at its end
        <li key={index} style={{ paddingLeft: node.iteration.length * 14 }}>
          <span className={styles.line}>
            <span className={styles.title}>{node.title}</span>
            {node.iteration.length > 0 ? (
              <span className={styles.turn}>
                {t("run.turn", { turn: node.iteration.map((at) => at + 1).join(".") })}
              </span>
            ) : null}
            <StatusTag of="status" status={node.status} />
          </span>
          {node.error?.detail ? <p className={styles.error}>{node.error.detail}</p> : null}
          <Data title={t("run.input")} data={node.input} />
          <Data title={t("run.output")} data={node.output} />
        </li>
      ))}
    </ol>
  );
}

function Data({ title, data }: { readonly title: string; readonly data: Json }): JSX.Element | null {
  if (data === null || data === undefined) return null;
  return (
    <details className={styles.data}>
      <summary>{title}</summary>
      <pre>{JSON.stringify(data, null, 2)}</pre>
    </details>
  );
}
