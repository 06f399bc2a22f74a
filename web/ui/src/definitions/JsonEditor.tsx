import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { type JSX, useEffect, useEffectEvent, useRef } from "react";
import styles from "./definitions.module.css";
import { editorTheme } from "./editor_theme";
import { jsonCompletion } from "./json_completion";
import type { Span } from "./json_positions";
import type { Schema } from "./schema_walk";
import { usePhrases } from "./use_phrases";

export interface Mark extends Span {
  readonly message: string;
}

interface JsonEditorProps {
  readonly label: string;
  readonly value: string;
  readonly schema: Schema | undefined;
  readonly marks: readonly Mark[];
  /** Where to put the cursor; a new object moves it again. */
  readonly goTo: Span | null;
  readonly onChange: (text: string) => void;
  readonly onSave: () => void;
}

/** A code editor for JSON: completion from the schema, folding, search, problems at their line. Tab leaves it. */
export function JsonEditor(props: JsonEditorProps): JSX.Element {
  const { label, value, schema, marks, goTo } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const phrases = usePhrases();
  const changed = useEffectEvent((text: string) => props.onChange(text));
  const save = useEffectEvent(() => {
    props.onSave();
    return true;
  });
  const first = useEffectEvent(() => value);
  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first(),
        extensions: [
          lineNumbers(),
          foldGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          search({ top: true }),
          lintGutter(),
          json(),
          autocompletion({ override: schema ? [jsonCompletion(schema)] : [], icons: false }),
          keymap.of([
            { key: "Mod-s", preventDefault: true, run: () => save() },
            ...closeBracketsKeymap,
            ...defaultKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...foldKeymap,
            ...completionKeymap,
          ]),
          phrases,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
          ...editorTheme,
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [label, schema, phrases]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const end = editor.state.doc.length;
    const shown = marks.map(({ from, to, message }) => ({
      from: Math.min(from, end),
      to: Math.min(to, end),
      message,
      severity: "error" as const,
    }));
    editor.dispatch(setDiagnostics(editor.state, shown));
  }, [marks]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || !goTo) return;
    const at = Math.min(goTo.from, editor.state.doc.length);
    editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    editor.focus();
  }, [goTo]);
  return <div ref={host} className={styles.editor} />;
}
