import type { Language } from "./language";

export type TextTree = Readonly<Record<string, string>>;

export type Texts<T extends TextTree> = Readonly<Record<Language, T>>;

/** Texts of one feature. The type demands the same keys in every language; a test proves it again for plurals. */
export function defineTexts<const T extends TextTree>(chinese: T, english: Readonly<Record<keyof T, string>>) {
  return { "zh-CN": chinese as Readonly<Record<keyof T, string>>, "en-US": english };
}
