import { type JSX, useCallback } from "react";
import { useLanguage } from "../../ui/use_language";
import { stages } from "../axes";
import type { ChartProps, ChartType } from "../chart_type";
import { DrawnChart } from "../DrawnChart";
import type { Palette } from "../palette";
import { useGroupTitle } from "../use_group_title";

function Chart({ result, title }: ChartProps): JSX.Element {
  const language = useLanguage();
  const groupTitle = useGroupTitle();
  const option = useCallback(
    (palette: Palette) => stages({ result, palette, language, groupTitle }),
    [result, language, groupTitle],
  );
  return <DrawnChart result={result} title={title} option={option} />;
}

export const chartType: ChartType = { name: "funnel", Chart, isDrawn: true };
