/**
 * The pages of the administrators, in the order of the menu: the side menu, the page `/admin` and the palette read this
 * one list. A new page is a line here, its route below `admin` in `router.tsx`, and two texts in `texts.ts`.
 */
export const ADMIN_ENTRIES = [
  { to: "/admin/users", icon: "users", title: "admin.users", detail: "admin.users_detail" },
  { to: "/admin/departments", icon: "apartment", title: "admin.departments", detail: "admin.departments_detail" },
  { to: "/admin/roles", icon: "shield", title: "admin.roles", detail: "admin.roles_detail" },
  { to: "/admin/flows", icon: "workflow", title: "admin.flows", detail: "admin.flows_detail" },
  { to: "/admin/definitions", icon: "json", title: "admin.definitions", detail: "admin.definitions_detail" },
  { to: "/admin/apps", icon: "box", title: "admin.apps", detail: "admin.apps_detail" },
  { to: "/admin/jobs", icon: "gauge", title: "admin.jobs", detail: "admin.jobs_detail" },
] as const;
