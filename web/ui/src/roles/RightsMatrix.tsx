import { Button, Checkbox } from "antd";
import { SlidersHorizontal } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { JsonObject } from "../lib/json";
import type { Violation } from "../lib/problem";
import { Card } from "../ui/Card";
import { RightsTable } from "./RightsTable";
import { ACTIONS, BALANCE_ACTIONS, effectiveEntry, scopeOf, speakingFor, withAction } from "./role_document";
import type { AppSubjects } from "./role_types";
import styles from "./roles.module.css";

export interface MatrixRow {
  /** `crm.sales_order`, `crm.*` or `*`. */
  readonly name: string;
  readonly title: string;
  readonly kind: "forms" | "balances" | "wildcard";
}

interface RightsMatrixProps {
  readonly role: JsonObject;
  readonly apps: readonly AppSubjects[];
  readonly violations: readonly Violation[];
  readonly onChange: (role: JsonObject) => void;
  readonly onOpen: (row: MatrixRow) => void;
}

/** Pointers escape `/` and `~` in names (RFC 6901); full names of forms have neither. */
export function violationsAt(violations: readonly Violation[], pointer: string): readonly Violation[] {
  return violations.filter((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`));
}

/** Rows: everything that can be granted; columns: what can be done with it. */
export function RightsMatrix({ role, apps, violations, onChange, onOpen }: RightsMatrixProps): JSX.Element {
  const { t } = useTranslation("roles");
  const groups = [
    { key: "*", title: "", rows: [{ name: "*", title: t("matrix.all"), kind: "wildcard" as const }] },
    ...apps.map((app) => ({
      key: app.key,
      title: app.title,
      rows: [
        { name: `${app.key}.*`, title: t("matrix.all_of_app", { app: app.title }), kind: "wildcard" as const },
        ...app.forms,
      ],
    })),
  ];
  return (
    <Card title={t("matrix.title")}>
      <p className={styles.lead}>{t("matrix.lead")}</p>
      <RightsTable label={t("matrix.title")} subject={t("matrix.subject")} details={[t("matrix.details")]}>
        {groups.map((group) => (
          <tbody key={group.key}>
            {group.title ? (
              <tr>
                <th scope="rowgroup" colSpan={ACTIONS.length + 2} className={styles.group}>
                  {group.title}
                </th>
              </tr>
            ) : null}
            {group.rows.map((row) => (
              <Row
                key={row.name}
                row={row}
                role={role}
                wrong={violationsAt(violations, `#/forms/${row.name}`)}
                onChange={onChange}
                onOpen={() => onOpen(row)}
              />
            ))}
          </tbody>
        ))}
      </RightsTable>
    </Card>
  );
}

interface RowProps {
  readonly row: MatrixRow;
  readonly role: JsonObject;
  readonly wrong: readonly Violation[];
  readonly onChange: (role: JsonObject) => void;
  readonly onOpen: () => void;
}

function Row({ row, role, wrong, onChange, onOpen }: RowProps): JSX.Element {
  const { t } = useTranslation("roles");
  const entry = effectiveEntry(role, row.name);
  const source = speakingFor(role, row.name);
  const possible = row.kind === "balances" ? BALANCE_ACTIONS : ACTIONS;
  const isScoped = entry.actions.some((action) => scopeOf(entry, action) !== "");
  const fields = Object.keys(entry.fields ?? {}).length;
  return (
    <tr>
      <th scope="row" className={styles.subject}>
        {row.title}
        {row.kind === "balances" ? <span className={styles.badge}>{t("matrix.balance")}</span> : null}
        {source !== undefined && source !== row.name ? (
          <span className={styles.badge}>{t("matrix.inherited", { entry: source })}</span>
        ) : null}
        {wrong.map((one) => (
          <span key={one.pointer + one.code} className={styles.wrong} role="alert">
            {one.detail}
          </span>
        ))}
      </th>
      {ACTIONS.map((action) => (
        <td key={action}>
          {possible.includes(action) ? (
            <Checkbox
              checked={entry.actions.includes(action)}
              onChange={(event) => onChange(withAction(role, row.name, action, event.target.checked))}
              aria-label={t("matrix.cell", { form: row.title, action: t(`action.${action}`) })}
            />
          ) : (
            <span className={styles.faint}>–</span>
          )}
        </td>
      ))}
      <td className={styles.last}>
        <Button type="text" icon={<SlidersHorizontal size={15} />} onClick={onOpen} danger={wrong.length > 0}>
          <span className="visually-hidden">{t("matrix.set", { title: row.title })}</span>
          {entry.actions.length === 0
            ? "–"
            : [
                t(isScoped ? "matrix.some_records" : "matrix.every_record"),
                fields > 0 ? t("matrix.fields", { count: fields }) : null,
              ]
                .filter(Boolean)
                .join(" · ")}
        </Button>
      </td>
    </tr>
  );
}
