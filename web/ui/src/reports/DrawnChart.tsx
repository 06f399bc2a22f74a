import { type JSX, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../ui/use_language";
import { useThemeName } from "../ui/use_theme";
import type { ChartProps } from "./chart_type";
import styles from "./DrawnChart.module.css";
import type { Drawing } from "./drawing";
import { measureText } from "./numbers";
import { palette } from "./palette";
import type { Drawn, Picture } from "./picture";
import { dimensionsOf, groupOf, measuresOf, numberOf, pickOf, type ReportResult } from "./report_types";
import { useGroupTitle } from "./use_group_title";

/** Groups that are read out; whoever wants all of them has the table. */
const MOST_SPOKEN = 20;

interface DrawnChartProps extends ChartProps {
  readonly picture: (drawn: Drawn) => Picture;
}

function useDescription(result: ReportResult, title: string): string {
  const { t } = useTranslation("reports");
  const groupTitle = useGroupTitle();
  const dimensions = dimensionsOf(result);
  const [measure] = measuresOf(result);
  if (!measure) return title;
  if (dimensions.length === 0) {
    return t("chart.described", { title, groups: measureText(result.totals[measure.key] ?? null, measure) });
  }
  const groups = result.rows.slice(0, MOST_SPOKEN).map((row) => {
    const names = dimensions.map((dimension) => groupTitle(groupOf(row, dimension))).join(" ");
    return `${names} ${measureText(numberOf(row, measure), measure)}`;
  });
  return t("chart.described", { title, groups: groups.join("; ") });
}

/** A canvas with its description in words; the drawing library is loaded when the first one is shown. */
export function DrawnChart({ result, title, picture, onPick }: DrawnChartProps): JSX.Element {
  const language = useLanguage();
  const groupTitle = useGroupTitle();
  const theme = useThemeName();
  const canvas = useRef<HTMLDivElement>(null);
  const [drawing, setDrawing] = useState<Drawing | null>(null);

  useEffect(() => {
    const element = canvas.current;
    let made: Drawing | null = null;
    let isGone = false;
    void import("./drawing").then(({ draw }) => {
      if (isGone || !element) return;
      made = draw(element);
      setDrawing(made);
    });
    return () => {
      isGone = true;
      made?.dispose();
    };
  }, []);

  useEffect(() => {
    if (!drawing) return;
    // A canvas does not follow the style sheets that stop motion for those who asked for none.
    const animation = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { option, at } = picture({ result, palette: palette(theme), language, groupTitle });
    drawing.set({ animation, animationDuration: 300, ...option });
    drawing.onPress((series, index) => {
      const mark = at(series, index);
      if (!mark || !onPick) return;
      const dimensions = dimensionsOf(result);
      onPick(pickOf(dimensions, dimensions.length > 0 ? mark.row : null, mark.measure));
    });
  }, [drawing, picture, result, theme, language, groupTitle, onPick]);

  return <div ref={canvas} className={styles.chart} role="img" aria-label={useDescription(result, title)} />;
}
