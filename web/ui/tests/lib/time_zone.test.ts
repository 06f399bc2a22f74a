import { afterEach, describe, expect, it } from "vitest";
import { formatDate, formatDateTime } from "../../src/lib/format";
import { instantOf, setTimeZone, wallTime } from "../../src/lib/time_zone";

afterEach(() => setTimeZone(undefined));

describe("the platform's time zone", () => {
  it.each([
    ["Asia/Shanghai", "2026-11-21T20:30:00Z", [2026, 11, 22, 4, 30]],
    ["America/New_York", "2026-11-21T20:30:00Z", [2026, 11, 21, 15, 30]],
    ["America/New_York", "2026-07-01T20:30:00Z", [2026, 7, 1, 16, 30]],
    ["Asia/Kolkata", "2026-11-21T18:29:59Z", [2026, 11, 21, 23, 59]],
  ])("shows the wall clock of %s at %s", (zone, instant, expected) => {
    setTimeZone(zone);
    const wall = wallTime(new Date(instant));
    expect([wall.getFullYear(), wall.getMonth() + 1, wall.getDate(), wall.getHours(), wall.getMinutes()]).toEqual(
      expected,
    );
    expect(instantOf(wall).toISOString()).toBe(new Date(instant).toISOString());
  });

  it("says today by the platform's day, not by the browser's", () => {
    const now = new Date("2026-11-21T20:30:00Z");
    setTimeZone("Asia/Shanghai");
    expect(formatDate("2026-11-22", "en-US", now)).toBe("Today");
    expect(formatDateTime("2026-11-21T17:00:00Z", "en-US", now)).toBe("Today 01:00");
    setTimeZone("America/New_York");
    expect(formatDate("2026-11-21", "en-US", now)).toBe("Today");
  });

  it("keeps the browser's own where the zone is unknown", () => {
    setTimeZone("Nowhere/Else");
    const now = new Date("2026-11-21T20:30:00Z");
    expect(wallTime(now)).toBe(now);
    expect(instantOf(now)).toBe(now);
  });
});
