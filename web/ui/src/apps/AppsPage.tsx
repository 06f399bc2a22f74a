import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../lib/session";
import { AppTiles } from "../ui/AppTiles";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { StatePanel } from "../ui/StatePanel";

export function AppsPage(): JSX.Element {
  const { t } = useTranslation("apps");
  const { apps } = useSession();
  return (
    <Page width="reading">
      <PageHeader title={t("title")} />
      {apps.length > 0 ? (
        <AppTiles apps={apps} />
      ) : (
        <StatePanel scene="empty" title={t("empty")} detail={t("empty_detail")} />
      )}
    </Page>
  );
}
