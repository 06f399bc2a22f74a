import { Button, Checkbox, Upload } from "antd";
import { FileArchive } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Lines } from "../ui/Lines";
import { ConflictChooser } from "./ConflictChooser";
import { ImportRefusal } from "./ImportRefusal";
import { ImportReportView } from "./ImportReportView";
import styles from "./packages.module.css";
import type { AppImporting } from "./use_import";

interface ImportStepsProps {
  readonly importing: AppImporting;
  readonly isUpgrade: boolean;
}

/** The file, what is wrong with it, what is to be chosen, what it would do. */
export function ImportSteps({ importing, isUpgrade }: ImportStepsProps): JSX.Element {
  const { t } = useTranslation("packages");
  const { trial, done, choices } = importing;
  const { report } = trial;
  const refusal = done.error ?? trial.error;
  return (
    <div className={styles.stack}>
      <p className={styles.faint}>{t(isUpgrade ? "import.upgrade_lead" : "import.lead")}</p>
      <FileChoice importing={importing} />
      {refusal ? (
        <ImportRefusal error={refusal} isUpgrade={isUpgrade} onTryAgain={done.error ? importing.tryAgain : undefined} />
      ) : null}
      {trial.isReading ? (
        <>
          <p role="status" className={styles.faint}>
            {t(report ? "import.reading_again" : "import.reading")}
          </p>
          {report ? null : <Lines rows={6} />}
        </>
      ) : null}
      {report && report.conflicts.length > 0 ? (
        <ConflictChooser conflicts={report.conflicts} choices={choices} onChoose={importing.choose} />
      ) : null}
      {report && !trial.error ? <ImportReportView report={report} /> : null}
    </div>
  );
}

function FileChoice({ importing }: { readonly importing: AppImporting }): JSX.Element {
  const { t } = useTranslation("packages");
  return (
    <>
      <div className={styles.file}>
        <Upload
          accept=".zip,application/zip"
          maxCount={1}
          showUploadList={false}
          beforeUpload={(file) => {
            importing.take(file);
            return false;
          }}
        >
          <Button icon={<FileArchive size={16} />}>{t(importing.file ? "import.again" : "import.choose")}</Button>
        </Upload>
        {importing.file ? <span>{importing.file.name}</span> : null}
      </div>
      <Checkbox checked={importing.hasData} onChange={(event) => importing.setHasData(event.target.checked)}>
        {t("import.data")}
      </Checkbox>
    </>
  );
}
