import type { TFunction } from "i18next";
import { type Cron, readCron, stepOf } from "./cron";

type Translate = TFunction<"flow_list">;

/** So many times of day, days or months still make a sentence. */
const LISTED = 6;

/**
 * A cron expression as people say it: every day at 08:30, every Monday at 09:00.
 *
 * Null where there is no simple sentence for it; the expression itself is shown then.
 */
export function cronWords(text: string, t: Translate, language: string): string | null {
  const cron = readCron(text);
  if (!cron) return null;
  const days = dayWords(cron, t, language);
  const times = clockTimes(cron);
  if (days === null) return null;
  if (times) return sentence(t("cron.at", { days, times: list(times, language) }));
  const interval = intervalWords(cron, t);
  if (interval === null) return null;
  return sentence(isEveryDay(cron) ? interval : t("cron.during", { days, interval }));
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The times of a day, where they are few. */
function clockTimes({ minutes, hours }: Cron): string[] | null {
  if (minutes.length * hours.length > LISTED) return null;
  return hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute)));
}

function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

function intervalWords(cron: Cron, t: Translate): string | null {
  return cron.minutes.length === 1 ? hourlyWords(cron, t) : minutelyWords(cron, t);
}

function hourlyWords({ minutes, hours }: Cron, t: Translate): string | null {
  const [minute = 0] = minutes;
  const [hour = 0] = hours;
  const step = stepOf(hours) ?? 0;
  if (hours.length === 24) return minute === 0 ? t("cron.hour") : t("cron.hour_at", { minute });
  const from = clock(hour, minute);
  if (step > 1 && step * hours.length === 24) return t("cron.hours", { count: step, from });
  const to = clock(hours.at(-1) ?? hour, minute);
  return step === 1 ? t("cron.between", { from, to, interval: t("cron.hour_each") }) : null;
}

/** From the hour on, in steps that come out even, over hours without a gap. */
function minutelyWords({ minutes, hours }: Cron, t: Translate): string | null {
  const [hour = 0] = hours;
  const step = stepOf(minutes) ?? 0;
  const isEven = minutes[0] === 0 && step * minutes.length === 60;
  if (!isEven || (stepOf(hours) ?? 2) > 1) return null;
  const interval = step === 1 ? t("cron.minute") : t("cron.minutes", { count: step });
  if (hours.length === 24) return interval;
  const to = clock(hours.at(-1) ?? hour, minutes.at(-1) ?? 0);
  return t("cron.between", { from: clock(hour, 0), to, interval });
}

function isEveryDay({ days, months, weekdays }: Cron): boolean {
  return days.length === 31 && months.length === 12 && weekdays.length === 7;
}

/** Null where days of the month and weekdays are meant at once. */
function dayWords(cron: Cron, t: Translate, language: string): string | null {
  const { days, months, weekdays } = cron;
  if (isEveryDay(cron)) return t("cron.daily");
  if (weekdays.length < 7) {
    if (days.length !== 31 || months.length !== 12) return null;
    return t("cron.weekly", { days: weekdayWords(weekdays, t, language) });
  }
  if (months.length === 12) {
    if (days.length === 0) return t("cron.last");
    const said = monthDayWords(days, t, language);
    return said === null ? null : t("cron.monthly", { days: said });
  }
  const year = new Date(2024, 0, 1);
  const names = months.map((month) => {
    year.setMonth(month - 1);
    return t("cron.month", { number: month, name: new Intl.DateTimeFormat(language, { month: "long" }).format(year) });
  });
  const said = list(names, language);
  if (days.length === 31) return t("cron.in_months", { months: said });
  const which = monthDayWords(days, t, language);
  return which === null ? null : t("cron.yearly", { months: said, days: which });
}

function weekdayWords(weekdays: readonly number[], t: Translate, language: string): string {
  const name = (weekday: number): string => {
    // 2024-09-01 was a Sunday.
    const date = new Date(2024, 8, 1 + weekday);
    return new Intl.DateTimeFormat(language, { weekday: language === "zh-CN" ? "short" : "long" }).format(date);
  };
  // A week ends on Sunday.
  const week = [...weekdays].sort((one, other) => ((one + 6) % 7) - ((other + 6) % 7));
  const [first = 0] = week;
  const last = week.at(-1) ?? first;
  const isRange = week.length > 2 && stepOf(week.map((weekday) => (weekday + 6) % 7)) === 1;
  return isRange ? t("cron.range", { from: name(first), to: name(last) }) : list(week.map(name), language);
}

function monthDayWords(days: readonly number[], t: Translate, language: string): string | null {
  const [first = 0] = days;
  if (first === 0) return t("cron.last_day");
  if (days.length > 2 && stepOf(days) === 1) return t("cron.days", { from: first, to: days.at(-1) });
  if (days.length > LISTED) return null;
  return list(
    days.map((day) => t("cron.day", { day })),
    language,
  );
}

function list(words: readonly string[], language: string): string {
  return language === "zh-CN" ? words.join("、") : new Intl.ListFormat(language, { type: "conjunction" }).format(words);
}
