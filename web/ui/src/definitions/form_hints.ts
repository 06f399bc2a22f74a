import { isObject, type JsonObject } from "../lib/json";

export interface Hidden {
  readonly key: string;
  readonly title: string;
}

/** Fields of a form that no section of its layout shows; a form without a layout shows all. */
export function hiddenFields(document: JsonObject): readonly Hidden[] {
  const options = document["x-form"];
  const layout = isObject(options) && Array.isArray(options.layout) ? options.layout : [];
  if (layout.length === 0 || !isObject(document.properties)) return [];
  const shown = new Set(
    layout.flatMap((section) => (isObject(section) && Array.isArray(section.fields) ? section.fields : [])),
  );
  return Object.entries(document.properties)
    .filter(([key]) => !shown.has(key))
    .map(([key, field]) => ({ key, title: isObject(field) && typeof field.title === "string" ? field.title : key }));
}
