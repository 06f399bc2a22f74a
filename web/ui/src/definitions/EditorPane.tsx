import { useQuery } from "@tanstack/react-query";
import { type JSX, lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Place } from "../lib/definitions";
import { Lines } from "../ui/Lines";
import { QueryState } from "../ui/QueryState";
import { toast } from "../ui/toast";
import type { DefinitionDraft } from "../ui/use_definition_draft";
import { schemaQuery } from "./definition_types";
import styles from "./definitions.module.css";
import { lineOf, placeOf, positionsOf, type Span } from "./json_positions";
import type { EditorText } from "./use_editor_text";

const JsonEditor = lazy(() => import("./JsonEditor").then((module) => ({ default: module.JsonEditor })));

interface EditorPaneProps {
  readonly place: Place;
  readonly draft: DefinitionDraft;
  readonly editor: EditorText;
}

interface Marked extends Span {
  readonly message: string;
  readonly line: number;
}

/** The editor and, below it, what stands against publishing; each entry leads to its line. */
export function EditorPane({ place, draft, editor }: EditorPaneProps): JSX.Element {
  const { t } = useTranslation("definitions");
  const schema = useQuery(schemaQuery(place.kind));
  const [goTo, setGoTo] = useState<Span | null>(null);
  const { text, fault } = editor;
  const { violations } = draft;
  const marks = useMemo((): readonly Marked[] => {
    if (fault) {
      const message = fault.kind === "syntax" ? t("problems.syntax", { detail: fault.detail }) : t("problems.object");
      return [{ from: fault.offset, to: fault.offset + 1, message, line: lineOf(text, fault.offset) }];
    }
    const positions = positionsOf(text);
    return violations.map((one) => {
      const span = placeOf(positions, one.pointer);
      return { ...span, message: one.detail, line: lineOf(text, span.from) };
    });
  }, [text, fault, violations, t]);
  const save = async () => {
    if (!fault && (await draft.save())) toast.success(t("page.saved"));
  };
  const waiting = (
    <div className={styles.waiting}>
      <Lines rows={10} />
    </div>
  );
  return (
    <QueryState query={schema} loading={waiting}>
      {(known) => (
        <>
          <Suspense fallback={waiting}>
            <JsonEditor
              label={t("page.editor", { name: `${place.app}.${place.key}` })}
              value={text}
              schema={known}
              marks={marks}
              goTo={goTo}
              onChange={editor.change}
              onSave={() => void save()}
            />
          </Suspense>
          <section className={styles.problems} aria-live="polite">
            <h2>
              {marks.length === 0
                ? t(draft.isChecking ? "problems.checking" : "problems.none")
                : t("problems.title", { count: marks.length })}
            </h2>
            <ul>
              {marks.map((mark) => (
                <li key={`${mark.from} ${mark.message}`}>
                  <button
                    type="button"
                    className={styles.problem}
                    onClick={() => setGoTo({ from: mark.from, to: mark.to })}
                  >
                    <span className={styles.line}>{t("problems.line", { line: mark.line })}</span>
                    {mark.message}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        </>
      )}
    </QueryState>
  );
}
