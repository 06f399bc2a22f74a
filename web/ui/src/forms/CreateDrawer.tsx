import { useQuery } from "@tanstack/react-query";
import { Drawer } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { RecordJson, Reference } from "../lib/record_types";
import { QueryState } from "../ui/QueryState";
import { FormContext } from "./form_context";
import { formQuery } from "./form_schema";
import { RecordEditor } from "./RecordEditor";
import { evaluate } from "./runtime/evaluation";

interface CreateDrawerProps {
  readonly form: string;
  /** What was searched for: most likely the new one's name. */
  readonly name: string;
  readonly onClose: () => void;
  readonly onCreated: (created: Reference) => void;
}

/** Makes a record that a relation is to point to, without leaving the page. */
export function CreateDrawer({ form, name, onClose, onCreated }: CreateDrawerProps): JSX.Element {
  const { t } = useTranslation("forms");
  const schema = useQuery(formQuery(form));
  const first = useQuery({
    queryKey: ["records", form, "blank", name],
    queryFn: async ({ signal }) => {
      const blank = await evaluate(form, null, {}, signal);
      const field = schema.data?.fields.find((one) => one.type === "text" && !one.isReadOnly);
      return field && name ? { ...blank, values: { ...blank.values, [field.key]: name } } : blank;
    },
    enabled: schema.data !== undefined,
    gcTime: 0,
  });
  const take = (record: RecordJson) => onCreated({ id: record.id ?? "", title: record.title });
  return (
    <Drawer
      open
      size="min(640px, 100vw)"
      title={t("create.title", { title: schema.data?.title ?? "" })}
      onClose={onClose}
      destroyOnHidden
    >
      <FormContext value={{ isNested: true }}>
        <QueryState query={schema}>
          {(shape) => (
            <QueryState query={first}>
              {(blank) => (
                <RecordEditor form={shape} record={null} first={blank} onSaved={take} onCancel={onClose} isInDrawer />
              )}
            </QueryState>
          )}
        </QueryState>
      </FormContext>
    </Drawer>
  );
}
