import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Select } from "antd";
import { Check, Funnel } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { splitName } from "../lib/api";
import { Card } from "../ui/Card";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { Tag } from "../ui/Tag";
import { RightsTable } from "./RightsTable";
import { ACTIONS } from "./role_document";
import { type AppSubjects, type FormGrant, type FormSubject, formGrantsQuery, subjectsQuery } from "./role_types";
import styles from "./roles.module.css";

interface RightsByFormProps {
  readonly form: string | undefined;
  readonly onChoose: (form: string) => void;
}

/** "Who may do what on this form": every role that grants something, side by side. */
export function RightsByForm({ form, onChoose }: RightsByFormProps): JSX.Element {
  const subjects = useQuery(subjectsQuery);
  return (
    <QueryState query={subjects}>
      {(apps) => <Chosen apps={apps} form={form ?? apps[0]?.forms[0]?.name ?? ""} onChoose={onChoose} />}
    </QueryState>
  );
}

interface ChosenProps {
  readonly apps: readonly AppSubjects[];
  readonly form: string;
  readonly onChoose: (form: string) => void;
}

function Chosen({ apps, form, onChoose }: ChosenProps): JSX.Element {
  const { t } = useTranslation("roles");
  const subject = apps.flatMap((app) => app.forms).find((one) => one.name === form);
  const query = useQuery({ ...formGrantsQuery(form), enabled: subject !== undefined });
  return (
    <>
      <Select
        style={{ width: "min(360px, 100%)", marginBottom: 12 }}
        aria-label={t("by_form.choose")}
        placeholder={t("by_form.choose")}
        value={subject ? form : undefined}
        onChange={onChoose}
        showSearch={{ optionFilterProp: "label" }}
        options={apps.map((app) => ({
          label: app.title,
          options: app.forms.map((one) => ({ value: one.name, label: one.title })),
        }))}
      />
      {subject ? (
        <QueryState query={query}>
          {(grants) =>
            grants.length === 0 ? (
              <StatePanel scene="locked" title={t("by_form.none")} detail={t("by_form.none_detail")} />
            ) : (
              <Grants subject={subject} grants={grants} />
            )
          }
        </QueryState>
      ) : null}
    </>
  );
}

function Grants({ subject, grants }: { readonly subject: FormSubject; readonly grants: readonly FormGrant[] }) {
  const { t } = useTranslation("roles");
  const titles = new Map(subject.fields.map((field) => [field.key, field.title]));
  return (
    <Card title={subject.title}>
      <RightsTable label={subject.title} subject={t("list.role")} details={[t("by_user.records"), t("by_form.hidden")]}>
        <tbody>
          {grants.map((grant) => {
            const [app, role] = splitName(grant.role.name);
            return (
              <tr key={grant.role.name}>
                <th scope="row" className={styles.subject}>
                  <Link to="/admin/roles/$app/$role" params={{ app, role }}>
                    {grant.role.title}
                  </Link>
                  <span className={styles.badge}>
                    {t("list.members")} {grant.members}
                    {grant.entry === subject.name ? "" : ` · ${t("matrix.inherited", { entry: grant.entry })}`}
                  </span>
                </th>
                {ACTIONS.map((action) => (
                  <td key={action}>
                    <GrantCell scope={grant.actions[action]} />
                  </td>
                ))}
                <td className={styles.last}>
                  <Records actions={grant.actions} />
                </td>
                <td className={styles.last}>
                  <span className={styles.tags}>
                    {Object.entries(grant.fields).map(([key, access]) => (
                      <Tag key={key} color={access === "hidden" ? "red" : access === "masked" ? "orange" : "grey"}>
                        {titles.get(key) ?? key} · {t(`field.${access}`)}
                      </Tag>
                    ))}
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </RightsTable>
    </Card>
  );
}

/** `undefined`: not granted; `null`: every record; a text: the records that meet it. */
function GrantCell({ scope }: { readonly scope: string | null | undefined }): JSX.Element {
  const { t } = useTranslation("roles");
  if (scope === undefined) {
    return (
      <span className={styles.faint} role="img" aria-label={t("by_form.no")}>
        –
      </span>
    );
  }
  const Drawing = scope === null ? Check : Funnel;
  const label = t(scope === null ? "by_form.yes" : "by_form.some");
  return <Drawing size={16} className={styles.yes} role="img" aria-label={label} />;
}

/** Which records: one condition for all actions is said once, others by action. */
function Records({ actions }: { readonly actions: FormGrant["actions"] }): JSX.Element {
  const { t } = useTranslation("roles");
  const granted = ACTIONS.filter((action) => action in actions);
  const scopes = [...new Set(granted.map((action) => actions[action] ?? null))];
  return (
    <>
      {scopes.map((scope) => {
        const own = granted.filter((action) => (actions[action] ?? null) === scope);
        return (
          <div key={scope ?? ""} className={styles.records}>
            {scopes.length > 1 ? <span>{own.map((action) => t(`action.${action}`)).join(" · ")}: </span> : null}
            {scope === null ? t("matrix.every_record") : <code className={styles.code}>{scope}</code>}
          </div>
        );
      })}
    </>
  );
}
