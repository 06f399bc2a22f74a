import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { setAcceptedLanguage } from "../lib/api";
import { asLanguage, DEFAULT_LANGUAGE, LANGUAGES, type Language } from "../lib/language";
import { usePreferences } from "../lib/preferences";
import { RESOURCES } from "./resources";

function firstLanguage(): Language {
  const chosen = usePreferences.getState().language;
  if (chosen) return chosen;
  return navigator.language.toLowerCase().startsWith("en") ? "en-US" : DEFAULT_LANGUAGE;
}

function apply(language: string): void {
  document.documentElement.lang = language;
  setAcceptedLanguage(language);
}

export async function startTranslations(language: Language = firstLanguage()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: DEFAULT_LANGUAGE,
    supportedLngs: LANGUAGES,
    resources: RESOURCES,
    ns: Object.keys(RESOURCES[DEFAULT_LANGUAGE]),
    defaultNS: "ui",
    keySeparator: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  apply(language);
  i18next.on("languageChanged", apply);
}

/** The account's language, once known, wins over the browser's. */
export async function followAccountLanguage(language: string | null): Promise<void> {
  const wanted = asLanguage(language);
  if (!wanted || wanted === i18next.language) return;
  usePreferences.getState().setLanguage(wanted);
  await i18next.changeLanguage(wanted);
}
