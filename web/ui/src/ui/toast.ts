import type { MessageInstance } from "antd/es/message/interface";
import type { Problem } from "../lib/problem";

let messages: MessageInstance | null = null;

/** Called once by the providers: antd's messages need the theme and language of the tree they are shown in. */
export function connectToasts(instance: MessageInstance): void {
  messages = instance;
}

const ERROR_SECONDS = 6;

/** Short notes at the top of the page, also from code outside of components. */
export const toast = {
  success: (text: string): void => void messages?.success(text),
  info: (text: string): void => void messages?.info(text),
  error: (text: string): void => void messages?.error(text, ERROR_SECONDS),
  /** What the server said, or `otherwise` when it said nothing. */
  problem: (problem: Problem, otherwise: string): void =>
    void messages?.error(problem.detail || problem.title || otherwise, ERROR_SECONDS),
};
