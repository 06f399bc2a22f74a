import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Tag } from "../ui/Tag";
import { type ElementChange, KINDS, type PlaceChange } from "./package_types";
import styles from "./packages.module.css";
import { shortText } from "./value_text";

/** Changes of one definition that are told without being asked. */
const FEW = 3;

const COLORS = { added: "green", changed: "gold", removed: "red", moved: "grey" } as const;

interface ElementChangesProps {
  readonly items: readonly ElementChange[];
  /** All places are told without being asked. */
  readonly isOpen?: boolean;
}

/** Definitions that are new, changed or gone, each with its places. */
export function ElementChanges({ items, isOpen = false }: ElementChangesProps): JSX.Element {
  const { t } = useTranslation("packages");
  return (
    <ul className={styles.elements}>
      {items.map((item) => {
        const kind = KINDS.find((one) => one === item.kind);
        return (
          <li key={`${item.kind}/${item.key}`}>
            <Tag color={COLORS[item.change]}>{t(`change.${item.change}`)}</Tag>{" "}
            <span className={styles.faint}>{kind ? t(`kind.${kind}`) : item.kind}</span> {item.title}
            {item.change === "changed" && item.changes.length > 0 ? (
              <details open={isOpen || item.changes.length <= FEW}>
                <summary className={styles.faint}>{t("import.places", { count: item.changes.length })}</summary>
                <ul>
                  {item.changes.map((place) => (
                    <Place key={place.pointer + place.change} place={place} />
                  ))}
                </ul>
              </details>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

function Place({ place }: { readonly place: PlaceChange }): JSX.Element {
  const { t } = useTranslation(["packages", "ui"]);
  const words = { yes: t("ui:yes"), no: t("ui:no"), comma: t("value.comma") };
  const [before, after] = [shortText(place.before, words), shortText(place.after, words)];
  const told = {
    added: after,
    removed: before,
    changed: before !== null && after !== null ? `${before} → ${after}` : null,
    moved: null,
  }[place.change];
  return (
    <li title={place.pointer}>
      <span className={styles.faint}>{t(`change.${place.change}`)}</span> {place.at || t("change.whole")}
      {told === null || place.at.endsWith(told) ? null : <span className={styles.faint}> · {told}</span>}
    </li>
  );
}
