import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { type JSX, type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./ToastList.module.css";
import { type ToastKind, type ToastNote, toast, useToasts } from "./toast";

const ICONS: Readonly<Record<ToastKind, ReactNode>> = {
  success: <CircleCheck size={18} aria-hidden="true" />,
  info: <Info size={18} aria-hidden="true" />,
  error: <CircleAlert size={18} aria-hidden="true" />,
};

/** Refusals say what to do: they stay until there was time to read it. */
const SECONDS: Readonly<Record<ToastKind, number>> = { success: 4, info: 5, error: 9 };

function Note({ note }: { readonly note: ToastNote }): JSX.Element {
  const { t } = useTranslation("ui");
  const [isHeld, setIsHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => toast.dismiss(note.id), SECONDS[note.kind] * 1000);
    return () => clearTimeout(timer);
  }, [note, isHeld]);
  return (
    <div
      className={styles.note}
      data-kind={note.kind}
      role={note.kind === "error" ? "alert" : "status"}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
    >
      <span className={styles.icon}>{ICONS[note.kind]}</span>
      <span className={styles.text}>{note.text}</span>
      {note.action ? (
        <button
          type="button"
          className={styles.action}
          onClick={() => {
            note.action?.run();
            toast.dismiss(note.id);
          }}
        >
          {note.action.label}
        </button>
      ) : null}
      <button type="button" className={styles.close} aria-label={t("close")} onClick={() => toast.dismiss(note.id)}>
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  );
}

export function ToastList(): JSX.Element {
  const notes = useToasts((state) => state.notes);
  return (
    <div className={styles.list}>
      {notes.map((note) => (
        <Note key={note.id} note={note} />
      ))}
    </div>
  );
}
