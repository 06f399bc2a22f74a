import { Paperclip, Upload, X } from "lucide-react";
import { type DragEvent, type JSX, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../lib/problem";
import { upload } from "../../lib/upload";
import { IconButton } from "../../ui/IconButton";
import type { InputProps } from "../field_type";
import { type FileValue, filesOf } from "../files";
import styles from "./inputs.module.css";

interface Going {
  readonly key: number;
  readonly name: string;
  readonly share: number;
  readonly failure?: string;
  readonly abort: () => void;
}

let lastKey = 0;

/** Files go up as soon as they are chosen or dropped; saving the record keeps them. */
export function FileInput(props: InputProps): JSX.Element {
  const { t } = useTranslation(["forms", "ui"]);
  const picker = useRef<HTMLInputElement>(null);
  const files = filesOf(props.value);
  const latest = useRef(files);
  latest.current = files;
  const [going, setGoing] = useState<readonly Going[]>([]);
  const [isOver, setOver] = useState(false);
  const patch = (key: number, change: Partial<Going>) =>
    setGoing((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)));
  const drop = (key: number) => setGoing((all) => all.filter((one) => one.key !== key));
  const put = (next: readonly FileValue[]) => {
    latest.current = next;
    props.onChange(next.length > 0 ? next.map(({ id, title }) => ({ id, title })) : null);
  };
  const send = (file: File) => {
    lastKey += 1;
    const key = lastKey;
    const { done, abort } = upload<FileValue>("/api/files", file, (share) => patch(key, { share }));
    setGoing((all) => [...all, { key, name: file.name, share: 0, abort }]);
    done.then(
      (value) => {
        drop(key);
        put([...latest.current, value]);
      },
      (error: unknown) => {
        if (error instanceof DOMException) drop(key);
        else patch(key, { failure: asProblem(error).detail || t("ui:problem.network") });
      },
    );
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    for (const file of event.dataTransfer.files) send(file);
  };
  const most = Number(props.field.schema.maxItems ?? Number.POSITIVE_INFINITY);
  return (
    <div className={styles.files}>
      {files.map((file) => (
        <div key={file.id} className={styles.file}>
          <Paperclip size={15} aria-hidden="true" />
          <a className={styles.fileName} href={`/api/files/${file.id}`} target="_blank" rel="noreferrer">
            {file.title}
          </a>
          <IconButton
            label={t("file.remove", { name: file.title })}
            icon={<X size={15} />}
            isDisabled={props.isDisabled}
            onClick={() => put(files.filter((one) => one.id !== file.id))}
          />
        </div>
      ))}
      {going.map((one) => (
        <div key={one.key} className={styles.file}>
          <Paperclip size={15} aria-hidden="true" />
          <span className={styles.fileName}>{one.name}</span>
          {one.failure ? (
            <span className={styles.failure} role="alert">
              {one.failure}
            </span>
          ) : (
            <progress className={styles.share} max={1} value={one.share} aria-label={one.name} />
          )}
          <IconButton
            label={t("file.stop", { name: one.name })}
            icon={<X size={15} />}
            onClick={() => (one.failure ? drop(one.key) : one.abort())}
          />
        </div>
      ))}
      {files.length + going.length < most ? (
        <button
          id={props.id}
          type="button"
          className={styles.drop}
          data-over={isOver}
          data-error={props.hasError}
          disabled={props.isDisabled}
          aria-labelledby={`${props.id}-label ${props.id}`}
          aria-describedby={props.describedBy}
          onClick={() => picker.current?.click()}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
          onBlur={props.onBlur}
        >
          <Upload size={16} aria-hidden="true" />
          {t("file.choose")}
        </button>
      ) : null}
      <input
        ref={picker}
        type="file"
        hidden
        multiple={most > 1}
        aria-label={props.field.title}
        onChange={(event) => {
          for (const file of event.target.files ?? []) send(file);
          event.target.value = "";
        }}
      />
    </div>
  );
}
