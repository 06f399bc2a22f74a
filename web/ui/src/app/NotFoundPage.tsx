import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { StatePanel } from "../ui/StatePanel";

export function NotFoundPage(): JSX.Element {
  const { t } = useTranslation(["ui", "app"]);
  return (
    <StatePanel
      scene="missing"
      title={t("state.missing")}
      detail={t("state.missing_detail")}
      action={
        <Link to="/">
          <Button tabIndex={-1}>{t("app:nav.home")}</Button>
        </Link>
      }
    />
  );
}
