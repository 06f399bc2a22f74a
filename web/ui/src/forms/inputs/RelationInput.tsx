import { Plus } from "lucide-react";
import { type JSX, lazy, Suspense, use, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, path, splitName } from "../../lib/api";
import { useSession } from "../../lib/session";
import type { InputProps } from "../field_type";
import { FormContext } from "../form_context";
import styles from "./inputs.module.css";
import { type ReferenceChoice, ReferenceSelect } from "./ReferenceSelect";
import { filled, fillOf } from "./relation_fill";

const CreateDrawer = lazy(() => import("../CreateDrawer").then((module) => ({ default: module.CreateDrawer })));

/** Chooses a record of another form, or makes it without leaving this one. */
export function RelationInput(props: InputProps): JSX.Element {
  const { t } = useTranslation("forms");
  const { field, onFill, onChange } = props;
  const target = String(field.options.form ?? "");
  const [app, form] = splitName(target);
  const known = useSession().forms[target];
  const isNested = use(FormContext).isNested;
  const [newTitle, setNewTitle] = useState<string | null>(null);
  const source = path("relations", app, form);
  const sources = Object.values(fillOf(field));
  const params = {
    fill: onFill && sources.length > 0 ? sources.join(",") : undefined,
    filter: typeof field.options.filter === "string" ? field.options.filter : undefined,
  };
  const mayCreate = Boolean(known?.actions.includes("create")) && onFill !== undefined && !isNested;
  const take = async (created: ReferenceChoice) => {
    setNewTitle(null);
    onChange({ id: created.id, title: created.title });
    if (!params.fill) return;
    const { items } = await api.get<{ items: ReferenceChoice[] }>(source, {
      params: { ids: created.id, fill: params.fill },
    });
    if (items[0]) onFill?.(filled(field, items[0].fill));
  };
  return (
    <>
      <ReferenceSelect
        {...props}
        source={source}
        params={params}
        onPick={(choice) => {
          if (params.fill) onFill?.(filled(field, choice.fill));
        }}
        footer={
          mayCreate
            ? (search) => (
                <button
                  type="button"
                  className={styles.new}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => setNewTitle(search)}
                >
                  <Plus size={15} aria-hidden="true" />
                  {t("choose.create", { title: known?.title ?? field.title })}
                </button>
              )
            : undefined
        }
      />
      {newTitle === null ? null : (
        <Suspense fallback={null}>
          <CreateDrawer form={target} name={newTitle} onClose={() => setNewTitle(null)} onCreated={take} />
        </Suspense>
      )}
    </>
  );
}
