import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Tag } from "../ui/Tag";
import { STATUS_COLORS } from "./statuses";

interface StatusTagProps {
  readonly status: string;
  /** Whose states: those of runs and steps, decisions of people, or what is sent outside. */
  readonly of: "status" | "decision" | "effect";
}

export function StatusTag({ status, of }: StatusTagProps): JSX.Element {
  const { t, i18n } = useTranslation("flows");
  const key = `${of}.${status}`;
  const text = i18n.exists(key, { ns: "flows" }) ? t(key as "status.running") : status;
  return <Tag color={STATUS_COLORS[status]}>{text}</Tag>;
}
