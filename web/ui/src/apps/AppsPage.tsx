import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";

export function AppsPage(): JSX.Element {
  const { t } = useTranslation("apps");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
