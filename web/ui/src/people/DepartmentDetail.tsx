import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Modal } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, path } from "../lib/api";
import { Card } from "../ui/Card";
import { toast } from "../ui/toast";
import { ChangeHistory } from "./ChangeHistory";
import { DepartmentDrawer } from "./DepartmentDrawer";
import styles from "./DepartmentsPage.module.css";
import people from "./people.module.css";
import { type DepartmentNode, departmentsQuery } from "./people_types";

interface DepartmentDetailProps {
  readonly node: DepartmentNode;
  readonly nodes: readonly DepartmentNode[];
  readonly onNewBelow: () => void;
  readonly onDeleted: () => void;
}

/** One department: what it is, what may be done to it, what happened to it. */
export function DepartmentDetail({ node, nodes, onNewBelow, onDeleted }: DepartmentDetailProps): JSX.Element {
  const { t } = useTranslation(["people", "ui"]);
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<"edit" | "delete" | null>(null);
  const parent = nodes.find((one) => one.id === node.parent);
  const isEmpty = node.members === 0 && !nodes.some((one) => one.parent === node.id);
  const remove = useMutation({
    mutationFn: () => api.delete(path("departments", node.id)),
    onSuccess: async () => {
      toast.success(t("departments.deleted"));
      onDeleted();
      await queryClient.invalidateQueries(departmentsQuery);
    },
    onSettled: () => setDialog(null),
  });
  return (
    <>
      <Card title={node.title}>
        <dl className={people.facts}>
          <dt>{t("departments.key")}</dt>
          <dd>{node.key}</dd>
          <dt>{t("departments.parent")}</dt>
          <dd>{parent?.title ?? t("departments.top")}</dd>
          <dt>{t("departments.head")}</dt>
          <dd>
            {node.head ? (
              <Link to="/admin/users/$user" params={{ user: node.head.id }}>
                {node.head.title}
              </Link>
            ) : (
              t("departments.no_head")
            )}
          </dd>
          <dt>{t("users.title")}</dt>
          <dd>
            <Link to="/admin/users" search={{ department: node.id }}>
              {t("departments.show_members")}
            </Link>
          </dd>
        </dl>
        <div className={styles.actions}>
          <Button type="primary" onClick={() => setDialog("edit")}>
            {t("ui:edit")}
          </Button>
          <Button onClick={onNewBelow}>{t("departments.new_below", { title: node.title })}</Button>
          <Button
            danger
            disabled={!isEmpty}
            title={isEmpty ? undefined : t("departments.not_empty")}
            onClick={() => setDialog("delete")}
          >
            {t("ui:delete")}
          </Button>
        </div>
        {isEmpty ? null : <p className={people.none}>{t("departments.not_empty")}</p>}
      </Card>
      <ChangeHistory kind="departments" id={node.id} />
      {dialog === "edit" ? (
        <DepartmentDrawer
          node={node}
          parent={node.parent}
          nodes={nodes}
          onClose={() => setDialog(null)}
          onSaved={() => setDialog(null)}
        />
      ) : null}
      {dialog === "delete" ? (
        <Modal
          open
          title={t("departments.delete_ask", { title: node.title })}
          okText={t("ui:delete")}
          okButtonProps={{ danger: true }}
          cancelText={t("ui:cancel")}
          confirmLoading={remove.isPending}
          onOk={() => remove.mutate()}
          onCancel={() => setDialog(null)}
        />
      ) : null}
    </>
  );
}
