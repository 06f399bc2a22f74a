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
import { hiddenFields } from "./form_hints";
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

interface Found {
  /** What stands against publishing. */
  readonly marks: readonly Marked[];
  /** What one may have forgotten. */
  readonly hints: readonly Marked[];
}

/** The editor and, below it, what stands against publishing; each entry leads to its line. */
export function EditorPane({ place, draft, editor }: EditorPaneProps): JSX.Element {
  const { t } = useTranslation("definitions");
  const schema = useQuery(schemaQuery(place.kind));
  const [goTo, setGoTo] = useState<Span | null>(null);
  const { text, fault } = editor;
  const { violations, document } = draft;
  const isForm = place.kind === "forms";
  const { marks, hints } = useMemo((): Found => {
    if (fault) {
      const column = fault.offset - text.lastIndexOf("\n", fault.offset - 1);
      const message = fault.kind === "syntax" ? t("problems.syntax", { column }) : t("problems.object");
      return {
        marks: [{ from: fault.offset, to: fault.offset + 1, message, line: lineOf(text, fault.offset) }],
        hints: [],
      };
    }
    const positions = positionsOf(text);
    const at = (pointer: string, message: string): Marked => {
      const span = placeOf(positions, pointer);
      return { ...span, message, line: lineOf(text, span.from) };
    };
    const hidden = isForm ? hiddenFields(document) : [];
    return {
      marks: violations.map((one) => at(one.pointer, one.detail)),
      hints: hidden.map(({ key, title }) => at(`#/properties/${key}`, t("problems.hidden", { title }))),
    };
  }, [text, fault, violations, document, isForm, t]);
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
            <MarkList marks={marks} isFault onGo={setGoTo} />
            <MarkList marks={hints} onGo={setGoTo} />
          </section>
        </>
      )}
    </QueryState>
  );
}

interface MarkListProps {
  readonly marks: readonly Marked[];
  readonly isFault?: boolean;
  readonly onGo: (span: Span) => void;
}

function MarkList({ marks, isFault = false, onGo }: MarkListProps): JSX.Element {
  const { t } = useTranslation("definitions");
  return (
    <ul>
      {marks.map((mark) => (
        <li key={`${mark.from} ${mark.message}`}>
          <button type="button" className={styles.problem} onClick={() => onGo({ from: mark.from, to: mark.to })}>
            <span className={styles.line} data-fault={isFault}>
              {t("problems.line", { line: mark.line })}
            </span>
            {mark.message}
          </button>
        </li>
      ))}
    </ul>
  );
}
