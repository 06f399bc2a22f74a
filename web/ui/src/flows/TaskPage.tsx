import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";

export function TaskPage(): JSX.Element {
  const { t } = useTranslation("flows");
  return (
    <Page>
      <PageHeader title={t("inbox.title")} />
    </Page>
  );
}
