import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { readListSearch } from "../records/list_search";
import { readReportSearch } from "../reports/shared_filters";
import { adminRoutes } from "./admin_routes";
import { CrashPage } from "./CrashPage";
import { NotFoundPage } from "./NotFoundPage";
import { PendingPage } from "./PendingPage";
import { root, shell } from "./shell_route";

function readText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { return?: string } => ({ return: readText(search.return) }),
  component: lazyRouteComponent(() => import("../identity/SignInPage"), "SignInPage"),
});

const inShell = { getParentRoute: () => shell } as const;

const home = createRoute({
  ...inShell,
  path: "/",
  component: lazyRouteComponent(() => import("./HomePage"), "HomePage"),
});

const me = createRoute({ ...inShell, path: "/me", component: lazyRouteComponent(() => import("./MePage"), "MePage") });

const apps = createRoute({
  ...inShell,
  path: "/apps",
  component: lazyRouteComponent(() => import("../apps/AppsPage"), "AppsPage"),
});

const app = createRoute({
  ...inShell,
  path: "/apps/$app",
  component: lazyRouteComponent(() => import("../apps/AppPage"), "AppPage"),
});

const recordList = createRoute({
  ...inShell,
  path: "/apps/$app/forms/$form",
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import("../records/RecordListPage"), "RecordListPage"),
});

const newRecord = createRoute({
  ...inShell,
  path: "/apps/$app/forms/$form/new",
  component: lazyRouteComponent(() => import("../records/RecordPage"), "RecordPage"),
});

const record = createRoute({
  ...inShell,
  path: "/apps/$app/forms/$form/$record",
  component: lazyRouteComponent(() => import("../records/RecordPage"), "RecordPage"),
});

const balance = createRoute({
  ...inShell,
  path: "/apps/$app/balances/$balance",
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import("../records/BalancePage"), "BalancePage"),
});

const report = createRoute({
  ...inShell,
  path: "/apps/$app/reports/$report",
  validateSearch: readReportSearch,
  component: lazyRouteComponent(() => import("../reports/ReportPage"), "ReportPage"),
});

const dashboard = createRoute({
  ...inShell,
  path: "/apps/$app/dashboards/$dashboard",
  validateSearch: readReportSearch,
  component: lazyRouteComponent(() => import("../reports/DashboardPage"), "DashboardPage"),
});

const tasks = createRoute({
  ...inShell,
  path: "/tasks",
  component: lazyRouteComponent(() => import("../flows/TaskInboxPage"), "TaskInboxPage"),
});

const task = createRoute({
  ...inShell,
  path: "/tasks/$task",
  component: lazyRouteComponent(() => import("../flows/TaskPage"), "TaskPage"),
});

const instances = createRoute({
  ...inShell,
  path: "/instances",
  component: lazyRouteComponent(() => import("../flows/RunListPage"), "RunListPage"),
});

const instance = createRoute({
  ...inShell,
  path: "/instances/$instance",
  component: lazyRouteComponent(() => import("../flows/RunPage"), "RunPage"),
});

const routeTree = root.addChildren([
  signIn,
  shell.addChildren([
    home,
    me,
    apps,
    app,
    recordList,
    newRecord,
    record,
    balance,
    report,
    dashboard,
    tasks,
    task,
    instances,
    instance,
    adminRoutes,
  ]),
]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: "intent",
    defaultPendingMs: 200,
    defaultPendingMinMs: 0,
    defaultPendingComponent: PendingPage,
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
    scrollToTopSelectors: ["#main"],
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
