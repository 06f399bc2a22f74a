import type { JSX } from "react";
import { readDecimal } from "../../lib/decimal";
import { formatDecimal } from "../../lib/format";
import type { Json } from "../../lib/json";
import type { InputProps } from "../field_type";
import { NumberText } from "./NumberText";

/** JSON has whole numbers as numbers; past what a number holds exactly the text goes out and is refused with words. */
export function readInteger(text: string): Json {
  const read = readDecimal(text);
  if (read === null || !/^-?\d+$/.test(read)) return text;
  const number = Number(read);
  return Number.isSafeInteger(number) ? number : read;
}

export function IntegerInput(props: InputProps): JSX.Element {
  return <NumberText {...props} read={readInteger} show={formatDecimal} />;
}
