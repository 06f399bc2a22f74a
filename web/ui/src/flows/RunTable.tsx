import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Moment } from "../ui/Moment";
import { Person } from "../ui/Person";
import type { RunSummary } from "./flow_types";
import styles from "./RunTable.module.css";
import { StatusTag } from "./StatusTag";

interface RunTableProps {
  readonly runs: readonly RunSummary[];
}

/** Runs as a table; on a phone each becomes a card. */
export function RunTable({ runs }: RunTableProps): JSX.Element {
  const { t } = useTranslation("flows");
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t("runs.flow")}</th>
          <th scope="col">{t("runs.record")}</th>
          <th scope="col">{t("runs.status")}</th>
          <th scope="col">{t("runs.started_by")}</th>
          <th scope="col">{t("runs.started_at")}</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <td>
              <Link to="/instances/$instance" params={{ instance: run.id }}>
                {run.flow.title}
              </Link>
            </td>
            <td>{run.record?.title ?? run.occasion?.title ?? "–"}</td>
            <td>
              <StatusTag of="status" status={run.status} />
            </td>
            <td>{run.started_by ? <Person name={run.started_by.title} /> : "–"}</td>
            <td>
              <Moment value={run.started_at} as="datetime" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
