import { useEffect } from "react";
import { useTranslation } from "react-i18next";

/** Names the browser's tab after the page, so that several tabs and the history can be told apart. */
export function useDocumentTitle(title: string): void {
  const { t } = useTranslation("ui");
  const text = title ? t("document.title", { title }) : t("document.product");
  useEffect(() => {
    document.title = text;
  }, [text]);
}
