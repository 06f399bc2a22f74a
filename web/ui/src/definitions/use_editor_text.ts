import { useState } from "react";
import { isObject, type JsonObject } from "../lib/json";
import type { DefinitionDraft } from "../ui/use_definition_draft";
import { formatted } from "./definition_types";

export interface EditorText {
  readonly text: string;
  /** Why the text is no document at all; `null` while it is one. */
  readonly fault: { readonly kind: "syntax" | "object"; readonly offset: number } | null;
  readonly change: (text: string) => void;
  readonly format: () => void;
}

function parse(text: string): { document: JsonObject } | { fault: NonNullable<EditorText["fault"]> } {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { document: value as JsonObject };
    return { fault: { kind: "object", offset: 0 } };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const offset = Number(/position (\d+)/.exec(detail)?.[1] ?? text.length);
    return { fault: { kind: "syntax", offset } };
  }
}

/** The document as the text that one edits. While it is no JSON the document stays what it was last. */
export function useEditorText(draft: DefinitionDraft): EditorText {
  const [text, setText] = useState(() => formatted(draft.document));
  const [shown, setShown] = useState(draft.document);
  const [fault, setFault] = useState<EditorText["fault"]>(null);
  if (shown !== draft.document) {
    // It came from elsewhere: a discarded draft, another's changes, an older version.
    setShown(draft.document);
    setText(formatted(draft.document));
    setFault(null);
  }
  const change = (next: string) => {
    setText(next);
    const read = parse(next);
    if ("fault" in read) {
      setFault(read.fault);
      return;
    }
    setFault(null);
    setShown(read.document);
    draft.change(read.document);
  };
  return { text, fault, change, format: () => setText(formatted(draft.document)) };
}
