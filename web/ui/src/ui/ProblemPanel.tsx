import { Button } from "antd";
import { RotateCw } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, NETWORK } from "../lib/problem";
import { LinkButton } from "./LinkButton";
import { type Scene, StatePanel } from "./StatePanel";
import { useDocumentTitle } from "./use_document_title";

interface ProblemPanelProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly isCompact?: boolean;
}

const SCENES: Readonly<Record<number, Scene>> = { 403: "locked", 404: "missing" };

/** A failure to load: no permission and not found say so; everything else may be tried again. */
export function ProblemPanel({ error, onRetry, isCompact }: ProblemPanelProps): JSX.Element {
  const { t } = useTranslation("ui");
  const problem = asProblem(error);
  const scene = SCENES[problem.status] ?? "error";
  const titles: Record<string, string> = {
    locked: t("state.forbidden"),
    missing: t("state.missing"),
    error: problem.code === NETWORK ? t("state.offline") : t("state.error"),
  };
  const details: Record<string, string> = {
    locked: t("state.forbidden_detail"),
    missing: t("state.missing_detail"),
    error: problem.code === NETWORK ? t("state.offline_detail") : t("state.error_detail"),
  };
  const title = titles[scene] ?? problem.title;
  useDocumentTitle(isCompact ? null : title);
  return (
    <StatePanel
      scene={scene}
      isCompact={isCompact}
      title={title}
      detail={problem.detail || details[scene]}
      action={
        scene === "error" ? (
          onRetry && (
            <Button icon={<RotateCw size={15} />} onClick={onRetry}>
              {t("retry")}
            </Button>
          )
        ) : (
          <LinkButton to="/">{t("home")}</LinkButton>
        )
      }
    />
  );
}
