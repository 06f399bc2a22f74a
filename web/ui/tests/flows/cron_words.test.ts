import { createInstance, type TFunction } from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { readCron } from "../../src/flows/cron";
import { cronWords } from "../../src/flows/cron_words";
import { texts } from "../../src/flows/flow_list_texts";

const words: Record<string, TFunction<"flow_list">> = {};

beforeAll(async () => {
  const i18n = createInstance();
  const resources = Object.fromEntries(Object.entries(texts).map(([name, all]) => [name, { flow_list: all }]));
  await i18n.init({ resources, lng: "zh-CN", keySeparator: false, interpolation: { escapeValue: false } });
  for (const name of Object.keys(texts)) words[name] = i18n.getFixedT(name, "flow_list");
});

function said(cron: string, language: string): string | null {
  const t = words[language];
  if (!t) throw new Error(language);
  return cronWords(cron, t, language);
}

describe("cronWords", () => {
  it.each([
    ["30 8 * * *", "每天 08:30", "Every day at 08:30"],
    ["0 8,12,18 * * *", "每天 08:00、12:00、18:00", "Every day at 08:00, 12:00, and 18:00"],
    ["0,30 9 * * *", "每天 09:00、09:30", "Every day at 09:00 and 09:30"],
    ["0 9 * * 1", "每周一 09:00", "Every Monday at 09:00"],
    ["0 9 * * MON,wed", "每周一、周三 09:00", "Every Monday and Wednesday at 09:00"],
    ["0 9 * * 1-5", "每周一至周五 09:00", "Every Monday to Friday at 09:00"],
    ["0 9 * * 0", "每周日 09:00", "Every Sunday at 09:00"],
    ["0 9 * * 7", "每周日 09:00", "Every Sunday at 09:00"],
    ["0 9 * * 0,6", "每周六、周日 09:00", "Every Saturday and Sunday at 09:00"],
    ["0 9 1 * *", "每月 1 日 09:00", "On day 1 of every month at 09:00"],
    ["0 9 1,15 * *", "每月 1 日、15 日 09:00", "On day 1 and day 15 of every month at 09:00"],
    ["0 9 1-5 * *", "每月 1 至 5 日 09:00", "On days 1 to 5 of every month at 09:00"],
    ["0 18 L * *", "每月最后一天 18:00", "On the last day of every month at 18:00"],
    ["0 0 1 1 *", "每年 1 月 1 日 00:00", "Every year on day 1 of January at 00:00"],
    [
      "0 9 1 */3 *",
      "每年 1 月、4 月、7 月、10 月 1 日 09:00",
      "Every year on day 1 of January, April, July, and October at 09:00",
    ],
    ["0 9 * dec *", "12 月每天 09:00", "Every day in December at 09:00"],
    ["* * * * *", "每分钟", "Every minute"],
    ["*/15 * * * *", "每 15 分钟", "Every 15 minutes"],
    ["0 * * * *", "每小时整点", "Every hour on the hour"],
    ["20 * * * *", "每小时第 20 分", "Every hour at minute 20"],
    ["15 */2 * * *", "每 2 小时，从 00:15 起", "Every 2 hours from 00:15"],
    ["0 9-17 * * *", "09:00 至 17:00 每小时", "Every hour from 09:00 to 17:00"],
    [
      "*/30 9-17 * * 1-5",
      "每周一至周五 09:00 至 17:30 每 30 分钟",
      "Every Monday to Friday, every 30 minutes from 09:00 to 17:30",
    ],
    ["*/5 9 * * *", "09:00 至 09:55 每 5 分钟", "Every 5 minutes from 09:00 to 09:55"],
    ["0 9 L 2 *", "每年 2 月 最后一天 09:00", "Every year on the last day of February at 09:00"],
    ["0 0 1-31 1-12 *", "每天 00:00", "Every day at 00:00"],
  ])("says %s", (cron, chinese, english) => {
    expect(said(cron, "zh-CN")).toBe(chinese);
    expect(said(cron, "en-US")).toBe(english);
  });

  it.each([
    "0 9 1 * 1", // the first of the month or a Monday
    "0 9 1-31 * 1", // any day or a Monday
    "0 9 * 6 1",
    "0 9 * * 1#2",
    "0 9 LW * *",
    "0 9 */2 * *",
    "*/7 * * * *",
    "0 22-2 * * *",
    "0 1,2,3,5,8,13,21 * * *",
    "0 9 * *",
    "0 9 * * * *",
    "60 9 * * *",
    "0 9 * * 8",
    "",
  ])("has no words for %s", (cron) => {
    expect(said(cron, "zh-CN")).toBeNull();
  });
});

describe("readCron", () => {
  it("reads lists, ranges, steps and names", () => {
    expect(readCron(" 5,1-3 20/2  *  JAN,jul Fri-7 ")).toEqual({
      minutes: [1, 2, 3, 5],
      hours: [20, 22],
      days: Array.from({ length: 31 }, (_, at) => at + 1),
      months: [1, 7],
      weekdays: [0, 5, 6],
    });
  });
});
