import { type JSX, useEffect, useEffectEvent, useRef, useState } from "react";
import type { RecordJson } from "../lib/record_types";
import { useSession } from "../lib/session";
import { ConflictDialog } from "./ConflictDialog";
import { DraftBanner } from "./DraftBanner";
import { draftKey, dropDraft } from "./drafts";
import { ErrorSummary } from "./ErrorSummary";
import type { Form } from "./form_schema";
import { LeaveGuard } from "./LeaveGuard";
import styles from "./RecordEditor.module.css";
import { RecordForm } from "./RecordForm";
import type { Evaluation } from "./runtime/evaluation";
import { placesOf } from "./runtime/problems";
import { StoreContext } from "./runtime/use_record";
import { SaveBar } from "./SaveBar";
import { editorKeys, useDraft, useRecordStore } from "./use_editor";
import { useSave } from "./use_save";
import { useShowPlace } from "./use_show_place";

interface RecordEditorProps {
  readonly form: Form;
  /** `null` for a new one. */
  readonly record: RecordJson | null;
  /** What an empty form comes to: defaults and states of a new record. */
  readonly first: Evaluation | null;
  readonly onSaved: (record: RecordJson) => void;
  readonly onCancel: () => void;
  /** In a drawer: no draft and no guard of its own. */
  readonly isInDrawer?: boolean;
  readonly takesUpDraft?: boolean;
}

/** Edits one record: fields, formulas and rules as they change, saving, conflicts, drafts. */
export function RecordEditor(props: RecordEditorProps): JSX.Element {
  const { form, record, first, isInDrawer = false } = props;
  const user = useSession().user.id;
  const store = useRecordStore(form, record, first);
  const draft = useDraft(store, isInDrawer ? `${user}.drawer` : user, record, props.takesUpDraft ?? false);
  const showPlace = useShowPlace(store);
  const [isDone, setDone] = useState(false);
  const box = useRef<HTMLFormElement>(null);
  const finish = (saved: RecordJson | null) => {
    setDone(true);
    store.restart(saved?.values ?? record?.values ?? {});
    dropDraft(draftKey(isInDrawer ? `${user}.drawer` : user, form.name, record?.id ?? null));
    if (saved) props.onSaved(saved);
    else props.onCancel();
  };
  const save = useSave({
    store,
    record,
    onSaved: finish,
    onRefused: () => {
      const place = placesOf(store).find((one) => one.field);
      if (place) showPlace(place.path);
    },
  });
  const keys = useEffectEvent(editorKeys({ store, save: () => save.run() }));
  useEffect(() => {
    const target = isInDrawer ? box.current : window;
    const onKeyDown = (event: Event) => {
      const around = event.target instanceof Element ? event.target.closest("form") : null;
      // A record made in a drawer has keys of its own.
      if (around === null || around === box.current) keys(event as KeyboardEvent);
    };
    target?.addEventListener("keydown", onKeyDown, { capture: true });
    return () => target?.removeEventListener("keydown", onKeyDown, { capture: true });
  }, [isInDrawer]);
  return (
    <StoreContext value={store}>
      <form
        ref={box}
        className={styles.editor}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          save.run();
        }}
      >
        {draft.found && !isInDrawer ? (
          <DraftBanner draft={draft.found} onRestore={draft.restore} onDrop={draft.drop} />
        ) : null}
        <ErrorSummary onShow={showPlace} />
        <RecordForm />
        <SaveBar
          isSaving={save.isSaving}
          isNew={record === null}
          onSave={() => save.run()}
          onCancel={() => finish(null)}
        />
      </form>
      {save.conflict ? (
        <ConflictDialog
          store={store}
          current={save.conflict}
          isSaving={save.isSaving}
          onClose={save.forget}
          onSave={(version) => {
            save.forget();
            save.run(version);
          }}
        />
      ) : null}
      {isInDrawer || isDone ? null : <LeaveGuard />}
    </StoreContext>
  );
}
