import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Form, Input, Modal, Select } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { definitions } from "../lib/definitions";
import { asProblem, isProblem } from "../lib/problem";
import { KeyField } from "../ui/KeyField";
import { rolesQuery, subjectsQuery } from "./role_types";

interface Values {
  readonly app: string;
  readonly key: string;
  readonly title: string;
}

/** Begins a role as a draft; nothing is in force until it is published from its page. */
export function NewRoleDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation(["roles", "ui"]);
  const [form] = Form.useForm<Values>();
  const navigate = useNavigate();
  const apps = useQuery(subjectsQuery);
  const roles = useQuery(rolesQuery);
  const create = useMutation({
    mutationFn: ({ app, key, title }: Values) =>
      definitions.save({ app, kind: "roles", key }, { key, format: 1, title: title.trim(), forms: {} }, "0.-"),
    meta: { handlesProblem: true },
    onSuccess: (_draft, { app, key }) => void navigate({ to: "/admin/roles/$app/$role", params: { app, role: key } }),
    onError: (error) =>
      form.setFields([{ name: "key", errors: [isProblem(error, 412) ? t("new.taken") : asProblem(error).detail] }]),
  });
  const required = { required: true, whitespace: true, message: t("new.required") };
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
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(values) => {
          const isTaken = roles.data?.some((role) => role.name === `${values.app}.${values.key}`);
          if (isTaken) form.setFields([{ name: "key", errors: [t("new.taken")] }]);
          else create.mutate(values);
        }}
      >
        <Form.Item name="app" label={t("new.app")} rules={[required]}>
          <Select options={(apps.data ?? []).map((app) => ({ value: app.key, label: app.title }))} />
        </Form.Item>
        <Form.Item name="title" label={t("new.title")} rules={[required]}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <KeyField label={t("new.key")} help={t("new.key_help")} />
      </Form>
    </Modal>
  );
}
