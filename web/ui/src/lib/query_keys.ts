/** Keys of cached server state. A prefix invalidates everything below it. */
export const keys = {
  records: (form: string) => ["records", form] as const,
  recordList: (form: string, query: unknown) => ["records", form, "list", query] as const,
  recordCount: (form: string, query: unknown) => ["records", form, "count", query] as const,
  record: (form: string, id: string) => ["records", form, "one", id] as const,
  schema: (form: string) => ["schema", form] as const,
  balance: (balance: string, query: unknown) => ["balances", balance, query] as const,
  tasks: () => ["tasks"] as const,
  taskList: (query: unknown) => ["tasks", "list", query] as const,
  instances: () => ["instances"] as const,
  instance: (id: string) => ["instances", id] as const,
  report: (name: string, query: unknown) => ["reports", name, query] as const,
  dashboard: (name: string) => ["dashboards", name] as const,
  notifications: () => ["notifications"] as const,
  demo: () => ["demo"] as const,
};
