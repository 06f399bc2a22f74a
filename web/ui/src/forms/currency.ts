/** The currency of a money field; amounts without one are in yuan. */
export function currencyOf(options: Readonly<Record<string, unknown>>): string {
  return typeof options.currency === "string" ? options.currency : "CNY";
}
