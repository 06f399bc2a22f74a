import { Button, Checkbox, Radio, Select } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Import.module.css";
import { ImportRows } from "./ImportRows";
import type { ImportChoice, ImportMode, ImportPreviewJson } from "./import_types";

interface ImportPlanProps {
  readonly preview: ImportPreviewJson;
  readonly choice: ImportChoice;
  readonly isRefused: boolean;
  readonly onChange: (choice: ImportChoice) => void;
  readonly onStart: () => void;
  readonly onRestart: () => void;
}

const MODES: readonly ImportMode[] = ["create", "update", "both"];
const NOWHERE = "";

function Columns({ preview, choice, onChange }: Pick<ImportPlanProps, "preview" | "choice" | "onChange">): JSX.Element {
  const { t } = useTranslation("records");
  const options = [
    { value: NOWHERE, label: t("import.nowhere") },
    ...preview.fields.map(({ path, title, is_input, is_required }) => ({
      value: path,
      label: is_input ? `${title}${is_required ? " *" : ""}` : t("import.only_key", { title }),
    })),
  ];
  const set = (header: string, path: string) =>
    onChange({ ...choice, mapping: { ...choice.mapping, [header]: path === NOWHERE ? null : path } });
  return (
    <ul className={styles.columns} aria-label={t("import.columns")}>
      {preview.columns.map(({ index, header, field, sample }) => (
        <li key={index} className={styles.column}>
          <span className={styles.header}>
            <strong>{header}</strong>
            {sample ? <small>{t("import.sample", { sample })}</small> : null}
          </span>
          <Select
            aria-label={t("import.goes_to", { header })}
            value={field ?? NOWHERE}
            options={options}
            onChange={(path: string) => set(header, path)}
            showSearch={{ optionFilterProp: "label" }}
          />
        </li>
      ))}
    </ul>
  );
}

/** The second step: which column is which field, what to do with known records, and what would become of the rows. */
export function ImportPlan({ preview, choice, isRefused, onChange, onStart, onRestart }: ImportPlanProps): JSX.Element {
  const { t } = useTranslation("records");
  const mapped = new Set(preview.columns.map(({ field }) => field));
  const known = preview.fields.filter(({ is_key, path }) => is_key && mapped.has(path));
  const setMode = (mode: ImportMode) =>
    onChange({ ...choice, mode, key: mode === "create" ? undefined : (choice.key ?? known[0]?.path) });
  return (
    <div className={styles.step}>
      <h3>{preview.file.name}</h3>
      <Columns preview={preview} choice={choice} onChange={onChange} />
      <fieldset className={styles.choices}>
        <legend>{t("import.mode")}</legend>
        <Radio.Group
          value={choice.mode}
          options={MODES.map((mode) => ({ value: mode, label: t(`import.mode.${mode}`) }))}
          onChange={(event) => setMode(event.target.value)}
        />
        {choice.mode !== "create" ? (
          <Select
            aria-label={t("import.key")}
            placeholder={t("import.key")}
            value={choice.key}
            options={known.map(({ path, title }) => ({ value: path, label: title }))}
            onChange={(key: string) => onChange({ ...choice, key })}
          />
        ) : null}
        <Checkbox checked={choice.partial} onChange={(event) => onChange({ ...choice, partial: event.target.checked })}>
          {t("import.partial")}
        </Checkbox>
      </fieldset>
      <ImportRows preview={preview} />
      <div className={styles.buttons}>
        <Button onClick={onRestart}>{t("import.other_file")}</Button>
        <Button type="primary" disabled={isRefused} onClick={onStart}>
          {t("import.start")}
        </Button>
      </div>
    </div>
  );
}
