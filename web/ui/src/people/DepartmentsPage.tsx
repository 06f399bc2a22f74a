import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button } from "antd";
import { Building2, Network, Plus } from "lucide-react";
import { type CSSProperties, type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "../ui/Card";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { DepartmentDetail } from "./DepartmentDetail";
import { DepartmentDrawer } from "./DepartmentDrawer";
import styles from "./DepartmentsPage.module.css";
import { treeOrder } from "./department_tree";
import { type DepartmentNode, departmentsQuery } from "./people_types";

const route = getRouteApi("/shell/admin/departments");

/** The tree of departments and the one that is chosen. */
export function DepartmentsPage(): JSX.Element {
  const { t } = useTranslation("people");
  const query = useQuery(departmentsQuery);
  const { department } = route.useSearch();
  const navigate = route.useNavigate();
  const [parent, setParent] = useState<string | null | undefined>(undefined);
  const choose = (id: string | undefined) => void navigate({ search: { department: id }, replace: true });
  const create = (
    <Button type="primary" icon={<Plus size={16} />} onClick={() => setParent(null)}>
      {t("departments.new")}
    </Button>
  );
  return (
    <Page>
      <PageHeader title={t("departments.title")} actions={create} />
      <QueryState query={query}>
        {(nodes) => {
          const chosen = nodes.find((node) => node.id === department);
          return nodes.length === 0 ? (
            <StatePanel
              scene="empty"
              title={t("departments.none")}
              detail={t("departments.none_detail")}
              action={create}
            />
          ) : (
            <div className={styles.columns} data-chosen={chosen !== undefined}>
              <Tree nodes={nodes} chosen={department} onChoose={choose} />
              <div className={styles.detail}>
                {chosen ? (
                  <DepartmentDetail
                    key={chosen.id}
                    node={chosen}
                    nodes={nodes}
                    onNewBelow={() => setParent(chosen.id)}
                    onDeleted={() => choose(undefined)}
                  />
                ) : (
                  <StatePanel scene="empty" title={t("departments.choose")} isCompact />
                )}
              </div>
            </div>
          );
        }}
      </QueryState>
      {parent === undefined ? null : (
        <DepartmentDrawer
          node={null}
          parent={parent}
          nodes={query.data ?? []}
          onClose={() => setParent(undefined)}
          onSaved={(made) => {
            setParent(undefined);
            choose(made.id);
          }}
        />
      )}
    </Page>
  );
}

interface TreeProps {
  readonly nodes: readonly DepartmentNode[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

function Tree({ nodes, chosen, onChoose }: TreeProps): JSX.Element {
  const { t } = useTranslation("people");
  return (
    <Card title={t("departments.tree")}>
      <ul className={styles.tree}>
        {treeOrder(nodes).map(({ node, depth, hasChildren }) => (
          <li key={node.id}>
            <button
              type="button"
              className={styles.node}
              style={{ "--depth": depth } as CSSProperties}
              aria-current={node.id === chosen}
              onClick={() => onChoose(node.id)}
            >
              {hasChildren ? <Network size={16} aria-hidden="true" /> : <Building2 size={16} aria-hidden="true" />}
              <span className={styles.title}>{node.title}</span>
              {node.head ? <span className={styles.head}>{node.head.title}</span> : null}
              <span className={styles.head}>{t("departments.members", { count: node.members })}</span>
            </button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
