import { json } from "@codemirror/lang-json";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { type JSX, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useIsMobile } from "../ui/use_is_mobile";
import styles from "./definitions.module.css";
import { editorTheme } from "./editor_theme";
import { usePhrases } from "./use_phrases";

interface DiffViewProps {
  readonly before: string;
  readonly after: string;
  readonly beforeTitle: string;
  readonly afterTitle: string;
}

const COLLAPSE = { margin: 3, minSize: 6 } as const;

/** Two documents against each other: side by side, or one below the other on a phone. */
export function DiffView({ before, after, beforeTitle, afterTitle }: DiffViewProps): JSX.Element {
  const { t } = useTranslation("definitions");
  const isMobile = useIsMobile();
  const phrases = usePhrases();
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current || before === after) return;
    const shared = (label: string) => [
      lineNumbers(),
      json(),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      phrases,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", role: "textbox", "aria-readonly": "true" }),
      ...editorTheme,
    ];
    const view = isMobile
      ? new EditorView({
          parent: host.current,
          doc: after,
          extensions: [
            ...shared(afterTitle),
            unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: COLLAPSE }),
          ],
        })
      : new MergeView({
          parent: host.current,
          a: { doc: before, extensions: shared(beforeTitle) },
          b: { doc: after, extensions: shared(afterTitle) },
          collapseUnchanged: COLLAPSE,
        });
    return () => view.destroy();
  }, [before, after, beforeTitle, afterTitle, isMobile, phrases]);
  if (before === after) return <p className={styles.none}>{t("diff.same")}</p>;
  return (
    <>
      <div className={styles.sides}>
        <span>{beforeTitle}</span>
        <span>{afterTitle}</span>
      </div>
      <div ref={host} className={styles.diff} />
    </>
  );
}
