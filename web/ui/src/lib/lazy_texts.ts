import i18next from "i18next";
import { LANGUAGES } from "./language";
import type { Texts, TextTree } from "./texts";

/** Adds the texts of a feature that is loaded when it is first opened, so that they do not weigh on the first page. */
export function addTexts<T extends TextTree>(feature: string, texts: Texts<T>): void {
  const add = () => {
    for (const language of LANGUAGES) i18next.addResourceBundle(language, feature, texts[language], true, true);
  };
  if (i18next.isInitialized) add();
  else i18next.on("initialized", add);
}
