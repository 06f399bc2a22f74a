import type { JSX } from "react";
import { path, splitName } from "../../lib/api";
import type { InputProps } from "../field_type";
import { ReferenceSelect } from "./ReferenceSelect";

export function RelationInput(props: InputProps): JSX.Element {
  const [app, form] = splitName(String(props.field.options.form ?? ""));
  return <ReferenceSelect {...props} source={path("relations", app, form)} />;
}
