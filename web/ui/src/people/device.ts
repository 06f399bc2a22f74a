const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["MicroMessenger", "WeChat"],
  ["DingTalk", "DingTalk"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;

const SYSTEMS = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["Mac OS", "macOS"],
  ["Linux", "Linux"],
] as const;

/** "Chrome · Windows" from a browser's long name of itself; what is no browser is named as it names itself. */
export function deviceOf(agent: string | null): string | null {
  if (!agent) return null;
  const browser = BROWSERS.find(([mark]) => agent.includes(mark))?.[1];
  const system = SYSTEMS.find(([mark]) => agent.includes(mark))?.[1];
  const named = [browser, system].filter(Boolean).join(" · ");
  return named || (agent.split(/[\s/]/)[0] ?? agent);
}
