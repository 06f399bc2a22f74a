import type { JSX } from "react";
import type { InputProps } from "../field_type";
import { ReferenceSelect } from "./ReferenceSelect";

export function MemberInput(props: InputProps): JSX.Element {
  return <ReferenceSelect {...props} source="/api/members" />;
}
