import type { FormInstance } from "antd";
import type { Problem } from "../lib/problem";

/**
 * Marks the inputs that a refusal points at (`#/username` → the input named `username`) and puts the reader there.
 * Returns what no input of the form can show.
 */
export function markProblem(form: FormInstance, problem: Problem): string | null {
  const known = new Set(Object.keys(form.getFieldsValue()));
  const byField = new Map<string, string[]>();
  const rest: string[] = [];
  for (const { pointer, detail } of problem.errors) {
    const name = pointer.split("/")[1] ?? "";
    if (known.has(name)) byField.set(name, [...(byField.get(name) ?? []), detail]);
    else rest.push(detail);
  }
  form.setFields([...byField].map(([name, errors]) => ({ name, errors })));
  const [first] = byField.keys();
  if (first) form.scrollToField(first, { focus: true });
  if (problem.errors.length === 0) return problem.detail || problem.title;
  return rest.length > 0 ? rest.join(" ") : null;
}
