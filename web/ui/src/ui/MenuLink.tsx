import { Link, type LinkComponentProps } from "@tanstack/react-router";
import type { JSX, ReactNode } from "react";
import type { MenuTarget } from "../lib/menu";

interface MenuLinkProps extends Pick<LinkComponentProps<"a">, "className" | "onClick" | "title" | "tabIndex"> {
  readonly target: MenuTarget;
  readonly children: ReactNode;
}

/** A link to whatever a menu entry names; `aria-current` marks the page one is on. */
export function MenuLink({ target, children, ...rest }: MenuLinkProps): JSX.Element {
  const { app, key } = target;
  const isActive = { includeSearch: target.kind === "form" && target.view !== undefined };
  switch (target.kind) {
    case "form":
      return (
        <Link
          {...rest}
          to="/apps/$app/forms/$form"
          params={{ app, form: key }}
          search={target.view ? { view: target.view } : {}}
          activeOptions={isActive}
        >
          {children}
        </Link>
      );
    case "balance":
      return (
        <Link {...rest} to="/apps/$app/balances/$balance" params={{ app, balance: key }} activeOptions={isActive}>
          {children}
        </Link>
      );
    case "report":
      return (
        <Link {...rest} to="/apps/$app/reports/$report" params={{ app, report: key }}>
          {children}
        </Link>
      );
    case "dashboard":
      return (
        <Link {...rest} to="/apps/$app/dashboards/$dashboard" params={{ app, dashboard: key }}>
          {children}
        </Link>
      );
  }
}
