import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";

export function MePage(): JSX.Element {
  const { t } = useTranslation("app");
  return (
    <Page>
      <PageHeader title={t("me.title")} />
    </Page>
  );
}
