import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../ui/Avatar";
import styles from "./DemoAccounts.module.css";

/** `GET /api/demo`; the list is empty outside of demo mode. */
export interface DemoJson {
  readonly demo: boolean;
  readonly users: readonly DemoUser[];
}

export interface DemoUser {
  readonly username: string;
  readonly name: string;
  readonly title: string;
}

interface DemoAccountsProps {
  readonly users: readonly DemoUser[];
  readonly isDisabled: boolean;
  readonly onChoose: (username: string) => void;
}

export function DemoAccounts({ users, isDisabled, onChoose }: DemoAccountsProps): JSX.Element {
  const { t } = useTranslation("identity");
  return (
    <section className={styles.section} aria-labelledby="demo-accounts">
      <h2 id="demo-accounts" className={styles.heading}>
        {t("sign_in.demo")}
      </h2>
      <p className={styles.detail}>{t("sign_in.demo_detail")}</p>
      <ul className={styles.list}>
        {users.map((user) => (
          <li key={user.username}>
            <button
              type="button"
              className={styles.account}
              disabled={isDisabled}
              onClick={() => onChoose(user.username)}
              data-username={user.username}
            >
              <Avatar name={user.name} size={26} />
              <span className={styles.who}>
                <span className={styles.title}>{user.title || user.name}</span>
                <span className={styles.username}>{user.username}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
