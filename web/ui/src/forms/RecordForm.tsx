import type { JSX } from "react";
import { FormField } from "./FormField";
import styles from "./RecordForm.module.css";
import { useStore, useStored } from "./runtime/use_record";
import { type Section, sectionsOf } from "./sections";

/** All fields of the record in its form's layout. */
export function RecordForm(): JSX.Element {
  const { form } = useStore();
  return (
    <div className={styles.sections}>
      {sectionsOf(form).map((section) => (
        <SectionFields key={section.key} section={section} />
      ))}
    </div>
  );
}

function SectionFields({ section }: { readonly section: Section }): JSX.Element | null {
  const isShown = useStored("", (store) =>
    section.fields.some((field) => store.states.get(field.key)?.visible !== false),
  );
  if (!isShown) return null;
  return (
    <section className={styles.section} aria-label={section.title || undefined}>
      {section.title ? <h2 className={styles.heading}>{section.title}</h2> : null}
      <div className={styles.grid} data-columns={section.columns}>
        {section.fields.map((field) => (
          <FormField key={field.key} field={field} path={field.key} />
        ))}
      </div>
    </section>
  );
}
