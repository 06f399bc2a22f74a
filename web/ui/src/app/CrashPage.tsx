import type { ErrorComponentProps } from "@tanstack/react-router";
import { Button } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { isProblem } from "../lib/problem";
import { Page } from "../ui/Page";
import { ProblemPanel } from "../ui/ProblemPanel";
import { StatePanel } from "../ui/StatePanel";

/** The last resort of a route: what a loader or a component threw. */
export function CrashPage({ error, reset }: ErrorComponentProps): JSX.Element {
  const { t } = useTranslation("app");
  if (isProblem(error)) {
    return (
      <Page>
        <ProblemPanel error={error} onRetry={reset} />
      </Page>
    );
  }
  return (
    <Page>
      <StatePanel
        scene="error"
        title={t("crash.title")}
        detail={error instanceof Error ? error.message : null}
        action={<Button onClick={() => window.location.reload()}>{t("crash.reload")}</Button>}
      />
    </Page>
  );
}
