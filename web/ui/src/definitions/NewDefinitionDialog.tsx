import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Form, Modal, Select } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { definitions } from "../lib/definitions";
import type { InstalledApp } from "../lib/installed_apps";
import type { JsonObject } from "../lib/json";
import { asProblem, isProblem } from "../lib/problem";
import { KeyField } from "../ui/KeyField";
import { KINDS, type Kind } from "./definition_types";

interface Values {
  readonly app: string;
  readonly kind: Exclude<Kind, "apps">;
  readonly key: string;
}

/** The smallest document of each kind that reads as one; the editor says what is still missing. */
function beginning({ app, kind, key }: Values): JsonObject {
  if (kind === "forms") {
    return {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: `${app}.${key}`,
      format: 1,
      title: key,
      type: "object",
      properties: { name: { title: key, "x-field": { type: "text" } } },
    };
  }
  return { key, format: 1, title: key };
}

interface NewDefinitionDialogProps {
  readonly apps: readonly InstalledApp[];
  readonly onClose: () => void;
}

/** Begins a definition as a draft; nothing is in force until it is published. */
export function NewDefinitionDialog({ apps, onClose }: NewDefinitionDialogProps): JSX.Element {
  const { t } = useTranslation(["definitions", "ui"]);
  const [form] = Form.useForm<Values>();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: (values: Values) => definitions.save(values, beginning(values), "0.-"),
    meta: { handlesProblem: true },
    onSuccess: (_draft, { app, kind, key }) =>
      void navigate({ to: "/admin/definitions/$app/$kind/$key", params: { app, kind, key } }),
    onError: (error) =>
      form.setFields([{ name: "key", errors: [isProblem(error, 412) ? t("new.taken") : asProblem(error).detail] }]),
  });
  const required = { required: true, message: t("new.required") };
  return (
    <Modal
      open
      title={t("list.new")}
      okText={t("ui:create")}
      cancelText={t("ui:cancel")}
      confirmLoading={create.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => create.mutate(values)}>
        <Form.Item name="app" label={t("list.app")} rules={[required]}>
          <Select options={apps.map((app) => ({ value: app.key, label: app.title }))} />
        </Form.Item>
        <Form.Item name="kind" label={t("list.kind")} rules={[required]}>
          <Select
            options={KINDS.filter((kind) => kind !== "apps").map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
          />
        </Form.Item>
        <KeyField label={t("new.key")} help={t("new.key_help")} />
      </Form>
    </Modal>
  );
}
