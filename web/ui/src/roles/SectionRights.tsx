import { Checkbox } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { JsonObject } from "../lib/json";
import type { Violation } from "../lib/problem";
import { Card } from "../ui/Card";
import { violationsAt } from "./RightsMatrix";
import { named, SECTIONS, type Section, withNamed } from "./role_document";
import type { AppSubjects } from "./role_types";
import styles from "./roles.module.css";

interface SectionRightsProps {
  readonly role: JsonObject;
  readonly apps: readonly AppSubjects[];
  readonly violations: readonly Violation[];
  readonly onChange: (role: JsonObject) => void;
}

/** Flows, reports and dashboards: each by name, or all of an app. Menus follow. */
export function SectionRights({ role, apps, violations, onChange }: SectionRightsProps): JSX.Element {
  const { t } = useTranslation("roles");
  return (
    <Card title={t("sections.title")}>
      <p className={styles.lead}>{t("sections.lead")}</p>
      {SECTIONS.map((section) => (
        <div key={section} className={styles.columns}>
          <h3>{t(`sections.${section}`)}</h3>
          {apps.flatMap((app) => [
            <Named
              key={`${app.key}.*`}
              name={`${app.key}.*`}
              title={t("sections.all_of_app", { app: app.title })}
              section={section}
              role={role}
              onChange={onChange}
            />,
            ...app[section].map((one) => (
              <Named
                key={one.name}
                name={one.name}
                title={one.title}
                isIncluded={[`${app.key}.*`, "*"].some((name) => named(role, section).includes(name))}
                section={section}
                role={role}
                onChange={onChange}
              />
            )),
          ])}
          <Gone section={section} role={role} apps={apps} violations={violations} onChange={onChange} />
        </div>
      ))}
    </Card>
  );
}

interface NamedProps {
  readonly name: string;
  readonly title: string;
  readonly section: Section;
  /** A wildcard of the role grants it already. */
  readonly isIncluded?: boolean;
  readonly role: JsonObject;
  readonly onChange: (role: JsonObject) => void;
}

function Named({ name, title, section, isIncluded = false, role, onChange }: NamedProps): JSX.Element {
  return (
    <Checkbox
      checked={isIncluded || named(role, section).includes(name)}
      disabled={isIncluded}
      onChange={(event) => onChange(withNamed(role, section, name, event.target.checked))}
    >
      {title}
    </Checkbox>
  );
}

/** What the role names although it is not there: shown with its refusal, so that it can be unticked. */
function Gone({ section, role, apps, violations, onChange }: SectionRightsProps & { readonly section: Section }) {
  const known = new Set(apps.flatMap((app) => [`${app.key}.*`, ...app[section].map((one) => one.name)]));
  return named(role, section).map((name, index) =>
    known.has(name) ? null : (
      <div key={name}>
        <Named name={name} title={name} section={section} role={role} onChange={onChange} />
        {violationsAt(violations, `#/${section}/${index}`).map((one) => (
          <span key={one.code} className={styles.wrong} role="alert">
            {one.detail}
          </span>
        ))}
      </div>
    ),
  );
}
