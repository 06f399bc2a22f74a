import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { FileUp } from "lucide-react";
import { type DragEvent, type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { Moment } from "../ui/Moment";
import styles from "./Import.module.css";
import { recentImportsQuery, templateAddress } from "./sheets";

interface ImportFileProps {
  readonly form: string;
  readonly onFile: (file: File) => void;
  readonly onShow: (id: string) => void;
}

/** The first step: a file, or the template for one; and the imports of before. */
export function ImportFile({ form, onFile, onShow }: ImportFileProps): JSX.Element {
  const { t } = useTranslation("records");
  const [isOver, setIsOver] = useState(false);
  const recent = useQuery(recentImportsQuery(form));
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) onFile(file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <div className={styles.step}>
      <label
        className={styles.drop}
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
      >
        <FileUp size={32} aria-hidden />
        <strong>{t("import.drop")}</strong>
        <span>{t("import.kinds")}</span>
        <input
          type="file"
          className={styles.input}
          accept=".xlsx,.csv,.txt,.tsv"
          onChange={(event) => {
            take(event.target.files);
            event.target.value = "";
          }}
        />
      </label>
      <p>
        {t("import.template")}{" "}
        <Button type="link" href={templateAddress(form, "xlsx")} download="">
          Excel
        </Button>
        <Button type="link" href={templateAddress(form, "csv")} download="">
          CSV
        </Button>
      </p>
      {recent.data && recent.data.items.length > 0 ? (
        <section aria-labelledby="import-recent">
          <h3 id="import-recent">{t("import.recent")}</h3>
          <ul className={styles.recent}>
            {recent.data.items.map((run) => (
              <li key={run.id}>
                <Button type="link" onClick={() => onShow(run.id)}>
                  {run.file_name}
                </Button>
                <span>{t(`import.status.${run.status}`)}</span>
                <Moment value={run.created_at} as="ago" />
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}
