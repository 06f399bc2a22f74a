import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import i18next from "i18next";
import { type JSX, useLayoutEffect, useMemo } from "react";
import type { Language } from "../lib/language";
import { NETWORK, type Problem } from "../lib/problem";
import { createQueryClient } from "../lib/query_client";
import { ToastList } from "../ui/ToastList";
import { antdThemeOf } from "../ui/theme";
import { toast } from "../ui/toast";
import { useIsMobile } from "../ui/use_is_mobile";
import { useLanguage } from "../ui/use_language";
import { useThemeName } from "../ui/use_theme";
import { createAppRouter } from "./router";

const ANTD_LOCALES = { "zh-CN": zhCN, "en-US": enUS } as const;
const DAYJS_LOCALES: Readonly<Record<Language, string>> = { "zh-CN": "zh-cn", "en-US": "en" };

function showProblem(problem: Problem): void {
  const key = problem.code === NETWORK ? "problem.network" : "problem.unexpected";
  toast.problem(problem, i18next.t(key, { ns: "ui" }));
}

const queryClient = createQueryClient({
  onSignedOut: () => {
    const { pathname, href } = router.state.location;
    if (pathname === "/sign-in") return;
    queryClient.clear();
    void router.navigate({ to: "/sign-in", search: { return: href } });
  },
  onProblem: showProblem,
});

const router = createAppRouter(queryClient);

/** Providers around the router: theme, language, server state. */
export function App(): JSX.Element {
  const themeName = useThemeName();
  const language = useLanguage();
  const isMobile = useIsMobile();
  const theme = useMemo(() => antdThemeOf(themeName, isMobile), [themeName, isMobile]);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = themeName;
  }, [themeName]);
  useLayoutEffect(() => {
    dayjs.locale(DAYJS_LOCALES[language]);
  }, [language]);
  return (
    <ConfigProvider
      theme={theme}
      locale={ANTD_LOCALES[language]}
      componentSize="middle"
      button={{ autoInsertSpace: false }}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <ToastList />
      </QueryClientProvider>
    </ConfigProvider>
  );
}
