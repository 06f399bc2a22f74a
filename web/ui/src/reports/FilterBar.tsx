import { Button } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { ChoiceFilter } from "./ChoiceFilter";
import styles from "./FilterBar.module.css";
import { PeriodFilter } from "./PeriodFilter";
import type { DashboardFilter } from "./report_types";
import { type ChosenFilters, settingOf } from "./shared_filters";

interface FilterBarProps {
  readonly filters: readonly DashboardFilter[];
  readonly chosen: ChosenFilters;
  readonly onChange: (chosen: ChosenFilters) => void;
}

/** The filters above a page of reports. */
export function FilterBar({ filters, chosen, onChange }: FilterBarProps): JSX.Element | null {
  const { t } = useTranslation("reports");
  if (filters.length === 0) return null;
  return (
    <search className={styles.bar} aria-label={t("filter.label")}>
      {filters.map((filter) => {
        const setting = settingOf(filter, chosen);
        return filter.type === "period" ? (
          <PeriodFilter
            key={filter.key}
            title={filter.title}
            days={{ from: setting.from ?? null, to: setting.to ?? null }}
            onChange={(days) => onChange({ ...chosen, [filter.key]: days })}
          />
        ) : (
          <ChoiceFilter
            key={filter.key}
            title={filter.title}
            options={filter.options ?? []}
            form={filter.form}
            chosen={setting.in ?? []}
            onChange={(found) => onChange({ ...chosen, [filter.key]: { in: found } })}
          />
        );
      })}
      {Object.keys(chosen).length > 0 ? (
        <Button type="link" onClick={() => onChange({})}>
          {t("filter.reset")}
        </Button>
      ) : null}
    </search>
  );
}
