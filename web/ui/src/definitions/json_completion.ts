import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import { type Choice, memberChoices, type Schema, valueChoices } from "./schema_walk";

function textOf(state: EditorState, node: SyntaxNode): string {
  const raw = state.sliceDoc(node.from, node.to);
  try {
    return JSON.parse(raw) as string;
  } catch {
    return raw.replaceAll('"', "");
  }
}

function nameOf(state: EditorState, property: SyntaxNode): string {
  const name = property.getChild("PropertyName");
  return name ? textOf(state, name) : "";
}

/** The way from the whole document down to `node`. */
function pathTo(state: EditorState, node: SyntaxNode): readonly (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: SyntaxNode | null = node; at?.parent; at = at.parent) {
    const { parent }: { parent: SyntaxNode | null } = at;
    if (at.name === "Property") path.unshift(nameOf(state, at));
    else if (parent?.name === "Array") {
      let index = 0;
      for (let before = at.prevSibling; before; before = before.prevSibling) {
        if (!["[", ",", "⚠"].includes(before.name)) index += 1;
      }
      path.unshift(index);
    }
  }
  return path;
}

function options(choices: readonly Choice[], type: string, wrap: (text: string) => string): readonly Completion[] {
  return choices.map(({ text, detail }) => ({ label: text, apply: wrap(text), info: detail || undefined, type }));
}

interface Place {
  readonly node: SyntaxNode;
  /** What the completion replaces. */
  readonly from: number;
  readonly to: number;
}

/** What is being typed: a text already begun (its quotes with it), or a bare word. */
function placeAt(context: CompletionContext): Place | null {
  const { state, pos } = context;
  const node = syntaxTree(state).resolveInner(pos, -1);
  if (node.name === "String" || node.name === "PropertyName") return { node, from: node.from, to: node.to };
  const word = context.matchBefore(/[\w.$-]*/);
  const isEmpty = !word || word.from === word.to;
  return isEmpty && !context.explicit ? null : { node, from: word?.from ?? pos, to: pos };
}

function completeName(state: EditorState, schema: Schema, object: SyntaxNode, { from, to }: Place): CompletionResult {
  const present = object.getChildren("Property").map((one) => nameOf(state, one));
  const hasColon = /^\s*:/.test(state.sliceDoc(to, to + 20));
  const choices = memberChoices(schema, pathTo(state, object), present);
  const write = (text: string) => `${JSON.stringify(text)}${hasColon ? "" : ": "}`;
  return { from, to, options: options(choices, "property", write) };
}

function completeValue(state: EditorState, schema: Schema, target: SyntaxNode, { from, to }: Place) {
  const choices = valueChoices(schema, pathTo(state, target));
  return choices.length > 0 ? { from, to, options: options(choices, "constant", (text) => text) } : null;
}

/** Completes names of members and values from a JSON Schema. */
export function jsonCompletion(schema: Schema) {
  return (context: CompletionContext): CompletionResult | null => {
    const place = placeAt(context);
    if (!place) return null;
    const { node } = place;
    const isInside = ["String", "PropertyName", "⚠"].includes(node.name);
    const owner = isInside ? node.parent : node;
    if (!owner) return null;
    const object = node.name === "PropertyName" ? owner.parent : owner.name === "Object" ? owner : null;
    if (object) return completeName(context.state, schema, object, place);
    // Behind the colon of a member, or in a list.
    const isItem = owner.name === "Array" && node.name === "String";
    return completeValue(context.state, schema, isItem ? node : owner, place);
  };
}
