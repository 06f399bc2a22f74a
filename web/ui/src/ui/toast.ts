import { create } from "zustand";
import type { Problem } from "../lib/problem";

export type ToastKind = "success" | "info" | "error";

export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

export interface ToastNote {
  readonly id: number;
  readonly kind: ToastKind;
  readonly text: string;
  readonly action?: ToastAction;
}

interface Toasts {
  readonly notes: readonly ToastNote[];
  readonly lastId: number;
}

/** What is shown now; drawn by `ToastList`. */
export const useToasts = create<Toasts>()(() => ({ notes: [], lastId: 0 }));

const MOST_NOTES = 4;

function add(kind: ToastKind, text: string, action?: ToastAction): void {
  useToasts.setState(({ notes, lastId }) => {
    const id = lastId + 1;
    const others = notes.filter((note) => note.text !== text).slice(1 - MOST_NOTES);
    return { lastId: id, notes: [...others, { id, kind, text, action }] };
  });
}

/** Short notes at the top of the page, also from code outside of components. */
export const toast = {
  success: (text: string, action?: ToastAction): void => add("success", text, action),
  info: (text: string, action?: ToastAction): void => add("info", text, action),
  error: (text: string, action?: ToastAction): void => add("error", text, action),
  /** What the server said, or `otherwise` when it said nothing. */
  problem: (problem: Problem, otherwise: string): void => add("error", problem.detail || problem.title || otherwise),
  dismiss: (id: number): void => useToasts.setState(({ notes }) => ({ notes: notes.filter((note) => note.id !== id) })),
};
