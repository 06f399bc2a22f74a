import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import type { Form } from "../forms/form_schema";
import { splitName } from "../lib/api";
import { findApp, menuTitle } from "../lib/menu";
import { useSession } from "../lib/session";

/** Where the record belongs: its list. */
export function RecordEyebrow({ form }: { readonly form: Form }): JSX.Element {
  const session = useSession();
  const [app, key] = splitName(form.name);
  const found = findApp(session, app);
  return (
    <>
      {found ? `${found.title} / ` : null}
      <Link to="/apps/$app/forms/$form" params={{ app, form: key }}>
        {menuTitle(found, "form", key) ?? form.title}
      </Link>
    </>
  );
}
