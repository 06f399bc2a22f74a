import { Alert, Button, Radio } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { grouped } from "../lib/grouped";
import { type Choices, type Conflict, SIDES, type Side } from "./package_types";
import styles from "./packages.module.css";
import { ValueText } from "./ValueText";

interface ConflictChooserProps {
  readonly conflicts: readonly Conflict[];
  readonly choices: Choices;
  readonly onChoose: (choices: Choices) => void;
}

/** The document that a conflict is in, and the place inside it: `表单 › 客户`, `电话 › 标题`. */
function placeOf({ at }: Conflict): readonly [string, string] {
  const words = at.split(" › ");
  return [words.slice(0, 2).join(" › "), words.slice(2).join(" › ")];
}

/** What both sides changed, document by document: each place is chosen, or all of them at once. */
export function ConflictChooser({ conflicts, choices, onChoose }: ConflictChooserProps): JSX.Element {
  const { t } = useTranslation("packages");
  const chosen = conflicts.filter(({ pointer }) => choices[pointer]).length;
  const isComplete = chosen === conflicts.length;
  const documents = grouped(conflicts, (conflict) => placeOf(conflict)[0]);
  const all = (side: Side) => onChoose(Object.fromEntries(conflicts.map(({ pointer }) => [pointer, side])));
  return (
    <section className={styles.stack} aria-label={t("conflict.label")}>
      <Alert
        type={isComplete ? "success" : "warning"}
        title={t("conflict.title", { count: conflicts.length })}
        description={
          <div className={styles.chosen}>
            <span role="status">
              {isComplete ? t("conflict.all_chosen") : t("conflict.chosen", { chosen, count: conflicts.length })}
            </span>
            {SIDES.map((side) => (
              <Button key={side} size="small" onClick={() => all(side)}>
                {t(`conflict.all_${side}`)}
              </Button>
            ))}
          </div>
        }
      />
      {documents.map(([document, places]) => (
        <section key={document} className={styles.document} aria-label={document}>
          <h3>{document}</h3>
          {places.map((conflict) => (
            <Choice
              key={conflict.pointer}
              conflict={conflict}
              chosen={choices[conflict.pointer] ?? null}
              onChoose={(side) => onChoose({ ...choices, [conflict.pointer]: side })}
            />
          ))}
        </section>
      ))}
    </section>
  );
}

interface ChoiceProps {
  readonly conflict: Conflict;
  readonly chosen: Side | null;
  readonly onChoose: (side: Side) => void;
}

function Choice({ conflict, chosen, onChoose }: ChoiceProps): JSX.Element {
  const { t } = useTranslation("packages");
  const gone = t(conflict.base === null ? "conflict.none" : "conflict.gone");
  return (
    <fieldset className={styles.conflict}>
      <legend title={conflict.pointer}>{placeOf(conflict)[1] || conflict.at}</legend>
      <div className={styles.base}>
        <span>{t("conflict.base")}</span>
        <div>
          <ValueText value={conflict.base} none={t("conflict.none")} />
        </div>
      </div>
      <Radio.Group
        value={chosen}
        onChange={(event) => onChoose(event.target.value as Side)}
        className={styles.sides}
        options={SIDES.map((side) => ({
          value: side,
          label: (
            <span className={styles.side}>
              <span>{t(`conflict.${side}`)}</span>
              <span>
                <ValueText value={conflict[side]} none={gone} />
              </span>
            </span>
          ),
        }))}
      />
    </fieldset>
  );
}
