import { Moon, Sun } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../lib/preferences";
import { ActionMenu } from "../ui/ActionMenu";
import { IconButton } from "../ui/IconButton";
import { useThemeName } from "../ui/use_theme";
import { THEME_CHOICES, THEME_ICONS } from "./theme_choices";

export function ThemeSwitch(): JSX.Element {
  const { t } = useTranslation("app");
  const name = useThemeName();
  const choice = usePreferences((state) => state.theme);
  const setTheme = usePreferences((state) => state.setTheme);
  const Drawing = name === "dark" ? Moon : Sun;
  return (
    <ActionMenu
      placement="bottomRight"
      items={THEME_CHOICES.map((one) => ({ key: one, label: t(`theme.${one}`), icon: THEME_ICONS[one] }))}
      selected={choice}
      onChoose={(key) => {
        const chosen = THEME_CHOICES.find((one) => one === key);
        if (chosen) setTheme(chosen);
      }}
    >
      <IconButton label={t("theme.switch")} icon={<Drawing size={18} strokeWidth={1.75} />} hasPopup />
    </ActionMenu>
  );
}
