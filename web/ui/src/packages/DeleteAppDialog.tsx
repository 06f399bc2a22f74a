import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Input, Modal } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, path } from "../lib/api";
import { grouped } from "../lib/grouped";
import { installedAppsQuery } from "../lib/installed_apps";
import { QueryState } from "../ui/QueryState";
import { toast } from "../ui/toast";
import { type AppContents, type AppDialogProps, contentsQuery, type Need } from "./package_types";
import styles from "./packages.module.css";

/** Places of one app that are told without being asked. */
const FEW = 5;

/** Says what would be lost, or who stands in the way; the key must be typed. */
export function DeleteAppDialog({ app, onClose }: AppDialogProps): JSX.Element {
  const { t } = useTranslation(["packages", "ui"]);
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState("");
  const contents = useQuery(contentsQuery(app.key));
  const remove = useMutation({
    mutationFn: () => api.delete(path("apps", app.key), { params: { confirm: app.key } }),
    onSuccess: async () => {
      toast.success(t("delete.done", { app: app.title }));
      onClose();
      await queryClient.invalidateQueries();
    },
  });
  const isNeeded = (contents.data?.needed_by.length ?? 0) > 0;
  return (
    <Modal
      open
      width={560}
      title={t("delete.title", { app: app.title })}
      onCancel={onClose}
      footer={
        isNeeded ? (
          <Button onClick={onClose}>{t("ui:close")}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("ui:cancel")}</Button>
            <Button
              type="primary"
              danger
              disabled={!contents.data || typed.trim() !== app.key}
              loading={remove.isPending}
              onClick={() => remove.mutate()}
            >
              {t("ui:delete")}
            </Button>
          </>
        )
      }
    >
      <QueryState query={contents} isCompact>
        {(found) =>
          isNeeded ? (
            <Needed needs={found.needed_by} />
          ) : (
            <div className={styles.stack}>
              <Alert type="warning" title={t("delete.lead")} />
              <Lost found={found} />
              <label htmlFor="delete-app-key">
                {t("delete.confirm", { key: app.key })}
                <Input
                  id="delete-app-key"
                  value={typed}
                  autoComplete="off"
                  autoCapitalize="none"
                  onChange={(event) => setTyped(event.target.value)}
                  onPressEnter={() => {
                    if (typed.trim() === app.key && !remove.isPending) remove.mutate();
                  }}
                />
              </label>
            </div>
          )
        }
      </QueryState>
    </Modal>
  );
}

function Lost({ found }: { readonly found: AppContents }): JSX.Element {
  const { t } = useTranslation("packages");
  const definitions = Object.values(found.definitions).reduce((sum, count) => sum + count, 0);
  return (
    <ul className={styles.lost}>
      <li>{t("list.definitions", { count: definitions })}</li>
      {found.records.map((record) => (
        <li key={record.form}>{t("delete.records", { title: record.title, count: record.count })}</li>
      ))}
      {found.records.length === 0 ? <li>{t("delete.no_records")}</li> : null}
      {found.runs > 0 ? <li>{t("delete.runs", { count: found.runs })}</li> : null}
    </ul>
  );
}

/** Who leads into the app: by app, the first places at once, the others when one asks. */
function Needed({ needs }: { readonly needs: readonly Need[] }): JSX.Element {
  const { t } = useTranslation("packages");
  const apps = useQuery(installedAppsQuery).data ?? [];
  const titles = new Map(
    apps.flatMap((app) => [
      [app.key, app.title] as const,
      ...Object.values(app.definitions).flatMap((list) =>
        list.map((one) => [`${app.key}.${one.key}`, one.title] as const),
      ),
    ]),
  );
  const line = (need: Need) => (
    <li key={need.pointer} title={need.pointer}>
      {need.at} <span className={styles.faint}>→ {titles.get(need.name) ?? need.name}</span>
    </li>
  );
  return (
    <div className={styles.stack}>
      <Alert type="error" role="alert" title={t("delete.needed")} description={t("delete.needed_detail")} />
      {grouped(needs, (need) => need.app).map(([app, places]) => (
        <section key={app} className={styles.document}>
          <h3>{t("delete.needed_by", { app: titles.get(app) ?? app, count: places.length })}</h3>
          <ul>{places.slice(0, FEW).map(line)}</ul>
          {places.length > FEW ? (
            <details>
              <summary className={styles.faint}>{t("delete.more", { count: places.length - FEW })}</summary>
              <ul>{places.slice(FEW).map(line)}</ul>
            </details>
          ) : null}
        </section>
      ))}
    </div>
  );
}
