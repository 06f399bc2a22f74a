import { Select } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { LazyDatePicker } from "../ui/LazyDatePicker";
import styles from "./FilterBar.module.css";
import { PERIODS, type PeriodName, periodDays, periodName } from "./periods";
import type { Days } from "./report_types";

interface PeriodFilterProps {
  readonly title: string;
  readonly days: Days;
  readonly onChange: (days: Days) => void;
}

const OTHER = "other";

/** A period by its name, or from a day to a day. */
export function PeriodFilter({ title, days, onChange }: PeriodFilterProps): JSX.Element {
  const { t } = useTranslation("reports");
  const name = periodName(days);
  const [isOther, setOther] = useState(name === null);
  const isOpen = isOther || name === null;
  const choose = (next: PeriodName | typeof OTHER) => {
    setOther(next === OTHER);
    if (next !== OTHER) onChange(periodDays(next));
  };
  return (
    <fieldset className={styles.filter}>
      <legend className={styles.title}>{title}</legend>
      <Select
        className={styles.choice}
        aria-label={title}
        value={isOpen ? OTHER : name}
        onChange={choose}
        options={[...PERIODS, OTHER as typeof OTHER].map((value) => ({ value, label: t(`period.${value}`) }))}
        popupMatchSelectWidth={false}
      />
      {isOpen ? (
        <>
          <span className={styles.day}>
            <LazyDatePicker
              value={days.from}
              onChange={(from) => onChange({ ...days, from })}
              label={t("period.from", { title })}
            />
          </span>
          <span className={styles.day}>
            <LazyDatePicker
              value={days.to}
              onChange={(to) => onChange({ ...days, to })}
              label={t("period.to", { title })}
            />
          </span>
        </>
      ) : null}
    </fieldset>
  );
}
