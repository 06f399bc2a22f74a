import { Outlet } from "@tanstack/react-router";
import { type JSX, lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../lib/preferences";
import { useFollowedExports } from "../records/exports";
import { useIsMobile } from "../ui/use_is_mobile";
import { useShortcut } from "../ui/use_shortcut";
import { BottomBar } from "./BottomBar";
import styles from "./Shell.module.css";
import { SideMenu } from "./SideMenu";
import { TopBar } from "./TopBar";

const CommandPalette = lazy(() => import("./CommandPalette").then((module) => ({ default: module.CommandPalette })));
const ExportNotices = lazy(() =>
  import("../records/ExportNotices").then((module) => ({ default: module.ExportNotices })),
);
const MobileMenu = lazy(() => import("./MobileMenu").then((module) => ({ default: module.MobileMenu })));
const ShortcutHelp = lazy(() => import("./ShortcutHelp").then((module) => ({ default: module.ShortcutHelp })));

type Overlay = "palette" | "help" | "menu" | null;

/** The frame around every page of a signed-in person. */
export function Shell(): JSX.Element {
  const { t } = useTranslation("app");
  const isMobile = useIsMobile();
  const isCollapsed = usePreferences((state) => state.isMenuCollapsed);
  const isExporting = useFollowedExports((state) => state.runs.length > 0);
  const [overlay, setOverlay] = useState<Overlay>(null);
  const close = () => setOverlay(null);
  useShortcut("k", () => setOverlay("palette"), { withControl: true });
  useShortcut("?", () => setOverlay("help"));
  return (
    <div className={styles.shell} data-collapsed={isCollapsed}>
      <a className={styles.skip} href="#main">
        {t("skip.content")}
      </a>
      {isMobile ? null : (
        <aside className={styles.side}>
          <SideMenu isCollapsed={isCollapsed} />
        </aside>
      )}
      <TopBar
        onOpenPalette={() => setOverlay("palette")}
        onOpenHelp={() => setOverlay("help")}
        onOpenMenu={() => setOverlay("menu")}
      />
      <main id="main" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
      {isMobile ? <BottomBar /> : null}
      <Suspense fallback={null}>
        {isExporting ? <ExportNotices /> : null}
        {overlay === "palette" ? <CommandPalette onClose={close} /> : null}
        {overlay === "menu" && isMobile ? <MobileMenu onClose={close} /> : null}
        {overlay === "help" ? <ShortcutHelp onClose={close} /> : null}
      </Suspense>
    </div>
  );
}
