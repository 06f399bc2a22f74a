import type { ChartType } from "./chart_type";

const modules = import.meta.glob<{ readonly chartType: ChartType }>("./chart_types/*.tsx", { eager: true });

function read(): ReadonlyMap<string, ChartType> {
  const found = new Map<string, ChartType>();
  for (const [file, module] of Object.entries(modules)) {
    const name = /([a-z_]+)\.tsx$/.exec(file)?.[1];
    if (module.chartType.name !== name) throw new Error(`${file} must export the chart type "${name}"`);
    found.set(name, module.chartType);
  }
  return found;
}

/** Every chart type by name: one file each in `chart_types/`. */
export const CHART_TYPES: ReadonlyMap<string, ChartType> = read();

/** A drawing that this page does not know (a newer server) is shown as a table. */
export function chartType(name: string): ChartType {
  const found = CHART_TYPES.get(name) ?? CHART_TYPES.get("table");
  if (!found) throw new Error("the chart type table is missing");
  return found;
}
