import { createLink } from "@tanstack/react-router";
import { Button, type ButtonProps } from "antd";
import type { JSX } from "react";

interface LinkButtonProps extends Omit<ButtonProps, "type"> {
  /** The button's `type`: the router keeps a prop of that name to itself. */
  readonly look?: ButtonProps["type"];
}

function AntdLinkButton({ look, ...props }: LinkButtonProps): JSX.Element {
  return <Button {...props} type={look} />;
}

/** A link that looks like a button: one element, so the keyboard stops at it once. */
export const LinkButton = createLink(AntdLinkButton);
