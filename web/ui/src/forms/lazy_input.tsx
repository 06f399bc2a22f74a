import { type ComponentType, type JSX, use } from "react";
import type { InputProps } from "./field_type";

export interface LazyInput {
  (props: InputProps): JSX.Element;
  /** Begins to load it, so that the first key typed into a cell finds it there. */
  readonly preload: () => void;
}

/**
 * An input that is loaded when a form or a filter first shows it: lists need only the cells, and antd's inputs are a
 * quarter of the first page's JavaScript otherwise. Show inputs through `FieldInput`, which keeps their place meanwhile.
 */
export function lazyInput(load: () => Promise<ComponentType<InputProps>>): LazyInput {
  let loading: Promise<ComponentType<InputProps>> | undefined;
  const begin = () => {
    if (!loading) {
      const started = load();
      // As React marks promises that it has waited for: one that is kept is read at once.
      void started.then((value) => Object.assign(started, { status: "fulfilled", value }));
      loading = started;
    }
    return loading;
  };
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each module of a field type
  function Input(props: InputProps): JSX.Element {
    const Found = use(begin());
    return <Found {...props} />;
  }
  return Object.assign(Input, { preload: () => void begin() });
}
