import { createLink } from "@tanstack/react-router";
import { Button, type ButtonProps } from "antd";
import type { JSX } from "react";

function AntdLinkButton(props: ButtonProps): JSX.Element {
  return <Button {...props} />;
}

/** A link that looks like a button: one element, so the keyboard stops at it once. */
export const LinkButton = createLink(AntdLinkButton);
