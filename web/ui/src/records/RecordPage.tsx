import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";

export function RecordPage(): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <Page>
      <PageHeader title={t("loading")} />
    </Page>
  );
}
