import { BarChart, GaugeChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { FONT } from "../ui/tokens";

use([
  BarChart,
  GaugeChart,
  LineChart,
  PieChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  AriaComponent,
  CanvasRenderer,
]);

export type DrawingOption = EChartsCoreOption;

export interface Drawing {
  readonly set: (option: DrawingOption) => void;
  /** Whom to tell of a press on a mark; nobody until somebody is named. */
  readonly onPress: (told: ((series: number, index: number) => void) | null) => void;
  readonly dispose: () => void;
}

/** Draw in `element` and keep to its size; must be disposed, the library holds on to its canvas otherwise. */
export function draw(element: HTMLElement): Drawing {
  const chart = init(element, null, { renderer: "canvas" });
  const observer = new ResizeObserver(() => chart.resize());
  observer.observe(element);
  let told: ((series: number, index: number) => void) | null = null;
  chart.on("click", ({ seriesIndex, dataIndex }) => {
    if (seriesIndex !== undefined) told?.(seriesIndex, dataIndex);
  });
  return {
    onPress: (next) => {
      told = next;
    },
    set: (option) => chart.setOption({ textStyle: { fontFamily: FONT }, ...option }, { notMerge: true }),
    dispose: () => {
      observer.disconnect();
      chart.dispose();
    },
  };
}
