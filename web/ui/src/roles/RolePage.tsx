import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Button, Input, Modal } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { type DefinitionState, definitionQuery } from "../lib/definitions";
import { installedAppsQuery, shownTitle } from "../lib/installed_apps";
import { LeaveQuestion } from "../ui/LeaveQuestion";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { StaleDialog } from "../ui/StaleDialog";
import { Tag } from "../ui/Tag";
import { toast } from "../ui/toast";
import { type DefinitionDraft, useDefinitionDraft } from "../ui/use_definition_draft";
import { EntryDrawer } from "./EntryDrawer";
import { type MatrixRow, RightsMatrix } from "./RightsMatrix";
import { RoleMembers } from "./RoleMembers";
import { subjectsQuery } from "./role_types";
import styles from "./roles.module.css";
import { SectionRights } from "./SectionRights";

const route = getRouteApi("/shell/admin/roles/$app/$role");

/** One role: its matrix, scopes, fields and members. Editing is publishing the role's definition. */
export function RolePage(): JSX.Element {
  const { app, role } = route.useParams();
  const state = useQuery(definitionQuery({ app, kind: "roles", key: role }));
  return (
    <QueryState query={state}>
      {(found) => <RoleEditor key={`${app}.${role}`} app={app} role={role} state={found} />}
    </QueryState>
  );
}

interface RoleEditorProps {
  readonly app: string;
  readonly role: string;
  readonly state: DefinitionState;
}

function RoleEditor({ app, role: key, state }: RoleEditorProps): JSX.Element {
  const { t } = useTranslation("roles");
  const draft = useDefinitionDraft({ app, kind: "roles", key }, state);
  const subjects = useQuery(subjectsQuery);
  const [row, setRow] = useState<MatrixRow | null>(null);
  const role = draft.document;
  const installed = useQuery(installedAppsQuery);
  const title = shownTitle(installed.data, { app, kind: "roles", key }, draft.known, role);
  const shared = { role, violations: draft.violations, onChange: draft.change } as const;
  return (
    <Page>
      <PageHeader
        title={title}
        eyebrow={<Link to="/admin/roles">{t("title")}</Link>}
        extra={<DraftTag draft={draft} />}
      />
      <Toolbar app={app} roleKey={key} draft={draft} />
      {draft.violations.length > 0 ? (
        <Alert
          type="error"
          role="alert"
          title={t("role.problems", { count: draft.violations.length })}
          description={draft.violations.slice(0, 5).map((one) => (
            <div key={one.pointer + one.code}>
              <code className={styles.code}>{one.pointer}</code> {one.detail}
            </div>
          ))}
        />
      ) : null}
      {draft.refusal && draft.violations.length === 0 ? (
        <Alert type="error" role="alert" title={draft.refusal.detail || draft.refusal.title} />
      ) : null}
      <div className={styles.name}>
        <label htmlFor="role-title">
          {t("role.name")}
          <Input
            id="role-title"
            value={String(role.title ?? "")}
            maxLength={200}
            onChange={(event) => draft.change({ ...role, title: event.target.value })}
          />
        </label>
        <label htmlFor="role-description">
          {t("role.description")}
          <Input
            id="role-description"
            value={String(role.description ?? "")}
            maxLength={2000}
            onChange={(event) => {
              const { description: _old, ...rest } = role;
              draft.change(event.target.value ? { ...rest, description: event.target.value } : rest);
            }}
          />
        </label>
      </div>
      <QueryState query={subjects}>
        {(apps) => (
          <>
            <RightsMatrix {...shared} apps={apps} onOpen={setRow} />
            <div className={styles.pair}>
              <SectionRights {...shared} apps={apps} />
              <RoleMembers role={`${app}.${key}`} />
            </div>
            {row ? (
              <EntryDrawer
                {...shared}
                row={row}
                form={apps.flatMap((one) => one.forms).find((form) => form.name === row.name)}
                onClose={() => setRow(null)}
              />
            ) : null}
          </>
        )}
      </QueryState>
      <StaleDialog draft={draft} />
      <LeaveQuestion isChanged={draft.isUnsaved} />
    </Page>
  );
}

function DraftTag({ draft }: { readonly draft: DefinitionDraft }): JSX.Element | null {
  const { t } = useTranslation("roles");
  if (draft.isUnsaved) return <Tag color="orange">{t("role.unsaved")}</Tag>;
  return draft.isUnpublished ? <Tag color="gold">{t("role.draft")}</Tag> : null;
}

interface ToolbarProps {
  readonly app: string;
  readonly roleKey: string;
  readonly draft: DefinitionDraft;
}

function Toolbar({ app, roleKey, draft }: ToolbarProps): JSX.Element {
  const { t } = useTranslation(["roles", "ui"]);
  const [isAsking, setAsking] = useState(false);
  return (
    <div className={styles.bar}>
      <Button
        type="primary"
        disabled={!draft.isUnpublished || draft.violations.length > 0}
        loading={draft.isWorking}
        onClick={async () => {
          const published = await draft.publish();
          if (published) toast.success(t("role.published", { version: published.version }));
        }}
      >
        {t("role.publish")}
      </Button>
      <Button
        disabled={!draft.isUnsaved || draft.isWorking}
        onClick={async () => {
          if (await draft.save()) toast.success(t("role.saved"));
        }}
      >
        {t("role.save")}
      </Button>
      <Button disabled={!draft.isUnpublished} onClick={() => setAsking(true)}>
        {t("role.discard")}
      </Button>
      <Link to="/admin/definitions/$app/$kind/$key" params={{ app, kind: "roles", key: roleKey }}>
        {t("role.json")}
      </Link>
      {isAsking ? (
        <Modal
          open
          title={t("role.discard_ask")}
          okText={t("role.discard")}
          okButtonProps={{ danger: true }}
          cancelText={t("ui:cancel")}
          onCancel={() => setAsking(false)}
          onOk={async () => {
            await draft.discard();
            setAsking(false);
          }}
        >
          {t("role.discard_detail")}
        </Modal>
      ) : null}
    </div>
  );
}
