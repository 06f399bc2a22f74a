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
  let Loaded: ComponentType<InputProps> | undefined;
  let loading: Promise<ComponentType<InputProps>> | undefined;
  const begin = () => {
    loading ??= load().then((found) => {
      Loaded = found;
      return found;
    });
    return loading;
  };
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each module of a field type
  function Input(props: InputProps): JSX.Element {
    // Once there it is drawn at once, without waiting for a promise that is already kept.
    const Found = Loaded ?? use(begin());
    return <Found {...props} />;
  }
  return Object.assign(Input, { preload: () => void begin() });
}
