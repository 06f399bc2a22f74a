import { Alert, Button } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../lib/problem";
import styles from "./packages.module.css";

interface ImportRefusalProps {
  readonly error: unknown;
  readonly isUpgrade: boolean;
  /** Looks again at what the file would do now. */
  readonly onTryAgain?: () => void;
}

/** Why a file does not come in: each place of the package with its sentence. */
export function ImportRefusal({ error, isUpgrade, onTryAgain }: ImportRefusalProps): JSX.Element {
  const { t } = useTranslation("packages");
  const problem = asProblem(error);
  const again = onTryAgain && <Button onClick={onTryAgain}>{t("import.look_again")}</Button>;
  const count = problem.errors.length;
  if (count === 0) {
    return <Alert type="error" role="alert" title={problem.detail || problem.title} description={again} />;
  }
  return (
    <Alert
      type="error"
      role="alert"
      title={t(isUpgrade ? "import.not_upgraded" : "import.refused", { count })}
      description={
        <>
          <ul className={styles.faults}>
            {problem.errors.map((one) => (
              <li key={one.pointer + one.code}>
                {/* What is wrong with the file as a whole has no place inside it. */}
                {one.pointer.startsWith("#") ? null : <code className={styles.place}>{one.pointer}</code>}
                {one.detail}
              </li>
            ))}
          </ul>
          {again}
        </>
      }
    />
  );
}
