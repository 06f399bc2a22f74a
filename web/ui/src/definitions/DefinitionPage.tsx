import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Tabs } from "antd";
import { type JSX, lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { type DefinitionState, definitionQuery, definitions, type Place } from "../lib/definitions";
import { installedAppsQuery, shownTitle } from "../lib/installed_apps";
import { LeaveQuestion } from "../ui/LeaveQuestion";
import { Lines } from "../ui/Lines";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { StaleDialog } from "../ui/StaleDialog";
import { Tag } from "../ui/Tag";
import { toast } from "../ui/toast";
import { useDefinitionDraft } from "../ui/use_definition_draft";
import { DefinitionToolbar } from "./DefinitionToolbar";
import { formatted, KINDS } from "./definition_types";
import { EditorPane } from "./EditorPane";
import { UseList } from "./UseList";
import { useEditorText } from "./use_editor_text";
import { VersionList } from "./VersionList";

const DiffView = lazy(() => import("./DiffView").then((module) => ({ default: module.DiffView })));

const route = getRouteApi("/shell/admin/definitions/$app/$kind/$key");

/** One definition as JSON: edit, compare, see who uses it, go back to any version. */
export function DefinitionPage(): JSX.Element {
  const { app, kind, key } = route.useParams();
  const place = { app, kind, key };
  const state = useQuery(definitionQuery(place));
  return (
    <QueryState query={state}>
      {(found) => <DefinitionEditor key={`${app}/${kind}/${key}`} place={place} state={found} />}
    </QueryState>
  );
}

function DefinitionEditor({ place, state }: { readonly place: Place; readonly state: DefinitionState }): JSX.Element {
  const { t } = useTranslation("definitions");
  const draft = useDefinitionDraft(place, state);
  const editor = useEditorText(draft);
  const [tab, setTab] = useState("edit");
  const apps = useQuery(installedAppsQuery);
  const title = shownTitle(apps.data, place, draft.known, draft.document);
  const kind = KINDS.find((one) => one === place.kind);
  const { version } = draft.known;
  const restore = async (number: number) => {
    const old = await definitions.version(place, number);
    if (old.document) draft.change(old.document);
    setTab("edit");
    toast.info(t("versions.restored", { version: number }));
  };
  const before = draft.known.document ? formatted(draft.known.document) : "";
  return (
    <Page>
      <PageHeader
        title={title}
        eyebrow={
          <>
            <Link to="/admin/definitions">{t("title")}</Link>
            {` · ${kind ? t(`kind.${kind}`) : place.kind} · ${place.kind === "apps" ? place.key : `${place.app}.${place.key}`}`}
          </>
        }
        extra={
          <>
            <Tag color={version ? "green" : "grey"}>{version ? t("page.in_force", { version }) : t("page.never")}</Tag>
            {draft.isUnsaved ? <Tag color="orange">{t("page.unsaved")}</Tag> : null}
            {!draft.isUnsaved && draft.isUnpublished ? <Tag color="gold">{t("page.draft")}</Tag> : null}
          </>
        }
      />
      <DefinitionToolbar place={place} title={title} draft={draft} editor={editor} />
      {draft.refusal && draft.violations.length === 0 ? (
        <Alert type="error" role="alert" title={draft.refusal.detail || draft.refusal.title} />
      ) : null}
      <Tabs
        tabBarStyle={{ marginBottom: 12 }}
        activeKey={tab}
        onChange={setTab}
        destroyOnHidden
        items={[
          {
            key: "edit",
            label: t("tab.edit"),
            children: <EditorPane place={place} draft={draft} editor={editor} />,
          },
          {
            key: "diff",
            label: t("tab.diff"),
            children: (
              <Suspense fallback={<Lines rows={8} />}>
                <DiffView
                  before={before}
                  after={editor.text}
                  beforeTitle={version ? t("diff.before", { version }) : t("diff.nothing")}
                  afterTitle={t("diff.after")}
                />
              </Suspense>
            ),
          },
          { key: "uses", label: t("tab.uses"), children: <UseList place={place} /> },
          {
            key: "versions",
            label: t("tab.versions"),
            children: (
              <VersionList place={place} isPublished={version !== null} after={editor.text} onRestore={restore} />
            ),
          },
        ]}
      />
      <StaleDialog draft={draft} />
      <LeaveQuestion isChanged={draft.isUnsaved} />
    </Page>
  );
}
