import type { JSX } from "react";
import styles from "./BracketArt.module.css";

interface Tier {
  readonly y: number;
  readonly half: number;
  readonly blocks: number;
}

/** Each tier reaches further out than the one below: that is how a dougong carries a roof. */
const TIERS: readonly Tier[] = [
  { y: 250, half: 46, blocks: 2 },
  { y: 196, half: 84, blocks: 3 },
  { y: 142, half: 128, blocks: 4 },
  { y: 88, half: 176, blocks: 5 },
];

const CENTER = 200;
const BLOCK = 26;

function arm({ y, half }: Tier): string {
  const bend = 16;
  return (
    `M${CENTER - half - 14} ${y}H${CENTER + half + 14}V${y + 8}` +
    `C${CENTER + half + 14} ${y + 20} ${CENTER + half - bend} ${y + 26} ${CENTER + half - bend * 2} ${y + 26}` +
    `H${CENTER - half + bend * 2}C${CENTER - half + bend} ${y + 26} ${CENTER - half - 14} ${y + 20} ${CENTER - half - 14} ${y + 8}Z`
  );
}

function block(x: number, y: number): string {
  const half = BLOCK / 2;
  return `M${x - half} ${y}h${BLOCK}v9l-5 9h-${BLOCK - 10}l-5-9z`;
}

function blocksOf(tier: Tier): readonly string[] {
  const step = (tier.half * 2) / (tier.blocks - 1);
  return Array.from({ length: tier.blocks }, (_, index) => block(CENTER - tier.half + step * index, tier.y - 22));
}

/** The bracket set of the sign-in page, drawn from numbers so that it stays sharp and themed. */
export function BracketArt(): JSX.Element {
  return (
    <svg className={styles.art} viewBox="0 0 400 360" aria-hidden="true" focusable="false">
      <path className={styles.beam} d="M4 34h392v24H4z" />
      <path className={styles.line} d="M4 22h392M4 14h392" />
      {TIERS.map((tier) => (
        <g key={tier.y}>
          <path className={styles.arm} d={arm(tier)} />
          {blocksOf(tier).map((path) => (
            <path key={path} className={styles.block} d={path} />
          ))}
        </g>
      ))}
      <path className={styles.block} d="M158 284h84v16l-14 20h-56l-14-20z" />
      <path className={styles.arm} d="M176 322h48v38h-48z" />
    </svg>
  );
}
