import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { readDefinitionsSearch } from "../definitions/definition_search";
import { readDepartmentSearch, readUserSearch } from "../people/user_search";
import { readRolesSearch } from "../roles/role_search";
import { shell } from "./shell_route";

const admin = createRoute({
  getParentRoute: () => shell,
  path: "/admin",
  component: lazyRouteComponent(() => import("./AdminFrame"), "AdminFrame"),
});

const inAdmin = { getParentRoute: () => admin } as const;

const adminHome = createRoute({
  ...inAdmin,
  path: "/",
  component: lazyRouteComponent(() => import("./AdminPage"), "AdminPage"),
});

const adminUsers = createRoute({
  ...inAdmin,
  path: "/users",
  validateSearch: readUserSearch,
  component: lazyRouteComponent(() => import("../people/UserListPage"), "UserListPage"),
});

const adminUser = createRoute({
  ...inAdmin,
  path: "/users/$user",
  component: lazyRouteComponent(() => import("../people/UserPage"), "UserPage"),
});

const adminDepartments = createRoute({
  ...inAdmin,
  path: "/departments",
  validateSearch: readDepartmentSearch,
  component: lazyRouteComponent(() => import("../people/DepartmentsPage"), "DepartmentsPage"),
});

const adminRoles = createRoute({
  ...inAdmin,
  path: "/roles",
  validateSearch: readRolesSearch,
  component: lazyRouteComponent(() => import("../roles/RolesPage"), "RolesPage"),
});

const adminRole = createRoute({
  ...inAdmin,
  path: "/roles/$app/$role",
  component: lazyRouteComponent(() => import("../roles/RolePage"), "RolePage"),
});

const adminFlows = createRoute({
  ...inAdmin,
  path: "/flows",
  component: lazyRouteComponent(() => import("../flows/FlowListPage"), "FlowListPage"),
});

const adminDefinitions = createRoute({
  ...inAdmin,
  path: "/definitions",
  validateSearch: readDefinitionsSearch,
  component: lazyRouteComponent(() => import("../definitions/DefinitionsPage"), "DefinitionsPage"),
});

const adminDefinition = createRoute({
  ...inAdmin,
  path: "/definitions/$app/$kind/$key",
  component: lazyRouteComponent(() => import("../definitions/DefinitionPage"), "DefinitionPage"),
});

const adminJobs = createRoute({
  ...inAdmin,
  path: "/jobs",
  component: lazyRouteComponent(() => import("../operations/JobsPage"), "JobsPage"),
});

const adminPackages = createRoute({
  ...inAdmin,
  path: "/apps",
  component: lazyRouteComponent(() => import("../packages/PackagesPage"), "PackagesPage"),
});

/** The pages of the administrators; each has its line in `admin_entries.ts`. */
export const adminRoutes = admin.addChildren([
  adminHome,
  adminUsers,
  adminUser,
  adminDepartments,
  adminRoles,
  adminRole,
  adminFlows,
  adminDefinitions,
  adminDefinition,
  adminPackages,
  adminJobs,
]);
