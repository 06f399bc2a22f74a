import { Button, Drawer, Input, Radio, Select } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import type { JsonObject } from "../lib/json";
import type { Violation } from "../lib/problem";
import { type MatrixRow, violationsAt } from "./RightsMatrix";
import {
  type Action,
  type Entry,
  effectiveEntry,
  FIELD_ACCESSES,
  type FieldAccess,
  hasOneScope,
  scopeOf,
  speakingFor,
  withEntry,
  withField,
  withoutEntry,
} from "./role_document";
import type { FormSubject } from "./role_types";
import styles from "./roles.module.css";
import { ScopeInput } from "./ScopeInput";

interface EntryDrawerProps {
  readonly row: MatrixRow;
  /** The form itself, for its fields; a wildcard has none. */
  readonly form: FormSubject | undefined;
  readonly role: JsonObject;
  readonly violations: readonly Violation[];
  readonly onChange: (role: JsonObject) => void;
  readonly onClose: () => void;
}

/** Which records and which fields: what stands behind one row of the matrix. */
export function EntryDrawer({ row, form, role, violations, onChange, onClose }: EntryDrawerProps): JSX.Element {
  const { t } = useTranslation("roles");
  const entry = effectiveEntry(role, row.name);
  const change = (next: Entry) => onChange(withEntry(role, row.name, next));
  const rest = withoutEntry(role, row.name);
  const wildcard = speakingFor(rest, row.name);
  const at = `#/forms/${row.name}`;
  return (
    <Drawer open size="min(620px, 100vw)" title={row.title} onClose={onClose} destroyOnHidden>
      {wildcard !== undefined && speakingFor(role, row.name) === row.name && wildcard !== row.name ? (
        <Button className={styles.section} onClick={() => onChange(rest)}>
          {t("entry.own_entry", { entry: wildcard })}
        </Button>
      ) : null}
      <section className={styles.section}>
        <h3>{t("entry.scope")}</h3>
        {entry.actions.length === 0 ? (
          <p className={styles.faint}>{t("entry.none_granted")}</p>
        ) : (
          <Scopes entry={entry} at={at} violations={violations} onChange={change} />
        )}
      </section>
      {form ? <Fields form={form} entry={entry} at={at} violations={violations} onChange={change} /> : null}
    </Drawer>
  );
}

interface PartProps {
  readonly entry: Entry;
  readonly at: string;
  readonly violations: readonly Violation[];
  readonly onChange: (entry: Entry) => void;
}

function Scopes({ entry, at, violations, onChange }: PartProps): JSX.Element {
  const { t } = useTranslation("roles");
  const [isOne, setOne] = useState(hasOneScope(entry));
  const one = typeof entry.scope === "string" ? entry.scope : "";
  const switchTo = (next: boolean) => {
    setOne(next);
    if (next) onChange({ ...entry, scope: scopeOf(entry, "view") });
    else onChange({ ...entry, scope: Object.fromEntries(entry.actions.map((action) => [action, one])) });
  };
  const setEach = (action: Action, text: string) => {
    const each = Object.fromEntries(entry.actions.map((known) => [known, scopeOf(entry, known)]));
    onChange({ ...entry, scope: { ...each, [action]: text } });
  };
  return (
    <>
      <p className={styles.faint}>{t("entry.scope_help")}</p>
      <Radio.Group
        value={isOne}
        onChange={(event) => switchTo(event.target.value as boolean)}
        options={[
          { value: true, label: t("entry.one") },
          { value: false, label: t("entry.each") },
        ]}
      />
      {isOne ? (
        <ScopeInput
          label={t("entry.scope")}
          value={one}
          wrong={violationsAt(violations, `${at}/scope`)}
          onChange={(scope) => onChange({ ...entry, scope })}
        />
      ) : (
        entry.actions.map((action) => (
          <ScopeInput
            key={action}
            label={t(`action.${action}`)}
            isLabelled
            value={scopeOf(entry, action)}
            wrong={violationsAt(violations, `${at}/scope/${action}`)}
            onChange={(text) => setEach(action, text)}
          />
        ))
      )}
    </>
  );
}

function Fields({ form, entry, at, violations, onChange }: PartProps & { readonly form: FormSubject }): JSX.Element {
  const { t } = useTranslation("roles");
  const [search, setSearch] = useState("");
  const known = new Set(form.fields.map((field) => field.key));
  // What a role names although the form has no such field any more must be seen to be removed.
  const named = Object.keys(entry.fields ?? {}).filter((key) => !known.has(key));
  const all = [...form.fields, ...named.map((key) => ({ key, title: key }))];
  const shown = all.filter(({ key, title }) => `${key} ${title}`.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <section className={styles.section}>
      <h3>{t("entry.fields")}</h3>
      <p className={styles.faint}>{t("entry.fields_help")}</p>
      <Input
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        placeholder={t("entry.filter")}
        aria-label={t("entry.filter")}
        type="search"
      />
      <div className={styles.fields}>
        {shown.map((field) => (
          <FieldRow
            key={field.key}
            title={field.title}
            access={entry.fields?.[field.key]}
            wrong={violationsAt(violations, `${at}/fields/${field.key}`)}
            onChange={(access) => onChange(withField(entry, field.key, access))}
          />
        ))}
      </div>
    </section>
  );
}

interface FieldRowProps {
  readonly title: string;
  readonly access: FieldAccess | undefined;
  readonly wrong: readonly Violation[];
  readonly onChange: (access: FieldAccess | null) => void;
}

function FieldRow({ title, access, wrong, onChange }: FieldRowProps): JSX.Element {
  const { t } = useTranslation("roles");
  const options = ["open", ...FIELD_ACCESSES.toReversed()].map((value) => ({
    value,
    label: t(`field.${value as "open" | FieldAccess}`),
  }));
  return (
    <>
      <span>
        {title}
        {wrong.map((one) => (
          <span key={one.code} className={styles.wrong} role="alert">
            {one.detail}
          </span>
        ))}
      </span>
      <Select
        aria-label={title}
        value={(access ?? "open") as string}
        status={wrong.length > 0 ? "error" : undefined}
        onChange={(value) => onChange(FIELD_ACCESSES.find((one) => one === value) ?? null)}
        options={options}
      />
    </>
  );
}
