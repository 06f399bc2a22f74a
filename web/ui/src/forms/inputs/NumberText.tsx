import { Input as AntdInput } from "antd";
import { type JSX, useState } from "react";
import type { Json } from "../../lib/json";
import type { InputProps } from "../field_type";
import styles from "./inputs.module.css";

interface NumberTextProps extends InputProps {
  /** What was typed as a value; a text that is no number stays a text, which the server refuses with the reason. */
  readonly read: (text: string) => Json;
  /** The value as people read it, while nobody types. */
  readonly show: (value: string) => string;
  /** The value as one types on. */
  readonly raw?: (value: string) => string;
  readonly symbol?: string;
}

interface Typed {
  readonly text: string;
  readonly value: Json;
}

/** A number as text: every digit is kept, grouped when one leaves it. */
export function NumberText(props: NumberTextProps): JSX.Element {
  const [isFocused, setFocused] = useState(false);
  const [typed, setTyped] = useState<Typed | null>(null);
  const value = props.value === undefined || props.value === "" ? null : (props.value as Json);
  const stands = value === null ? "" : String(value);
  const raw = props.raw ? props.raw(stands) : stands;
  const editing = typed && typed.value === value ? typed.text : raw;
  return (
    <AntdInput
      id={props.id}
      className={styles.number}
      value={isFocused ? editing : stands && props.show(stands)}
      onChange={(event) => {
        const { value: text } = event.target;
        const next = text.trim() === "" ? null : props.read(text);
        setTyped({ text, value: next });
        props.onChange(next);
      }}
      onFocus={(event) => {
        setFocused(true);
        if (!props.isInGrid) {
          const { target } = event;
          requestAnimationFrame(() => target.select());
        }
      }}
      onBlur={() => {
        setFocused(false);
        setTyped(null);
        props.onBlur?.();
      }}
      inputMode="decimal"
      prefix={props.symbol ? <span className={styles.symbol}>{props.symbol}</span> : undefined}
      variant={props.isInGrid ? "borderless" : undefined}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      autoFocus={props.shouldFocus}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.hasError}
      autoComplete="off"
    />
  );
}
