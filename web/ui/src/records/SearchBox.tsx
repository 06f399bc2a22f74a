import { Input, type InputRef } from "antd";
import { CircleX, Search } from "lucide-react";
import { type JSX, type Ref, useEffect, useEffectEvent, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./SearchBox.module.css";

interface SearchBoxProps {
  readonly value: string;
  readonly onSearch: (text: string) => void;
  readonly ref: Ref<HTMLInputElement>;
}

const DELAY_MS = 250;

/** Asks when typing pauses; Escape empties it. */
export function SearchBox({ value, onSearch, ref }: SearchBoxProps): JSX.Element {
  const { t } = useTranslation("records");
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const input = useRef<InputRef>(null);
  useImperativeHandle(ref, () => input.current?.input as HTMLInputElement, []);
  if (seen !== value) {
    // The address changed from elsewhere (Back, "clear filters"): follow it.
    setSeen(value);
    if (value !== text.trim()) setText(value);
  }
  const search = useEffectEvent(() => {
    const wanted = text.trim();
    if (wanted !== value) onSearch(wanted);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the timer starts again with every change of the text
  useEffect(() => {
    const timer = setTimeout(search, DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <Input
      ref={input}
      className={styles.box}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onPressEnter={search}
      onKeyDown={(event) => {
        if (event.key === "Escape" && text) setText("");
      }}
      prefix={<Search size={15} className={styles.icon} aria-hidden="true" />}
      placeholder={t("search")}
      aria-label={t("search")}
      aria-keyshortcuts="/"
      type="search"
      maxLength={200}
      allowClear={{ clearIcon: <CircleX size={14} role="img" aria-label={t("search.clear")} /> }}
    />
  );
}
