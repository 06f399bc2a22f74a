import type { JSX } from "react";
import { readDecimal } from "../../lib/decimal";
import { currencySymbol, formatDecimal } from "../../lib/format";
import { currencyOf } from "../currency";
import type { InputProps } from "../field_type";
import { NumberText } from "./NumberText";

const SCALE = 2;

export function MoneyInput(props: InputProps): JSX.Element {
  return (
    <NumberText
      {...props}
      read={(text) => readDecimal(text) ?? text}
      show={(value) => formatDecimal(value, SCALE)}
      symbol={props.isInGrid ? undefined : currencySymbol(currencyOf(props.field.options)).trim()}
    />
  );
}
