import { type ComponentType, lazy } from "react";
import type { InputProps } from "./field_type";

/**
 * An input that is loaded when a form or a filter first shows it: lists need only the cells, and antd's inputs are a
 * quarter of the first page's JavaScript otherwise. Show inputs through `FieldInput`, which keeps their place meanwhile.
 */
export function lazyInput(load: () => Promise<ComponentType<InputProps>>): ComponentType<InputProps> {
  return lazy(async () => ({ default: await load() }));
}
