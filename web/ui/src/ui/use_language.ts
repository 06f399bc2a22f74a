import { useTranslation } from "react-i18next";
import { asLanguage, DEFAULT_LANGUAGE, type Language } from "../lib/language";

/** The language on screen now; components that use it draw again when it changes. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return asLanguage(i18n.language) ?? DEFAULT_LANGUAGE;
}
