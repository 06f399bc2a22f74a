import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../lib/session";
import { wallTime } from "../lib/time_zone";
import { AppTiles } from "../ui/AppTiles";
import { Page } from "../ui/Page";
import { useDocumentTitle } from "../ui/use_document_title";
import { useLanguage } from "../ui/use_language";
import styles from "./HomePage.module.css";
import { HomeRecent } from "./HomeRecent";
import { HomeTasks } from "./HomeTasks";

const NOON = 12;
const EVENING = 18;

function greetingAt(hour: number): "home.morning" | "home.afternoon" | "home.evening" {
  if (hour < NOON) return "home.morning";
  return hour < EVENING ? "home.afternoon" : "home.evening";
}

/** What waits, what one worked on, where one can go. */
export function HomePage(): JSX.Element {
  const { t } = useTranslation("app");
  const language = useLanguage();
  const session = useSession();
  useDocumentTitle(t("nav.home"));
  const now = wallTime(new Date());
  const today = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", weekday: "long" }).format(now);
  return (
    <Page width="reading">
      <header className={styles.header}>
        <p className={styles.today}>{today}</p>
        <h1 className={styles.greeting}>{t(greetingAt(now.getHours()), { name: session.user.name })}</h1>
      </header>
      <div className={styles.columns}>
        <HomeTasks />
        <HomeRecent />
      </div>
      {session.apps.length > 0 ? (
        <section aria-labelledby="home-apps">
          <h2 id="home-apps" className={styles.heading}>
            {t("home.apps")}
          </h2>
          <AppTiles apps={session.apps} />
        </section>
      ) : null}
    </Page>
  );
}
