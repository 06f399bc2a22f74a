import { tagColor } from "../ui/Tag";
import { THEMES, type ThemeName, type TokenName } from "../ui/tokens";
import type { Tone } from "./report_types";

/** Colours of drawings: a canvas cannot read CSS variables, so it gets the tokens' values of the theme in force. */
export interface Palette {
  readonly series: readonly string[];
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly surface: string;
  /** The colour of a measure that means something to its reader; undefined for one that does not. */
  readonly toned: (tone: Tone | null | undefined) => string | undefined;
  /** The colour that an option's definition names, strong enough for an area; undefined for none. */
  readonly named: (color: string | null | undefined) => string | undefined;
}

const SERIES: readonly TokenName[] = [
  "primary",
  "success",
  "warning",
  "tag-purple-fg",
  "tag-cyan-fg",
  "tag-pink-fg",
  "tag-gold-fg",
  // Last: red reads as a warning.
  "cinnabar",
];

const TONES: Readonly<Record<Tone, TokenName>> = {
  neutral: "text-tertiary",
  accent: "primary",
  positive: "success",
  warning: "warning",
  negative: "error",
};

export function palette(theme: ThemeName): Palette {
  const tokens = THEMES[theme];
  return {
    series: SERIES.map((name) => tokens[name]),
    text: tokens.text,
    faint: tokens["text-tertiary"],
    line: tokens.border,
    surface: tokens.surface,
    toned: (tone) => (tone ? tokens[TONES[tone]] : undefined),
    named: (color) => (color ? tokens[`tag-${tagColor(color)}-fg` as TokenName] : undefined),
  };
}
