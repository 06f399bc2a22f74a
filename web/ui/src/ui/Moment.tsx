import type { JSX } from "react";
import { formatAgo, formatDate, formatDateTime, formatExact } from "../lib/format";
import { useLanguage } from "./use_language";

interface MomentProps {
  /** A day (`2026-11-21`) or a moment in RFC 3339. */
  readonly value: string;
  readonly as: "date" | "datetime" | "ago";
}

const FORMATS = { date: formatDate, datetime: formatDateTime, ago: formatAgo } as const;

/** A date as people say it; the exact one in the tooltip. */
export function Moment({ value, as }: MomentProps): JSX.Element {
  const language = useLanguage();
  return (
    <time dateTime={value} title={formatExact(value, language)}>
      {FORMATS[as](value, language)}
    </time>
  );
}
