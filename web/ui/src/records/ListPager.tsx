import { Button } from "antd";
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

/** The standard size is left out of the address. */
function sizeOf(value: number): ListSearch["size"] {
  return PAGE_SIZES.find((size) => size === value && size !== DEFAULT_PAGE_SIZE);
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
      <select
        className={styles.size}
        value={size}
        aria-label={t("pager.size_label")}
        onChange={({ target }) => onChange({ size: sizeOf(Number(target.value)), ...FIRST_PAGE })}
      >
        {PAGE_SIZES.map((value) => (
          <option key={value} value={value}>
            {t("pager.size", { size: value })}
          </option>
        ))}
      </select>
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
