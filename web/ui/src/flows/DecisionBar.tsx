import { useNavigate } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { Check, CornerUpLeft, X } from "lucide-react";
import { type JSX, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./DecisionBar.module.css";
import type { Decision, Task } from "./flow_types";
import { useDecide } from "./use_decide";

interface DecisionBarProps {
  readonly task: Task;
}

const ICONS = { approve: Check, reject: X, return: CornerUpLeft } as const;
/** A refusal without a reason helps nobody. */
const NEEDS_OPINION: ReadonlySet<Decision> = new Set(["reject", "return"]);
const ORDER: readonly Decision[] = ["return", "reject", "approve"];

/** Opinion and buttons, always in reach; after a decision the next task opens by itself. */
export function DecisionBar({ task }: DecisionBarProps): JSX.Element {
  const { t } = useTranslation("flows");
  const id = useId();
  const navigate = useNavigate();
  const [opinion, setOpinion] = useState("");
  const [isMissing, setMissing] = useState(false);
  const decide = useDecide(task, (next) =>
    next ? void navigate({ to: "/tasks/$task", params: { task: next } }) : void navigate({ to: "/tasks" }),
  );
  const press = (decision: Decision) => {
    if (decide.isPending) return;
    if (NEEDS_OPINION.has(decision) && opinion.trim() === "") {
      setMissing(true);
      document.getElementById(id)?.focus();
      return;
    }
    decide.mutate({ decision, opinion: opinion.trim() || null });
  };
  return (
    <section className={styles.bar} aria-label={t("task.opinion")}>
      <div className={styles.opinion}>
        <label htmlFor={id} className={styles.label}>
          {t("task.opinion")}
        </label>
        <Input.TextArea
          id={id}
          autoSize={{ minRows: 1, maxRows: 4 }}
          maxLength={2000}
          value={opinion}
          status={isMissing ? "error" : undefined}
          aria-invalid={isMissing}
          aria-describedby={`${id}-hint`}
          onChange={(event) => {
            setOpinion(event.target.value);
            setMissing(false);
          }}
        />
        <span id={`${id}-hint`} className={isMissing ? styles.error : styles.hint}>
          {isMissing ? t("task.opinion_needed") : t("task.opinion_hint")}
        </span>
      </div>
      <div className={styles.buttons}>
        {ORDER.filter((decision) => task.decisions.includes(decision)).map((decision) => {
          const Icon = ICONS[decision];
          return (
            <Button
              key={decision}
              size="large"
              type={decision === "approve" ? "primary" : "default"}
              danger={decision === "reject"}
              icon={<Icon size={17} />}
              loading={decide.isPending && decide.variables.decision === decision}
              onClick={() => press(decision)}
            >
              {t(`task.${decision}`)}
            </Button>
          );
        })}
      </div>
    </section>
  );
}
