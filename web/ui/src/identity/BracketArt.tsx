import type { JSX } from "react";
import styles from "./BracketArt.module.css";

interface Tier {
  readonly y: number;
  readonly half: number;
  readonly blocks: number;
}

/** Each tier reaches further out than the one below: that is how a dougong carries a roof. */
const TIERS: readonly Tier[] = [
  { y: 270, half: 52, blocks: 2 },
  { y: 220, half: 88, blocks: 3 },
  { y: 170, half: 126, blocks: 4 },
  { y: 120, half: 166, blocks: 5 },
];

/** From the top of one arm to the top of the next; blocks fill what the arm leaves. */
const STEP = 50;
const ARM = 24;

const CENTER = 200;
const BLOCK = 30;

/** An arm: straight on top, its ends drawn up in a curve. */
function arm({ y, half }: Tier): string {
  const left = CENTER - half - 16;
  const right = CENTER + half + 16;
  return (
    `M${left} ${y}H${right}V${y + 6}C${right - 4} ${y + ARM} ${right - 22} ${y + ARM} ${right - 40} ${y + ARM}` +
    `H${left + 40}C${left + 22} ${y + ARM} ${left + 4} ${y + ARM} ${left} ${y + 6}Z`
  );
}

function block(x: number, y: number): string {
  const half = BLOCK / 2;
  const height = STEP - ARM;
  return `M${x - half} ${y}h${BLOCK}v${height - 10}l-6 10h-${BLOCK - 12}l-6-10z`;
}

function blocksOf(tier: Tier): readonly string[] {
  const step = (tier.half * 2) / (tier.blocks - 1);
  return Array.from({ length: tier.blocks }, (_, index) =>
    block(CENTER - tier.half + step * index, tier.y - STEP + ARM),
  );
}

/** The bracket set of the sign-in page, drawn from numbers so that it stays sharp and themed. */
export function BracketArt(): JSX.Element {
  return (
    <svg className={styles.art} viewBox="0 0 400 360" aria-hidden="true" focusable="false">
      <path className={styles.line} d="M0 8C60 40 130 50 200 50s140-10 200-42M14 26c54 24 120 33 186 33s132-9 186-33" />
      <path className={styles.beam} d="M8 70h384v24H8z" />
      {TIERS.map((tier) => (
        <g key={tier.y}>
          <path className={styles.arm} d={arm(tier)} />
          {blocksOf(tier).map((path) => (
            <path key={path} className={styles.block} d={path} />
          ))}
        </g>
      ))}
      <path className={styles.block} d="M156 294h88v14l-15 18h-58l-15-18z" />
      <path className={styles.arm} d="M174 326h52v34h-52z" />
    </svg>
  );
}
