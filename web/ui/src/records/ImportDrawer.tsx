import { Alert, Drawer, Spin } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../lib/problem";
import { useIsMobile } from "../ui/use_is_mobile";
import { ImportFile } from "./ImportFile";
import { ImportPlan } from "./ImportPlan";
import { ImportProgress } from "./ImportProgress";
import { FIRST_CHOICE, type ImportChoice, type ImportPreviewJson } from "./import_types";
import { previewImport, startImport } from "./sheets";

interface ImportDrawerProps {
  readonly form: string;
  readonly title: string;
  /** The import that is looked at, `NEW_IMPORT` for one that is being prepared. */
  readonly id: string;
  readonly onShow: (id: string | undefined) => void;
}

export const NEW_IMPORT = "new";

function messageOf(error: unknown): string {
  const { detail, title, errors } = asProblem(error);
  return [detail || title, ...errors.map((one) => one.detail)].filter(Boolean).join(" ");
}

/** From a file to records: choose it, match its columns, see what would happen, let it run. */
export function ImportDrawer({ form, title, id, onShow }: ImportDrawerProps): JSX.Element {
  const { t } = useTranslation(["records", "ui"]);
  const isMobile = useIsMobile();
  const [preview, setPreview] = useState<ImportPreviewJson | null>(null);
  const [choice, setChoice] = useState<ImportChoice>(FIRST_CHOICE);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const attempt = async (work: () => Promise<void>) => {
    setIsBusy(true);
    setRefusal(null);
    try {
      await work();
    } catch (error) {
      setRefusal(messageOf(error));
    } finally {
      setIsBusy(false);
    }
  };
  const look = (source: File | string, next: ImportChoice) => {
    setChoice(next);
    return attempt(async () => setPreview(await previewImport(form, source, next)));
  };
  const start = (fileId: string) => attempt(async () => onShow((await startImport(form, fileId, choice)).id));
  const restart = () => {
    setPreview(null);
    setRefusal(null);
    setChoice(FIRST_CHOICE);
    onShow(NEW_IMPORT);
  };

  return (
    <Drawer
      open
      title={t("import.title", { title })}
      onClose={() => onShow(undefined)}
      size={isMobile ? "100%" : 880}
      closable={{ "aria-label": t("ui:close") }}
    >
      {refusal ? <Alert type="error" title={refusal} role="alert" /> : null}
      {id !== NEW_IMPORT ? (
        <ImportProgress form={form} id={id} onRestart={restart} />
      ) : (
        <Spin spinning={isBusy} description={t("import.reading")}>
          {preview ? (
            <ImportPlan
              preview={preview}
              choice={choice}
              isRefused={refusal !== null}
              onChange={(next) => void look(preview.file.id, next)}
              onStart={() => void start(preview.file.id)}
              onRestart={restart}
            />
          ) : (
            <ImportFile form={form} onFile={(file) => void look(file, choice)} onShow={onShow} />
          )}
        </Spin>
      )}
    </Drawer>
  );
}
