import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "../ui/Card";
import { Moment } from "../ui/Moment";
import { Tag } from "../ui/Tag";
import styles from "./JobsPage.module.css";
import type { Check, CheckName, Overview } from "./work_types";

const SHOWN_WHEN_FINE: readonly CheckName[] = ["database", "data_dir"];

/** What is wrong in the reader's words; what the server said of it is in the tooltip. */
function Detail({ check }: { readonly check: Check }): JSX.Element | null {
  const { t } = useTranslation("operations");
  if (check.ok && !SHOWN_WHEN_FINE.includes(check.name)) return null;
  return (
    <span className={styles.detail} title={check.detail}>
      {check.ok ? check.detail : t(`advice.${check.name}`)}
    </span>
  );
}

/** The numbers at a glance, and what `dougong doctor` looks at cheaply. */
export function HealthCard({ overview }: { readonly overview: Overview }): JSX.Element {
  const { t } = useTranslation("operations");
  const wrong = overview.checks.filter((check) => !check.ok).length;
  const numbers = [
    { key: "waiting", value: overview.waiting, isWrong: false },
    { key: "running", value: overview.running, isWrong: false },
    { key: "dead", value: overview.dead, isWrong: overview.dead > 0 },
    { key: "effects", value: overview.effects.dead, isWrong: overview.effects.dead > 0 },
    { key: "runs", value: overview.instances.failed, isWrong: overview.instances.failed > 0 },
  ] as const;
  return (
    <>
      <dl className={styles.numbers}>
        {numbers.map((number) => (
          <div key={number.key} className={styles.number} data-wrong={number.isWrong}>
            <dt>{t(`number.${number.key}`)}</dt>
            <dd>{number.value}</dd>
          </div>
        ))}
      </dl>
      <Card
        title={t("health.title")}
        extra={
          <Tag color={wrong ? "orange" : "green"}>{wrong ? t("health.wrong", { count: wrong }) : t("health.fine")}</Tag>
        }
      >
        <ul className={styles.checks}>
          {overview.checks.map((check) => (
            <li key={check.name}>
              <Tag color={check.ok ? "green" : "red"}>{check.ok ? t("check.ok") : t("check.wrong")}</Tag>
              <span>{t(`check.${check.name}`)}</span>
              <Detail check={check} />
            </li>
          ))}
          {overview.oldest_due_at ? (
            <li>
              <span>{t("number.oldest")}</span>
              <span className={styles.detail}>
                <Moment value={overview.oldest_due_at} as="ago" />
              </span>
            </li>
          ) : null}
        </ul>
      </Card>
    </>
  );
}
