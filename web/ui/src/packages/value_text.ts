import { isObject, type Json } from "../lib/json";

/** Longer texts are shown on lines of their own. */
const SHORT = 60;

interface Words {
  readonly yes: string;
  readonly no: string;
  readonly comma: string;
}

/** What a value of a definition says to people; `null` for what only its JSON can tell. */
export function valueText(value: Json, words: Words): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(words.comma);
  if (isObject(value) && typeof value.title === "string") return value.title;
  return null;
}

/** The same, where it fits on one line beside others. */
export function shortText(value: Json, words: Words): string | null {
  const text = valueText(value, words);
  return text !== null && text !== "" && text.length <= SHORT ? text : null;
}

/** Whether there is more to a value than its text says. */
export function hasDetails(value: Json): boolean {
  return typeof value === "object" && value !== null && !(Array.isArray(value) && value.every(isText));
}

function isText(value: Json): boolean {
  return typeof value === "string";
}

/** An object of a scenario on one line: `status = submitted, total = 12000`. */
export function lineText(value: Json): string {
  if (Array.isArray(value)) return value.map(lineText).join("; ");
  if (!isObject(value)) return String(value ?? "");
  if (typeof value.title === "string") return value.title;
  return Object.entries(value)
    .map(([name, inner]) => `${name} = ${isObject(inner) ? `{ ${lineText(inner as Json)} }` : lineText(inner as Json)}`)
    .join(", ");
}

/** Whether a version (`1.2.0`) comes before another. */
export function isOlder(version: string, other: string): boolean {
  const [one, two] = [version, other].map((text) => text.split(".").map(Number));
  const at = one?.findIndex((part, index) => part !== two?.[index]) ?? -1;
  return at >= 0 && (one?.[at] ?? 0) < (two?.[at] ?? 0);
}
