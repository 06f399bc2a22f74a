/**
 * The visual language as data: every colour, radius and shadow of the product has its only definition here.
 * Components read `var(--dg-<name>)`; antd gets the same values through `theme.ts`.
 *
 * Hues come from painted dougong: azurite for what acts, cinnabar for what calls, paper and ink for the rest.
 */

export type ThemeName = "light" | "dark";

export const TAG_COLORS = ["grey", "blue", "cyan", "green", "gold", "orange", "red", "pink", "purple"] as const;

export type TagColor = (typeof TAG_COLORS)[number];

const light = {
  page: "#f5f6f8",
  surface: "#ffffff",
  raised: "#ffffff",
  sunken: "#eef0f4",
  hover: "#f0f3f7",
  selected: "#e6effa",
  border: "#e2e6ec",
  "border-strong": "#c5ccd6",
  text: "#18212d",
  "text-secondary": "#465263",
  "text-tertiary": "#5f6b7c",
  "text-disabled": "#98a2b0",
  primary: "#1c5fb0",
  "primary-hover": "#2a70c6",
  "primary-active": "#154b8e",
  "primary-subtle": "#e8f1fb",
  "primary-text": "#1a58a3",
  "on-primary": "#ffffff",
  cinnabar: "#c23d29",
  success: "#1d7a4b",
  "success-subtle": "#e5f5ec",
  warning: "#96580a",
  "warning-subtle": "#fdf1dc",
  error: "#bf2f26",
  "error-subtle": "#fdecea",
  mask: "rgb(16 24 36 / 45%)",
  "shadow-raised": "0 1px 2px rgb(20 30 45 / 6%), 0 1px 1px rgb(20 30 45 / 4%)",
  "shadow-floating": "0 8px 28px rgb(20 30 45 / 14%), 0 2px 6px rgb(20 30 45 / 8%)",
  "tag-grey-bg": "#edf0f4",
  "tag-grey-fg": "#465263",
  "tag-blue-bg": "#e3eefb",
  "tag-blue-fg": "#1b559e",
  "tag-cyan-bg": "#dcf3f5",
  "tag-cyan-fg": "#0f6470",
  "tag-green-bg": "#e0f4e8",
  "tag-green-fg": "#17663f",
  "tag-gold-bg": "#fbf3d3",
  "tag-gold-fg": "#745600",
  "tag-orange-bg": "#fdecd8",
  "tag-orange-fg": "#8a4a08",
  "tag-red-bg": "#fde7e4",
  "tag-red-fg": "#a82a20",
  "tag-pink-bg": "#fbe6f0",
  "tag-pink-fg": "#9a2a63",
  "tag-purple-bg": "#efe8fb",
  "tag-purple-fg": "#61389f",
  "art-from": "#163f73",
  "art-to": "#0d2747",
  "art-fill": "#1f5391",
  "art-block": "#2a69b3",
  "art-line": "#7db1ea",
  "art-accent": "#c94a35",
  "art-text": "#f4f8fd",
  "art-text-soft": "#bcd3ee",
} as const;

export type TokenName = keyof typeof light;

const dark: Readonly<Record<TokenName, string>> = {
  page: "#11151b",
  surface: "#181e26",
  raised: "#1f2731",
  sunken: "#141920",
  hover: "#222b36",
  selected: "#1d3350",
  border: "#2a3440",
  "border-strong": "#44515f",
  text: "#e7ebf1",
  "text-secondary": "#b6c0cd",
  "text-tertiary": "#95a1b1",
  "text-disabled": "#5d6979",
  primary: "#2f72c4",
  "primary-hover": "#3d82d6",
  "primary-active": "#2863ac",
  "primary-subtle": "#182d47",
  "primary-text": "#86b8f2",
  "on-primary": "#ffffff",
  cinnabar: "#e5705c",
  success: "#5fc58f",
  "success-subtle": "#143425",
  warning: "#e3b065",
  "warning-subtle": "#3a2b12",
  error: "#f0877d",
  "error-subtle": "#421c19",
  mask: "rgb(0 0 0 / 60%)",
  "shadow-raised": "0 1px 2px rgb(0 0 0 / 40%)",
  "shadow-floating": "0 10px 32px rgb(0 0 0 / 55%), 0 2px 6px rgb(0 0 0 / 40%)",
  "tag-grey-bg": "#2a3440",
  "tag-grey-fg": "#c3ccd8",
  "tag-blue-bg": "#18324f",
  "tag-blue-fg": "#9ec7f5",
  "tag-cyan-bg": "#123a40",
  "tag-cyan-fg": "#86d6e0",
  "tag-green-bg": "#143b29",
  "tag-green-fg": "#86d9ac",
  "tag-gold-bg": "#3c3310",
  "tag-gold-fg": "#e6cc6d",
  "tag-orange-bg": "#432c12",
  "tag-orange-fg": "#f0b97a",
  "tag-red-bg": "#471f1b",
  "tag-red-fg": "#f6a79f",
  "tag-pink-bg": "#431d31",
  "tag-pink-fg": "#f0a3c8",
  "tag-purple-bg": "#30224c",
  "tag-purple-fg": "#c9aef5",
  "art-from": "#12233a",
  "art-to": "#0c1420",
  "art-fill": "#1a3557",
  "art-block": "#23497a",
  "art-line": "#5a8fcb",
  "art-accent": "#b14632",
  "art-text": "#e7ebf1",
  "art-text-soft": "#9fb3cc",
};

export const THEMES: Readonly<Record<ThemeName, Readonly<Record<TokenName, string>>>> = { light, dark };

export const FONT =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", ' +
  '"Noto Sans CJK SC", "Noto Sans SC", "Helvetica Neue", Arial, sans-serif';

export const MONOSPACE = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace';

/** Below this width the page is a phone's: bottom bar, cards, full-width panels. */
export const MOBILE_WIDTH = 768;

const SHARED = {
  font: FONT,
  monospace: MONOSPACE,
  "radius-small": "4px",
  radius: "6px",
  "radius-large": "10px",
  "duration-fast": "120ms",
  duration: "200ms",
  ease: "cubic-bezier(0.2, 0, 0, 1)",
  "menu-width": "232px",
  "rail-width": "56px",
  "top-bar-height": "52px",
  "bottom-bar-height": "56px",
} as const;

export function token(name: TokenName): string {
  return `var(--dg-${name})`;
}

function declarations(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `--dg-${name}:${value};`)
    .join("");
}

/** The custom properties of both themes as one style sheet. */
export function tokenStyleSheet(): string {
  return (
    `:root{${declarations(SHARED)}${declarations(light)}color-scheme:light}` +
    `:root[data-theme="dark"]{${declarations(dark)}color-scheme:dark}`
  );
}
