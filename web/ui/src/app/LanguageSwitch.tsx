import { Languages } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { asLanguage, LANGUAGE_NAMES, LANGUAGES } from "../lib/language";
import { ActionMenu } from "../ui/ActionMenu";
import { IconButton } from "../ui/IconButton";
import { useLanguage } from "../ui/use_language";
import { useSwitchLanguage } from "./use_switch_language";

export function LanguageSwitch(): JSX.Element {
  const { t } = useTranslation("app");
  const language = useLanguage();
  const switchLanguage = useSwitchLanguage();
  return (
    <ActionMenu
      placement="bottomRight"
      items={LANGUAGES.map((one) => ({ key: one, label: <span lang={one}>{LANGUAGE_NAMES[one]}</span> }))}
      selected={language}
      onChoose={(key) => {
        const chosen = asLanguage(key);
        if (chosen) switchLanguage(chosen);
      }}
    >
      <IconButton label={t("language.switch")} icon={<Languages size={18} strokeWidth={1.75} />} hasPopup />
    </ActionMenu>
  );
}
