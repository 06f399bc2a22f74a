import { EditorState, type Extension } from "@codemirror/state";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/** The editor's own words, by the English ones it asks for. */
const PHRASES = {
  "$ unchanged lines": "phrase.unchanged",
  Find: "phrase.find",
  Replace: "phrase.replace",
  next: "phrase.next",
  previous: "phrase.previous",
  all: "phrase.all",
  "match case": "phrase.case",
  regexp: "phrase.regexp",
  "by word": "phrase.word",
  replace: "phrase.replace",
  "replace all": "phrase.replace_all",
  close: "phrase.close",
} as const;

/** The editor's search panel and folded lines, in the reader's language. */
export function usePhrases(): Extension {
  const { t } = useTranslation("definitions");
  return useMemo(
    () => EditorState.phrases.of(Object.fromEntries(Object.entries(PHRASES).map(([own, key]) => [own, t(key)]))),
    [t],
  );
}
