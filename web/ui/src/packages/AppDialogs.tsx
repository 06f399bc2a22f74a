import { useQuery } from "@tanstack/react-query";
import { Modal } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Lines } from "../ui/Lines";
import { QueryState } from "../ui/QueryState";
import { ElementChanges } from "./ElementChanges";
import { type AppDialogProps, changesQuery, testQuery } from "./package_types";
import styles from "./packages.module.css";
import { ScenarioOutcomes } from "./ScenarioOutcomes";

/** What was changed here since the app was installed: what an upgrade would keep. */
export function ChangesDialog({ app, onClose }: AppDialogProps): JSX.Element {
  const { t } = useTranslation("packages");
  const query = useQuery(changesQuery(app.key));
  return (
    <Modal open width={640} title={t("changes.title", { app: app.title })} footer={null} onCancel={onClose}>
      <QueryState query={query} isCompact>
        {(items) =>
          items.length === 0 ? (
            <p>{t("changes.none")}</p>
          ) : (
            <>
              <p className={styles.faint}>{t("changes.lead")}</p>
              <ElementChanges items={items} isOpen />
            </>
          )
        }
      </QueryState>
    </Modal>
  );
}

/** The app's own stories, played on this installation and rolled back. */
export function TestDialog({ app, onClose }: AppDialogProps): JSX.Element {
  const { t } = useTranslation("packages");
  const query = useQuery(testQuery(app.key));
  const waiting = (
    <>
      <p className={styles.faint} role="status">
        {t("test.working")}
      </p>
      <Lines rows={4} />
    </>
  );
  return (
    <Modal open width={680} title={t("test.title", { app: app.title })} footer={null} onCancel={onClose}>
      <QueryState query={query} loading={waiting} isCompact>
        {(items) => (items.length === 0 ? <p>{t("test.none")}</p> : <ScenarioOutcomes items={items} />)}
      </QueryState>
    </Modal>
  );
}
