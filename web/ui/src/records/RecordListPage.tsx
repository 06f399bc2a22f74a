import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";

export function RecordListPage(): JSX.Element {
  const { t } = useTranslation("records");
  return (
    <Page>
      <PageHeader title={t("list.title")} />
    </Page>
  );
}
