import { useEffect } from "react";
import { useTranslation } from "react-i18next";

/** Names the browser's tab after the page, so that several tabs and the history can be told apart; `null` leaves it. */
export function useDocumentTitle(title: string | null): void {
  const { t } = useTranslation("ui");
  const text = title ? t("document.title", { title }) : t("document.product");
  const isNamed = title !== null;
  useEffect(() => {
    if (!isNamed) return undefined;
    const before = document.title;
    document.title = text;
    return () => {
      document.title = before;
    };
  }, [text, isNamed]);
}
