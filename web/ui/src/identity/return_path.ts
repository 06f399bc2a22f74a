/** Only paths of this page: an address in `return` must not lead to another site. */
export function safeReturn(path: string | undefined): string {
  return path?.startsWith("/") && !path.startsWith("//") && !path.startsWith("/\\") ? path : "/";
}
