import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Form, Input, Select } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, path } from "../lib/api";
import { asProblem } from "../lib/problem";
import { markProblem } from "../ui/form_problem";
import { KeyField } from "../ui/KeyField";
import { toast } from "../ui/toast";
import { treeOrder, withBelow } from "./department_tree";
import { FormDrawer } from "./FormDrawer";
import { type DepartmentNode, membersQuery } from "./people_types";

interface Values {
  readonly key?: string;
  readonly title: string;
  readonly parent?: string | null;
  readonly head?: string | null;
}

interface DepartmentDrawerProps {
  /** What to change; `null` makes a new one below `parent`. */
  readonly node: DepartmentNode | null;
  readonly parent: string | null;
  readonly nodes: readonly DepartmentNode[];
  readonly onClose: () => void;
  readonly onSaved: (node: DepartmentNode) => void;
}

/** Makes, renames or moves a department, and gives it a head. */
export function DepartmentDrawer({ node, parent, nodes, onClose, onSaved }: DepartmentDrawerProps): JSX.Element {
  const { t } = useTranslation(["people", "ui"]);
  const [form] = Form.useForm<Values>();
  const [search, setSearch] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const queryClient = useQueryClient();
  const members = useQuery(membersQuery(search));
  const save = useMutation({
    mutationFn: (values: Values) => {
      const body = { ...values, parent: values.parent ?? null, head: values.head ?? null };
      return node
        ? api.patch<DepartmentNode>(path("departments", node.id), body)
        : api.post<DepartmentNode>("/api/departments", body);
    },
    meta: { handlesProblem: true },
    onSuccess: async (saved) => {
      toast.success(t("departments.saved"));
      await queryClient.invalidateQueries({ queryKey: ["departments"] });
      onSaved(saved);
    },
    onError: (error) => setRefusal(markProblem(form, asProblem(error))),
  });
  const forbidden = node ? withBelow(nodes, node.id) : new Set<string>();
  const heads = (members.data ?? []).map((one) => ({ value: one.id, label: one.title, subtitle: one.subtitle }));
  if (node?.head && !search && !heads.some((one) => one.value === node.head?.id)) {
    heads.unshift({ value: node.head.id, label: node.head.title, subtitle: undefined });
  }
  const required = { required: true, whitespace: true, message: t("form.required") };
  return (
    <FormDrawer
      form={form}
      title={node ? t("departments.edit") : t("departments.new")}
      saveText={t("ui:save")}
      initialValues={{ title: node?.title, parent: parent ?? undefined, head: node?.head?.id }}
      refusal={refusal}
      isSaving={save.isPending}
      onSave={(values) => {
        setRefusal(null);
        save.mutate(values);
      }}
      onClose={onClose}
    >
      <Form.Item name="title" label={t("departments.name")} rules={[required]}>
        <Input maxLength={200} autoComplete="off" />
      </Form.Item>
      {node ? null : <KeyField label={t("departments.key")} help={t("departments.key_help")} />}
      <Form.Item name="parent" label={t("departments.parent")}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          placeholder={t("departments.top")}
          options={treeOrder(nodes)
            .filter((one) => !forbidden.has(one.node.id))
            .map((one) => ({ value: one.node.id, label: `${"　".repeat(one.depth)}${one.node.title}` }))}
        />
      </Form.Item>
      <Form.Item name="head" label={t("departments.head")}>
        <Select
          allowClear
          showSearch={{ filterOption: false, onSearch: setSearch }}
          placeholder={t("departments.no_head")}
          options={heads}
        />
      </Form.Item>
    </FormDrawer>
  );
}
