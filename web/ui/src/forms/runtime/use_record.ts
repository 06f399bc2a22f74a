import { createContext, use, useCallback, useSyncExternalStore } from "react";
import type { Json } from "../../lib/json";
import { type Path, topic } from "./paths";
import { type FieldState, type RecordStore, WHOLE } from "./record_store";
import type { Row } from "./values";

export const StoreContext = createContext<RecordStore | null>(null);

export function useStore(): RecordStore {
  const store = use(StoreContext);
  if (!store) throw new Error("a field outside of its record");
  return store;
}

/** Reads from the store; draws again when the result is another one after a change under `name`. */
export function useStored<T>(name: string, read: (store: RecordStore) => T): T {
  const store = useStore();
  const subscribe = useCallback((listener: () => void) => store.subscribe(name, listener), [store, name]);
  return useSyncExternalStore(subscribe, () => read(store));
}

export function useWhole<T>(read: (store: RecordStore) => T): T {
  return useStored(WHOLE, read);
}

export function useValue(path: Path): Json | undefined {
  return useStored(topic(path), (store) => store.value(path));
}

export function useRows(table: string): readonly Row[] {
  return useStored(table, (store) => store.rows(table));
}

export function useFieldState(path: Path): FieldState | undefined {
  return useStored(topic(path), (store) => store.states.get(path));
}

/** The first message at a place, or nothing. */
export function useMessage(path: Path): string | undefined {
  return useStored(topic(path), (store) => store.messages(path)[0]);
}
