import { Link } from "@tanstack/react-router";
import { Menu, Search } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/IconButton";
import { KeyHint } from "../ui/KeyHint";
import { Logo } from "../ui/Logo";
import { useIsMobile } from "../ui/use_is_mobile";
import { AppSwitch } from "./AppSwitch";
import { LanguageSwitch } from "./LanguageSwitch";
import { NotificationBell } from "./NotificationBell";
import { ThemeSwitch } from "./ThemeSwitch";
import styles from "./TopBar.module.css";
import { UserMenu } from "./UserMenu";

interface TopBarProps {
  readonly onOpenPalette: () => void;
  readonly onOpenHelp: () => void;
  readonly onOpenMenu: () => void;
}

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function TopBar({ onOpenPalette, onOpenHelp, onOpenMenu }: TopBarProps): JSX.Element {
  const { t } = useTranslation("app");
  const isMobile = useIsMobile();
  if (isMobile) {
    return (
      <header className={styles.bar}>
        <IconButton label={t("nav.open")} icon={<Menu size={20} />} onClick={onOpenMenu} />
        <Link to="/" className={styles.brand} aria-label={`${t("product")} · ${t("nav.home")}`}>
          <Logo size={24} />
          <span>{t("product")}</span>
        </Link>
        <IconButton label={t("palette.title")} icon={<Search size={20} />} onClick={onOpenPalette} />
        <NotificationBell />
      </header>
    );
  }
  return (
    <header className={styles.bar}>
      <AppSwitch />
      <div className={styles.middle}>
        <button type="button" className={styles.search} onClick={onOpenPalette}>
          <Search size={15} aria-hidden="true" />
          <span className={styles.searchText}>{t("palette.open")}</span>
          <KeyHint keys={[IS_APPLE ? "⌘" : "Ctrl", "K"]} />
        </button>
      </div>
      <NotificationBell />
      <LanguageSwitch />
      <ThemeSwitch />
      <UserMenu onOpenHelp={onOpenHelp} />
    </header>
  );
}
