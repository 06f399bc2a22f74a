import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Modal } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { definitionKey, type Place } from "../lib/definitions";
import { QueryState } from "../ui/QueryState";
import { Tag } from "../ui/Tag";
import { toast } from "../ui/toast";
import type { DefinitionDraft } from "../ui/use_definition_draft";
import { type Preview, preview, usesQuery } from "./definition_types";
import styles from "./definitions.module.css";

interface PublishDialogProps {
  readonly place: Place;
  readonly title: string;
  readonly draft: DefinitionDraft;
  readonly onClose: () => void;
}

/** What publishing would do, tried on the server and taken back, before it is done. */
export function PublishDialog({ place, title, draft, onClose }: PublishDialogProps): JSX.Element {
  const { t } = useTranslation(["definitions", "ui"]);
  const tried = useQuery({
    queryKey: [...definitionKey(place), "preview", draft.document],
    queryFn: () => preview(place, draft.document),
    retry: false,
    gcTime: 0,
  });
  const uses = useQuery({ ...usesQuery(place), enabled: draft.known.version !== null });
  const publish = async () => {
    const published = await draft.publish();
    if (published) toast.success(t("publish.done", { version: published.version }));
    onClose();
  };
  return (
    <Modal
      open
      width={720}
      title={t("publish.title", { name: title })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("ui:cancel")}</Button>
          <Button
            type="primary"
            danger={tried.data?.steps.some((step) => step.is_destructive)}
            disabled={!tried.data}
            loading={draft.isWorking}
            onClick={() => void publish()}
          >
            {t("publish.now")}
          </Button>
        </>
      }
    >
      <QueryState query={tried} isCompact>
        {(found) => (
          <>
            {found.version === draft.known.version ? <p>{t("publish.same")}</p> : null}
            <Steps preview={found} />
          </>
        )}
      </QueryState>
      {uses.data && uses.data.length > 0 ? <p>{t("publish.uses", { count: uses.data.length })}</p> : null}
    </Modal>
  );
}

function Steps({ preview: { steps } }: { readonly preview: Preview }): JSX.Element {
  const { t } = useTranslation("definitions");
  if (steps.length === 0) return <p>{t("publish.no_steps")}</p>;
  return (
    <>
      {steps.some((step) => step.is_destructive) ? (
        <Alert type="warning" title={t("publish.destructive_lead")} />
      ) : null}
      <p>{t("publish.steps", { count: steps.length })}</p>
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li key={step.sql}>
            {step.is_destructive ? <Tag color="red">{t("publish.destructive")}</Tag> : null}{" "}
            <code className={styles.code}>{step.sql}</code>
          </li>
        ))}
      </ol>
    </>
  );
}
