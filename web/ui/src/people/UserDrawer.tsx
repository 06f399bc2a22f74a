import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Form, Input, Select, Switch } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, path } from "../lib/api";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "../lib/language";
import { asProblem } from "../lib/problem";
import { markProblem } from "../ui/form_problem";
import { toast } from "../ui/toast";
import { useLanguage } from "../ui/use_language";
import { treeOrder } from "./department_tree";
import { FormDrawer } from "./FormDrawer";
import { type Account, type AccountDetail, departmentsQuery, rolesQuery } from "./people_types";

interface Values {
  readonly username?: string;
  readonly name: string;
  readonly email?: string;
  readonly department?: string;
  readonly roles: readonly string[];
  readonly language: Language;
  readonly is_administrator: boolean;
}

interface UserDrawerProps {
  /** Whom to change; `null` makes a new account. */
  readonly user: Account | null;
  readonly onClose: () => void;
  readonly onCreated?: (name: string, link: string) => void;
}

function valuesOf(user: Account | null, language: Language): Partial<Values> {
  if (!user) return { roles: [], language, is_administrator: false };
  return {
    name: user.name,
    email: user.email ?? undefined,
    department: user.department?.id,
    roles: user.roles.map((role) => role.name),
    language: user.language,
    is_administrator: user.is_administrator,
  };
}

/** Only what was changed is sent: two administrators who change different things both get what they meant. */
function changesOf(user: Account, values: Values): Record<string, unknown> {
  const before = valuesOf(user, values.language) as unknown as Record<string, unknown>;
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
  return Object.fromEntries(
    Object.entries(values)
      .map(([key, value]) => [key, value === undefined || value === "" ? null : value] as const)
      .filter(([key, value]) => !isSame(value, before[key])),
  );
}

/** Makes or changes an account; what the server refuses is marked at its input. */
export function UserDrawer({ user, onClose, onCreated }: UserDrawerProps): JSX.Element {
  const { t } = useTranslation(["people", "ui"]);
  const [form] = Form.useForm<Values>();
  const language = useLanguage();
  const queryClient = useQueryClient();
  const departments = useQuery(departmentsQuery);
  const roles = useQuery(rolesQuery);
  const [refusal, setRefusal] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: async (values: Values) => {
      if (user) {
        await api.patch<AccountDetail>(path("users", user.id), changesOf(user, values));
        return null;
      }
      const body = { ...values, department: values.department ?? null, email: values.email || null };
      return api.post<{ user: Account; link: string }>("/api/users", body);
    },
    meta: { handlesProblem: true },
    onSuccess: async (made) => {
      await queryClient.invalidateQueries({ queryKey: ["users"] });
      if (made) onCreated?.(made.user.name, made.link);
      else {
        toast.success(t("user.saved"));
        onClose();
      }
    },
    onError: (error) => setRefusal(markProblem(form, asProblem(error))),
  });
  const required = { required: true, whitespace: true, message: t("form.required") };
  return (
    <FormDrawer
      form={form}
      title={user ? t("user.edit") : t("users.new")}
      saveText={user ? t("ui:save") : t("form.create")}
      initialValues={valuesOf(user, language)}
      refusal={refusal}
      isSaving={save.isPending}
      onSave={(values) => {
        setRefusal(null);
        save.mutate(values);
      }}
      onClose={onClose}
    >
      {user ? null : (
        <Form.Item name="username" label={t("users.username")} extra={t("form.username_help")} rules={[required]}>
          <Input autoComplete="off" maxLength={100} autoCapitalize="none" />
        </Form.Item>
      )}
      <Form.Item name="name" label={t("users.name")} rules={[required]}>
        <Input autoComplete="off" maxLength={200} />
      </Form.Item>
      <Form.Item name="email" label={t("users.email")}>
        <Input autoComplete="off" maxLength={200} type="email" />
      </Form.Item>
      <Form.Item name="department" label={t("users.department")}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          placeholder={t("users.no_department")}
          options={treeOrder(departments.data ?? []).map(({ node, depth }) => ({
            value: node.id,
            label: `${"　".repeat(depth)}${node.title}`,
          }))}
        />
      </Form.Item>
      <Form.Item name="roles" label={t("users.roles")} extra={t("form.roles_help")}>
        <Select
          mode="multiple"
          showSearch={{ optionFilterProp: "label" }}
          placeholder={t("users.no_roles")}
          options={(roles.data ?? []).map((role) => ({
            value: role.name,
            label: `${role.app_title} · ${role.title}`,
          }))}
        />
      </Form.Item>
      <Form.Item name="language" label={t("users.language")}>
        <Select options={LANGUAGES.map((one) => ({ value: one, label: LANGUAGE_NAMES[one] }))} />
      </Form.Item>
      <Form.Item
        name="is_administrator"
        label={t("users.administrator")}
        extra={t("form.administrator_help")}
        valuePropName="checked"
      >
        <Switch />
      </Form.Item>
    </FormDrawer>
  );
}
