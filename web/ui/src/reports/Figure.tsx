import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Figure.module.css";
import { measureText } from "./numbers";
import type { Column, Tone } from "./report_types";

interface FigureProps {
  readonly value: string | null;
  readonly measure: Column;
  /** Shows the records behind it; a figure that measured nothing has none. */
  readonly onPress?: () => void;
}

/** More is good, unless it is more of what is bad. */
function toneOfChange(direction: number, measure: Column): Tone | undefined {
  const isBad = measure.tone === "negative" || measure.tone === "warning";
  if (direction === 0 || measure.tone === "neutral") return undefined;
  return direction > 0 === isBad ? "negative" : "positive";
}

/** A figure in a table: pressed, it shows what is behind it. A change says by its sign and colour which way it went. */
export function Figure({ value, measure, onPress }: FigureProps): JSX.Element {
  const { t } = useTranslation("reports");
  const text = measureText(value, measure);
  const isChange = measure.kind === "comparison" && measure.as !== "value" && value !== null;
  const direction = isChange ? Math.sign(Number(value)) : 0;
  const shown = direction > 0 ? `+${text}` : text;
  const tone = isChange
    ? toneOfChange(direction, measure)
    : Number(value) === 0
      ? undefined
      : (measure.tone ?? undefined);
  if (!onPress || value === null) {
    return (
      <span className={styles.text} data-tone={tone}>
        {shown}
      </span>
    );
  }
  return (
    <button type="button" className={styles.press} data-tone={tone} onClick={onPress} title={t("behind.show")}>
      {shown}
    </button>
  );
}
