import { Form, Input } from "antd";
import type { JSX } from "react";

interface KeyFieldProps {
  readonly label: string;
  /** What a key may be; also said where it is none. */
  readonly help: string;
}

/** The key of something new, in a form's field `key`: it never changes afterwards. */
export function KeyField({ label, help }: KeyFieldProps): JSX.Element {
  return (
    <Form.Item
      name="key"
      label={label}
      extra={help}
      rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{0,59}$/, message: help }]}
    >
      <Input maxLength={60} autoComplete="off" autoCapitalize="none" />
    </Form.Item>
  );
}
