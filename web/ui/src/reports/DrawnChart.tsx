import { type JSX, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useThemeName } from "../ui/use_theme";
import styles from "./DrawnChart.module.css";
import type { Drawing, DrawingOption } from "./drawing";
import { measureText } from "./numbers";
import { type Palette, palette } from "./palette";
import { dimensionsOf, groupOf, measuresOf, numberOf, type ReportResult } from "./report_types";
import { useGroupTitle } from "./use_group_title";

interface DrawnChartProps {
  readonly result: ReportResult;
  readonly title: string;
  readonly option: (palette: Palette) => DrawingOption;
}

/** A canvas with its description in words; the drawing library is loaded when the first one is shown. */
export function DrawnChart({ result, title, option }: DrawnChartProps): JSX.Element {
  const { t } = useTranslation("reports");
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
    // A canvas does not follow the style sheets that stop motion for those who asked for none.
    const animation = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    drawing?.set({ animation, animationDuration: 300, ...option(palette(theme)) });
  }, [drawing, option, theme]);

  const [dimension] = dimensionsOf(result);
  const [measure] = measuresOf(result);
  const groups =
    dimension && measure
      ? result.rows
          .slice(0, 20)
          .map((row) => `${groupTitle(groupOf(row, dimension))} ${measureText(numberOf(row, measure), measure)}`)
      : [];
  const label = t("chart.described", { title, groups: groups.join("; ") });
  return <div ref={canvas} className={styles.chart} role="img" aria-label={label} />;
}
