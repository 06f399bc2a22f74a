import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { FONT } from "../ui/tokens";

use([BarChart, LineChart, PieChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

export type DrawingOption = EChartsCoreOption;

export interface Drawing {
  readonly set: (option: DrawingOption) => void;
  readonly dispose: () => void;
}

/** Draw in `element` and keep to its size; must be disposed, the library holds on to its canvas otherwise. */
export function draw(element: HTMLElement): Drawing {
  const chart = init(element, null, { renderer: "canvas" });
  const observer = new ResizeObserver(() => chart.resize());
  observer.observe(element);
  return {
    set: (option) => chart.setOption({ textStyle: { fontFamily: FONT }, ...option }, { notMerge: true }),
    dispose: () => {
      observer.disconnect();
      chart.dispose();
    },
  };
}
