import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, Outlet, redirect } from "@tanstack/react-router";
import { isProblem } from "../lib/problem";
import { sessionQuery } from "../lib/session";
import { followAccountLanguage } from "./i18n";
import { NotFoundPage } from "./NotFoundPage";
import { Shell } from "./Shell";

interface RouterContext {
  readonly queryClient: QueryClient;
}

export const root = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: NotFoundPage });

/** The frame of every page that wants somebody signed in. */
export const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      const session = await context.queryClient.ensureQueryData(sessionQuery);
      await followAccountLanguage(session.user.language);
    } catch (error) {
      if (isProblem(error, 401)) throw redirect({ to: "/sign-in", search: { return: location.href } });
      throw error;
    }
  },
});
