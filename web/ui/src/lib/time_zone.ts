/**
 * The platform's time zone: times are shown and typed by its wall clock, as in its sheets, mail and numbers, wherever the
 * browser is. Until the session has told it, and where the browser does not know it, the browser's own.
 */
let zone: string | undefined;
let reader: Intl.DateTimeFormat | undefined;

/** Takes the zone that the session names. */
export function setTimeZone(name: string | undefined): void {
  if (name === zone) return;
  zone = name;
  try {
    reader = name
      ? new Intl.DateTimeFormat("en-US", {
          timeZone: name,
          hourCycle: "h23",
          year: "numeric",
          month: "numeric",
          day: "numeric",
          hour: "numeric",
          minute: "numeric",
          second: "numeric",
        })
      : undefined;
  } catch {
    reader = undefined;
  }
}

function fields(date: Date): readonly number[] | null {
  if (!reader || Number.isNaN(date.getTime())) return null;
  const found: Record<string, number> = {};
  for (const part of reader.formatToParts(date)) found[part.type] = Number(part.value);
  return ["year", "month", "day", "hour", "minute", "second"].map((name) => found[name] ?? 0);
}

/** A date whose local fields are what the platform's clock shows at `date`: for formatting and pickers alone. */
export function wallTime(date: Date): Date {
  const found = fields(date);
  if (!found) return date;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found;
  return new Date(year, month - 1, day, hour, minute, second, date.getMilliseconds());
}

function offsetAt(instant: number): number {
  const found = fields(new Date(instant));
  if (!found) return 0;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

/** The instant at which the platform's clock shows the local fields of `wall`; undoes `wallTime`. */
export function instantOf(wall: Date): Date {
  if (!reader) return wall;
  const asUtc = Date.UTC(
    wall.getFullYear(),
    wall.getMonth(),
    wall.getDate(),
    wall.getHours(),
    wall.getMinutes(),
    wall.getSeconds(),
  );
  // The offset at the instant itself, which is found by the one nearby; near a change of the clocks the second try is right.
  const first = asUtc - offsetAt(asUtc);
  return new Date(asUtc - offsetAt(first));
}
