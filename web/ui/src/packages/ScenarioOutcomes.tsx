import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { isObject, type Json } from "../lib/json";
import { Tag } from "../ui/Tag";
import type { ScenarioFailure, ScenarioOutcome } from "./package_types";
import styles from "./packages.module.css";
import { lineText } from "./value_text";

/** How scenarios ended; what failed says at which step, what was expected and what was found. */
export function ScenarioOutcomes({ items }: { readonly items: readonly ScenarioOutcome[] }): JSX.Element {
  const { t } = useTranslation("packages");
  const failed = items.filter((one) => !one.passed).length;
  return (
    <>
      <p role="status">
        {failed === 0
          ? t("test.all_passed", { count: items.length })
          : t("test.some_failed", { failed, count: items.length })}
      </p>
      <ul className={styles.elements}>
        {items.map((one) => (
          <li key={one.key}>
            <Tag color={one.passed ? "green" : "red"}>{t(one.passed ? "test.passed" : "test.failed")}</Tag> {one.title}{" "}
            <span className={styles.faint}>{t("test.steps", { count: one.steps })}</span>
            {one.failure ? <Failure failure={one.failure} /> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

function Failure({ failure }: { readonly failure: ScenarioFailure }): JSX.Element {
  const { t } = useTranslation("packages");
  // A step that was refused has nothing that was expected of it.
  const isClaim = failure.expected !== null;
  return (
    <div className={styles.failure}>
      <p>{failure.message}</p>
      <dl>
        <dt>{t("test.step")}</dt>
        <dd>
          <PlaceName place={failure.place} />
          {Object.entries(failure.step).map(([name, value]) => (
            <code key={name} className={styles.line}>
              {name}: {lineText(value)}
            </code>
          ))}
        </dd>
        {isClaim ? (
          <>
            <dt>{t("test.expected")}</dt>
            <dd>
              <Told value={failure.expected} />
            </dd>
          </>
        ) : null}
        {isClaim || failure.found !== null ? (
          <>
            <dt>{t("test.found")}</dt>
            <dd>
              <Told value={failure.found} />
            </dd>
          </>
        ) : null}
      </dl>
    </div>
  );
}

/** `story/0/then/1` as people count: part 1, claim 2. */
function PlaceName({ place }: { readonly place: string }): JSX.Element {
  const { t } = useTranslation("packages");
  const [part = "", first = "0", phase = "", second = "0"] = place.split("/");
  if (part === "given") return <span>{t("test.place_given", { step: Number(first) + 1 })}</span>;
  if (part !== "story") return <span>{t("test.place_people")}</span>;
  const numbers = { part: Number(first) + 1, step: Number(second) + 1 };
  return <span>{t(phase === "then" ? "test.place_then" : "test.place_when", numbers)}</span>;
}

/** A value, several by name, or a refusal with its sentences. */
function Told({ value }: { readonly value: Json }): JSX.Element {
  const { t } = useTranslation("packages");
  if (value === null) return <span className={styles.faint}>{t("test.nothing")}</span>;
  if (isObject(value) && typeof value.detail === "string") {
    const spots = Array.isArray(value.errors) ? (value.errors as readonly { readonly detail: string }[]) : [];
    return (
      <>
        <span>{t("test.refused", { reason: value.detail })}</span>
        {spots.map((spot) => (
          <span key={spot.detail} className={styles.line}>
            {spot.detail}
          </span>
        ))}
      </>
    );
  }
  if (!isObject(value)) return <span>{lineText(value) || t("test.nothing")}</span>;
  return (
    <>
      {Object.entries(value).map(([name, inner]) => (
        <code key={name} className={styles.line}>
          {name}: {inner === null ? t("test.nothing") : lineText(inner as Json)}
        </code>
      ))}
    </>
  );
}
