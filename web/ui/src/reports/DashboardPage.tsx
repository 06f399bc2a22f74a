import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";

export function DashboardPage(): JSX.Element {
  const { t } = useTranslation("reports");
  return (
    <Page>
      <PageHeader title={t("dashboard.title")} />
    </Page>
  );
}
