import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Drawer, Upload } from "antd";
import { FileArchive } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../lib/problem";
import { Lines } from "../ui/Lines";
import { toast } from "../ui/toast";
import { ImportReportView } from "./ImportReportView";
import { type Bringing, bring, type ManagedApp, type Side } from "./package_types";
import styles from "./packages.module.css";

interface ImportDrawerProps {
  /** The app to upgrade; `null` imports what the file holds. */
  readonly upgrade: ManagedApp | null;
  readonly onClose: () => void;
}

/** A zip comes in: what it would do is shown first, and nothing is done before it is confirmed. */
export function ImportDrawer({ upgrade, onClose }: ImportDrawerProps): JSX.Element {
  const { t } = useTranslation(["packages", "ui"]);
  const queryClient = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [hasData, setHasData] = useState(false);
  const [choices, setChoices] = useState<Readonly<Record<string, Side>>>({});
  const tried = useMutation({ mutationFn: (wish: Bringing) => bring(wish, null), meta: { handlesProblem: true } });
  const done = useMutation({
    mutationFn: ({ wish, revision }: { wish: Bringing; revision: number }) => bring(wish, revision),
    meta: { handlesProblem: true },
    onSuccess: async (report) => {
      toast.success(t("import.done", { apps: report.apps.map((app) => app.title).join(", ") }));
      onClose();
      await queryClient.invalidateQueries();
    },
  });
  const report = tried.data;
  const wishOf = (one: File, data: boolean, sides: typeof choices): Bringing => ({
    file: one,
    upgrade: upgrade?.key ?? null,
    hasData: data,
    choices: sides,
  });
  const take = (one: File, data: boolean) => {
    setFile(one);
    setHasData(data);
    setChoices({});
    done.reset();
    tried.mutate(wishOf(one, data, {}));
  };
  const error = done.error ?? tried.error;
  const isOpen = report?.conflicts.some((conflict) => !(choices[conflict.pointer] ?? conflict.choice)) ?? false;
  const confirm = () => {
    if (!file || !report) return;
    const known = Object.fromEntries(
      report.conflicts.flatMap(({ pointer, choice }) => (choice ? [[pointer, choice]] : [])),
    );
    done.mutate({ wish: wishOf(file, hasData, { ...known, ...choices }), revision: report.revision });
  };
  return (
    <Drawer
      open
      size="min(760px, 100vw)"
      title={upgrade ? t("import.upgrade_title", { app: upgrade.title }) : t("import.title")}
      onClose={onClose}
      mask={{ closable: !done.isPending }}
      footer={
        <div className={styles.foot}>
          <Button onClick={onClose}>{t("ui:cancel")}</Button>
          <Button
            type="primary"
            danger={report?.steps.some((step) => step.is_destructive)}
            disabled={!report || isOpen}
            loading={done.isPending}
            onClick={confirm}
          >
            {t(upgrade ? "import.confirm_upgrade" : "import.confirm")}
          </Button>
        </div>
      }
    >
      <div className={styles.stack}>
        <p className={styles.faint}>{t(upgrade ? "import.upgrade_lead" : "import.lead")}</p>
        <Upload
          accept=".zip,application/zip"
          maxCount={1}
          showUploadList={false}
          beforeUpload={(one) => {
            take(one, hasData);
            return false;
          }}
        >
          <Button icon={<FileArchive size={16} />}>{file ? t("import.again") : t("import.choose")}</Button>
        </Upload>
        {file ? <p>{file.name}</p> : null}
        <Checkbox
          checked={hasData}
          onChange={(event) => (file ? take(file, event.target.checked) : setHasData(event.target.checked))}
        >
          {t("import.data")}
        </Checkbox>
        {tried.isPending ? (
          <div role="status">
            <span className="visually-hidden">{t("import.reading")}</span>
            <Lines rows={6} />
          </div>
        ) : null}
        {error ? <Refusal error={error} /> : null}
        {report && !tried.isPending ? (
          <ImportReportView
            report={report}
            choices={choices}
            onChoose={(pointer, side) => setChoices({ ...choices, [pointer]: side })}
          />
        ) : null}
      </div>
    </Drawer>
  );
}

function Refusal({ error }: { readonly error: unknown }): JSX.Element {
  const { t } = useTranslation("packages");
  const problem = asProblem(error);
  if (problem.errors.length === 0) return <Alert type="error" role="alert" title={problem.detail || problem.title} />;
  return (
    <Alert
      type="error"
      role="alert"
      title={t("import.refused", { count: problem.errors.length })}
      description={
        <ul className={styles.steps}>
          {problem.errors.map((one) => (
            <li key={one.pointer + one.code}>
              <code className={styles.code}>{one.pointer}</code> {one.detail}
            </li>
          ))}
        </ul>
      }
    />
  );
}
