import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Input, Modal } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, path } from "../lib/api";
import { Lines } from "../ui/Lines";
import { QueryState } from "../ui/QueryState";
import { Tag } from "../ui/Tag";
import { toast } from "../ui/toast";
import { ElementChanges } from "./ImportReportView";
import { changesQuery, contentsQuery, type ManagedApp, testQuery } from "./package_types";
import styles from "./packages.module.css";

interface AppDialogProps {
  readonly app: ManagedApp;
  readonly onClose: () => void;
}

/** What was changed here since the app was installed: what an upgrade would keep. */
export function ChangesDialog({ app, onClose }: AppDialogProps): JSX.Element {
  const { t } = useTranslation("packages");
  const query = useQuery(changesQuery(app.key));
  return (
    <Modal open width={640} title={t("changes.title", { app: app.title })} footer={null} onCancel={onClose}>
      <QueryState query={query} isCompact>
        {(items) => (items.length === 0 ? <p>{t("changes.none")}</p> : <ElementChanges items={items} />)}
      </QueryState>
    </Modal>
  );
}

/** The app's own stories, played on this installation and rolled back. */
export function TestDialog({ app, onClose }: AppDialogProps): JSX.Element {
  const { t } = useTranslation("packages");
  const query = useQuery(testQuery(app.key));
  const waiting = (
    <div role="status">
      <p className={styles.faint}>{t("test.working")}</p>
      <Lines rows={4} />
    </div>
  );
  return (
    <Modal open width={640} title={t("test.title", { app: app.title })} footer={null} onCancel={onClose}>
      <QueryState query={query} loading={waiting} isCompact>
        {(items) =>
          items.length === 0 ? (
            <p>{t("test.none")}</p>
          ) : (
            <ul className={styles.elements}>
              {items.map((one) => (
                <li key={one.key}>
                  <Tag color={one.passed ? "green" : "red"}>{t(one.passed ? "test.passed" : "test.failed")}</Tag>{" "}
                  {one.title}
                  {one.failure ? (
                    <p className={styles.faint}>
                      <code className={styles.code}>{one.failure.place}</code> {one.failure.message}
                    </p>
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </QueryState>
    </Modal>
  );
}

/** Says what would be lost and who stands in the way; the key must be typed. */
export function DeleteAppDialog({ app, onClose }: AppDialogProps): JSX.Element {
  const { t } = useTranslation(["packages", "ui"]);
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState("");
  const contents = useQuery(contentsQuery(app.key));
  const remove = useMutation({
    mutationFn: () => api.delete(path("apps", app.key), { params: { confirm: app.key } }),
    onSuccess: async () => {
      toast.success(t("delete.done"));
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
        <>
          <Button onClick={onClose}>{t("ui:cancel")}</Button>
          <Button
            type="primary"
            danger
            disabled={!contents.data || isNeeded || typed !== app.key}
            loading={remove.isPending}
            onClick={() => remove.mutate()}
          >
            {t("ui:delete")}
          </Button>
        </>
      }
    >
      <QueryState query={contents} isCompact>
        {(found) => (
          <div className={styles.stack}>
            {isNeeded ? (
              <Alert
                type="error"
                title={t("delete.needed")}
                description={found.needed_by.slice(0, 20).map((need) => (
                  <div key={need.pointer}>
                    <code className={styles.code}>{need.pointer}</code> {need.detail}
                  </div>
                ))}
              />
            ) : (
              <Alert type="warning" title={t("delete.lead")} />
            )}
            <ul>
              {found.records.map((record) => (
                <li key={record.form}>{t("delete.records", { title: record.title, count: record.count })}</li>
              ))}
              <li>{t("delete.runs", { count: found.runs })}</li>
            </ul>
            {isNeeded ? null : (
              <label htmlFor="delete-app-key">
                {t("delete.confirm", { key: app.key })}
                <Input id="delete-app-key" value={typed} onChange={(event) => setTyped(event.target.value)} />
              </label>
            )}
          </div>
        )}
      </QueryState>
    </Modal>
  );
}
