import { Keyboard, LogOut } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useSignOut } from "../identity/use_sign_out";
import { useSession } from "../lib/session";
import { ActionMenu } from "../ui/ActionMenu";
import { Avatar } from "../ui/Avatar";
import styles from "./UserMenu.module.css";

interface UserMenuProps {
  readonly onOpenHelp: () => void;
}

export function UserMenu({ onOpenHelp }: UserMenuProps): JSX.Element {
  const { t } = useTranslation("app");
  const { user } = useSession();
  const signOut = useSignOut();
  const about = (
    <span className={styles.about}>
      <strong>{user.name}</strong>
      <span>{[user.username, user.department?.title].filter(Boolean).join(" · ")}</span>
    </span>
  );
  return (
    <ActionMenu
      placement="bottomRight"
      items={[
        { key: "about", type: "group", label: about },
        { type: "divider" },
        { key: "help", label: t("user.help"), icon: <Keyboard size={16} strokeWidth={1.75} /> },
        { key: "sign_out", label: t("user.sign_out"), icon: <LogOut size={16} strokeWidth={1.75} /> },
      ]}
      onChoose={(key) => (key === "help" ? onOpenHelp() : signOut())}
    >
      <button type="button" className={styles.button} aria-haspopup="menu">
        <Avatar name={user.name} size={28} />
        <span className="visually-hidden">{t("user.menu", { name: user.name })}</span>
      </button>
    </ActionMenu>
  );
}
