import { useEffect, useState } from "react";
import type { JsonObject } from "../lib/json";
import type { RecordJson } from "../lib/record_types";
import { changedValues, type Draft, draftKey, dropDraft, keepDraft, readDraft } from "./drafts";
import type { Form } from "./form_schema";
import { type Evaluation, evaluateLive } from "./runtime/evaluation";
import { RecordStore } from "./runtime/record_store";

const KEEP_MS = 600;

/** The store of a record that is edited, following the server's formulas. */
export function useRecordStore(form: Form, record: RecordJson | null, first: Evaluation | null): RecordStore {
  const [store] = useState(() => new RecordStore(form, (record?.values ?? first?.values ?? {}) as JsonObject));
  useEffect(() => evaluateLive(store, record?.id ?? null, first), [store, record?.id, first]);
  return store;
}

interface DraftKeeping {
  /** What an earlier visit left, until it is taken up or dropped. */
  readonly found: Draft | null;
  restore(): void;
  drop(): void;
}

/** Keeps what is typed in this browser a moment after the last key, and offers what an earlier visit left. */
export function useDraft(store: RecordStore, user: string, record: RecordJson | null, takeUp: boolean): DraftKeeping {
  const key = draftKey(user, store.form.name, record?.id ?? null);
  const version = record?.version ?? null;
  const [found, setFound] = useState(() => readDraft(key));
  const restore = () => {
    if (found) store.replace(found.values);
    setFound(null);
  };
  useEffect(() => {
    if (takeUp) {
      const draft = readDraft(key);
      if (draft) store.replace(draft.values);
      setFound(null);
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    let seen = store.values;
    const keep = () => keepDraft(key, store, version);
    const stop = store.subscribe("", () => {
      if (store.values === seen) return;
      seen = store.values;
      clearTimeout(timer);
      timer = setTimeout(keep, KEEP_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
      if (Object.keys(changedValues(store)).length > 0) keep();
    };
  }, [store, key, version, takeUp]);
  return {
    found,
    restore,
    drop: () => {
      dropDraft(key);
      setFound(null);
    },
  };
}

interface EditorKeys {
  readonly store: RecordStore;
  readonly save: () => void;
}

/** Ctrl+S, Ctrl+Z and Ctrl+Shift+Z (Ctrl+Y) anywhere in the editor. */
export function editorKeys({ store, save }: EditorKeys) {
  return (event: {
    readonly key: string;
    readonly ctrlKey: boolean;
    readonly metaKey: boolean;
    readonly shiftKey: boolean;
    preventDefault(): void;
    stopPropagation(): void;
  }) => {
    if (!event.ctrlKey && !event.metaKey) return;
    const key = event.key.toLowerCase();
    if (key === "s") save();
    else if (key === "z" && event.shiftKey) store.redo();
    else if (key === "z") store.undo();
    else if (key === "y") store.redo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
