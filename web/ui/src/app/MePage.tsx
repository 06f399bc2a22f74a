import { Button, Segmented } from "antd";
import { LogOut } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useSignOut } from "../identity/use_sign_out";
import { LANGUAGE_NAMES, LANGUAGES } from "../lib/language";
import { usePreferences } from "../lib/preferences";
import { useSession } from "../lib/session";
import { Avatar } from "../ui/Avatar";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { useLanguage } from "../ui/use_language";
import styles from "./MePage.module.css";
import { THEME_CHOICES, THEME_ICONS } from "./theme_choices";
import { useSwitchLanguage } from "./use_switch_language";

/** The account and this browser's preferences; on a phone the only place for them. */
export function MePage(): JSX.Element {
  const { t } = useTranslation("app");
  const { user } = useSession();
  const language = useLanguage();
  const switchLanguage = useSwitchLanguage();
  const theme = usePreferences((state) => state.theme);
  const setTheme = usePreferences((state) => state.setTheme);
  const signOut = useSignOut();
  return (
    <Page width="reading">
      <PageHeader title={t("me.title")} />
      <section className={styles.card}>
        <Avatar name={user.name} size={48} />
        <div>
          <div className={styles.name}>{user.name}</div>
          <div className={styles.detail}>{[user.username, user.department?.title].filter(Boolean).join(" · ")}</div>
        </div>
      </section>
      <section className={styles.settings}>
        <div className={styles.setting}>
          <span>{t("me.language")}</span>
          <Segmented
            aria-label={t("me.language")}
            value={language}
            onChange={switchLanguage}
            options={LANGUAGES.map((one) => ({ value: one, label: <span lang={one}>{LANGUAGE_NAMES[one]}</span> }))}
          />
        </div>
        <div className={styles.setting}>
          <span>{t("me.theme")}</span>
          <Segmented
            aria-label={t("me.theme")}
            value={theme}
            onChange={setTheme}
            options={THEME_CHOICES.map((one) => ({
              value: one,
              label: (
                <span className={styles.theme}>
                  {THEME_ICONS[one]}
                  {t(`theme.${one}`)}
                </span>
              ),
            }))}
          />
        </div>
      </section>
      <Button className={styles.signOut} size="large" icon={<LogOut size={16} />} onClick={signOut}>
        {t("user.sign_out")}
      </Button>
    </Page>
  );
}
