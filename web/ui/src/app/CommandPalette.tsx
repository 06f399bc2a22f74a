import { useNavigate } from "@tanstack/react-router";
import { Modal } from "antd";
import { Plus, Search } from "lucide-react";
import { type JSX, type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../lib/session";
import { Icon } from "../ui/Icon";
import { KeyHint } from "../ui/KeyHint";
import styles from "./CommandPalette.module.css";
import { type Command, commandsOf, matching } from "./commands";

interface CommandPaletteProps {
  readonly onClose: () => void;
}

/** Go anywhere and create anything without the mouse: a combobox over menus and forms. */
export function CommandPalette({ onClose }: CommandPaletteProps): JSX.Element {
  const { t } = useTranslation("app");
  const session = useSession();
  const navigate = useNavigate();
  const [search, setSearch] = useState("");
  const [active, setActive] = useState(0);
  const commands = matching(
    commandsOf(session, {
      home: t("nav.home"),
      tasks: t("nav.tasks"),
      runs: t("nav.runs"),
      apps: t("nav.apps"),
      me: t("nav.me"),
      create: (form) => t("palette.create_record", { form }),
      admin: t("admin.title"),
      adminEntry: (title) => t(title),
    }),
    search,
  );
  const run = (command: Command) => {
    onClose();
    void navigate({ href: command.href });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && commands.length > 0) {
      event.preventDefault();
      const next = (active + step + commands.length) % commands.length;
      setActive(next);
      document.getElementById(`command-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      const command = commands[active];
      if (command) run(command);
    }
  };
  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={false}
      title={<span className="visually-hidden">{t("palette.title")}</span>}
      width={560}
      style={{ top: "12vh" }}
      styles={{ container: { padding: 0 }, header: { margin: 0 } }}
    >
      <div className={styles.search}>
        <Search size={17} aria-hidden="true" />
        <input
          className={styles.input}
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type into it
          autoFocus
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          placeholder={t("palette.placeholder")}
          aria-label={t("palette.title")}
          role="combobox"
          aria-expanded="true"
          aria-controls="commands"
          aria-activedescendant={commands.length > 0 ? `command-${active}` : undefined}
          autoComplete="off"
        />
      </div>
      <div id="commands" className={styles.list} role="listbox" aria-label={t("palette.title")}>
        {commands.map((command, index) => (
          <div
            key={command.id}
            id={`command-${index}`}
            className={styles.command}
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            onMouseMove={() => setActive(index)}
            onClick={() => run(command)}
            onKeyDown={onKeyDown}
          >
            {command.kind === "create" ? <Plus size={17} aria-hidden="true" /> : <Icon name={command.icon} size={17} />}
            <span className={styles.title}>{command.title}</span>
            <span className={styles.where}>{command.where}</span>
          </div>
        ))}
      </div>
      {commands.length === 0 ? <p className={styles.nothing}>{t("palette.nothing", { search })}</p> : null}
      <footer className={styles.footer}>
        <KeyHint keys={["↑", "↓"]} /> {t("palette.hint_move")}
        <KeyHint keys={["↵"]} /> {t("palette.hint_open")}
      </footer>
    </Modal>
  );
}
