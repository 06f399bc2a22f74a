import { Button, Select } from "antd";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDecimal } from "../lib/format";
import styles from "./ListPager.module.css";
import { DEFAULT_PAGE_SIZE, FIRST_PAGE, type ListSearch, PAGE_SIZES } from "./list_search";
import { COUNT_CAP } from "./list_source";

interface ListPagerProps {
  readonly search: ListSearch;
  readonly shown: number;
  readonly size: number;
  readonly count: number | null | undefined;
  readonly nextCursor: string | null;
  readonly isBusy: boolean;
  readonly onChange: (patch: ListSearch) => void;
}

function countText(count: number | null | undefined): string | null {
  if (count === null || count === undefined) return null;
  return count > COUNT_CAP ? `${formatDecimal(COUNT_CAP)}+` : formatDecimal(count);
}

/**
 * Forward by the server's cursor, back by the cursors passed on the way. Opened from a link in the middle, back leads to
 * the first page: a keyset has no other way to go.
 */
export function ListPager(props: ListPagerProps): JSX.Element {
  const { search, shown, size, count, nextCursor, isBusy, onChange } = props;
  const { t } = useTranslation("records");
  const [passed, setPassed] = useState<readonly (string | undefined)[]>([]);
  const page = search.page ?? 1;
  const from = (page - 1) * size + 1;
  const total = countText(count);
  const range = { from: formatDecimal(from), to: formatDecimal(from + shown - 1), total: total ?? "" };
  const next = () => {
    setPassed(passed.toSpliced(page - 1, passed.length, search.cursor));
    onChange({ cursor: nextCursor ?? undefined, page: page + 1 });
  };
  const previous = () => {
    const cursor = page > 2 ? passed[page - 2] : undefined;
    onChange(cursor ? { cursor, page: page - 1 } : FIRST_PAGE);
  };
  return (
    <nav className={styles.pager} aria-label={t("pager.label")}>
      <span className={styles.range} aria-live="polite">
        {shown === 0 ? null : total ? t("pager.range_of", range) : t("pager.range", range)}
      </span>
      <Select
        className={styles.size}
        size="small"
        variant="borderless"
        value={size}
        aria-label={t("pager.size_label")}
        options={PAGE_SIZES.map((value) => ({ value, label: t("pager.size", { size: value }) }))}
        onChange={(value) =>
          onChange({
            size: PAGE_SIZES.find((one) => one === value && one !== DEFAULT_PAGE_SIZE),
            ...FIRST_PAGE,
          })
        }
      />
      <Button
        icon={<ChevronLeft size={16} />}
        onClick={previous}
        disabled={isBusy || !search.cursor}
        aria-label={t("pager.previous")}
      />
      <Button
        icon={<ChevronRight size={16} />}
        onClick={next}
        disabled={isBusy || nextCursor === null}
        aria-label={t("pager.next")}
      />
    </nav>
  );
}
