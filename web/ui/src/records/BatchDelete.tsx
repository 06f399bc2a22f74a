import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Modal, Progress } from "antd";
import { type JSX, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "../lib/query_keys";
import type { RecordJson } from "../lib/record_types";
import styles from "./BatchDelete.module.css";
import { type BatchProgress, deleteEach, NOTHING_DONE, restoreEach } from "./batch_delete";

interface BatchDeleteProps {
  readonly form: string;
  readonly records: readonly RecordJson[];
  readonly onClose: () => void;
}

type Phase = "asking" | "deleting" | "deleted" | "restoring" | "restored";

interface AskingProps {
  readonly onCancel: () => void;
  readonly onDelete: () => Promise<void>;
}

function Asking({ onCancel, onDelete }: AskingProps): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <>
      <Button onClick={onCancel}>{t("cancel")}</Button>
      <Button type="primary" danger onClick={() => void onDelete()}>
        {t("delete")}
      </Button>
    </>
  );
}

interface WorkingProps {
  readonly isWorking: boolean;
  readonly onClose: () => void;
  readonly onUndo: (() => Promise<void>) | undefined;
}

function Working({ isWorking, onClose, onUndo }: WorkingProps): JSX.Element {
  const { t } = useTranslation(["records", "ui"]);
  return (
    <>
      {onUndo ? <Button onClick={() => void onUndo()}>{t("ui:undo")}</Button> : null}
      <Button type={isWorking ? "default" : "primary"} onClick={onClose}>
        {isWorking ? t("batch.stop") : t("ui:close")}
      </Button>
    </>
  );
}

interface BatchStatusProps {
  readonly phase: Exclude<Phase, "asking">;
  readonly progress: BatchProgress;
  readonly all: number;
}

const STATUS = { deleting: "active", restoring: "active", deleted: "success", restored: "success" } as const;

function BatchStatus({ phase, progress, all }: BatchStatusProps): JSX.Element {
  const { t } = useTranslation("records");
  const finished = progress.done.length + progress.failures.length;
  const isDeletion = phase === "deleting" || phase === "deleted";
  const count = progress.done.length;
  return (
    <>
      <Progress
        percent={all === 0 ? 100 : Math.round((finished / all) * 100)}
        status={progress.failures.length > 0 ? "exception" : STATUS[phase]}
        aria-label={t("batch.progress")}
      />
      <p role="status">{isDeletion ? t("batch.deleted", { count }) : t("batch.restored", { count })}</p>
    </>
  );
}

/** Asks, shows how far it is, names every refusal, and offers to take it back. */
export function BatchDelete({ form, records, onClose }: BatchDeleteProps): JSX.Element {
  const { t } = useTranslation(["records", "ui"]);
  const queryClient = useQueryClient();
  const [phase, setPhase] = useState<Phase>("asking");
  const [progress, setProgress] = useState<BatchProgress>(NOTHING_DONE);
  const [deleted, setDeleted] = useState<readonly RecordJson[]>([]);
  const abort = useRef<AbortController | null>(null);

  const refresh = () => queryClient.invalidateQueries({ queryKey: keys.records(form) });
  const remove = async () => {
    setPhase("deleting");
    abort.current = new AbortController();
    const result = await deleteEach(form, records, setProgress, abort.current.signal);
    setDeleted(result.done);
    setPhase("deleted");
    await refresh();
  };
  const restore = async () => {
    setPhase("restoring");
    setProgress(NOTHING_DONE);
    abort.current = new AbortController();
    await restoreEach(form, deleted, setProgress, abort.current.signal);
    setPhase("restored");
    await refresh();
  };

  const isWorking = phase === "deleting" || phase === "restoring";
  const close = () => {
    if (isWorking) abort.current?.abort();
    else onClose();
  };
  const undo = phase === "deleted" && deleted.length > 0 ? restore : undefined;
  return (
    <Modal
      open
      title={t("batch.title", { count: records.length })}
      footer={
        phase === "asking" ? (
          <Asking onCancel={onClose} onDelete={remove} />
        ) : (
          <Working isWorking={isWorking} onClose={close} onUndo={undo} />
        )
      }
      onCancel={close}
      mask={{ closable: !isWorking }}
      width={480}
    >
      {phase === "asking" ? (
        <p>{t("batch.ask", { count: records.length })}</p>
      ) : (
        <BatchStatus
          phase={phase}
          progress={progress}
          all={phase.startsWith("rest") ? deleted.length : records.length}
        />
      )}
      {progress.failures.length > 0 ? (
        <Alert
          className={styles.failures}
          type="error"
          title={t("batch.failed", { count: progress.failures.length })}
          description={
            <ul className={styles.list}>
              {progress.failures.map(({ record, problem }) => (
                <li key={record.id}>
                  <strong>{record.title}</strong>: {problem.detail || problem.title || t("ui:problem.unexpected")}
                </li>
              ))}
            </ul>
          }
        />
      ) : null}
    </Modal>
  );
}
