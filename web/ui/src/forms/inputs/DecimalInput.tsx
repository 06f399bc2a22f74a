import type { JSX } from "react";
import { readDecimal } from "../../lib/decimal";
import { formatDecimal, trimZeros } from "../../lib/format";
import type { InputProps } from "../field_type";
import { NumberText } from "./NumberText";

export function DecimalInput(props: InputProps): JSX.Element {
  return (
    <NumberText
      {...props}
      read={(text) => readDecimal(text) ?? text}
      show={(value) => formatDecimal(trimZeros(value))}
      raw={trimZeros}
    />
  );
}
