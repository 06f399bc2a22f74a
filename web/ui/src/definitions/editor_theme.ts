import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { token } from "../ui/tokens";

/** The editor in our colours, light and dark alike: they are custom properties that follow the theme. */
const theme = EditorView.theme({
  "&": { backgroundColor: token("surface"), color: token("text"), height: "100%", fontSize: "13px" },
  "&.cm-focused": { outline: `2px solid ${token("primary-hover")}`, outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--dg-monospace)", lineHeight: "1.6" },
  ".cm-gutters": { backgroundColor: token("sunken"), color: token("text-tertiary"), border: "none" },
  ".cm-activeLine": { backgroundColor: "transparent", boxShadow: `inset 3px 0 ${token("primary")}` },
  ".cm-cursor": { borderLeftColor: token("text") },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": { backgroundColor: token("selected") },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: token("selected") },
  ".cm-selectionMatch": { backgroundColor: token("primary-subtle") },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: token("selected"), color: token("text") },
  ".cm-tooltip": { backgroundColor: token("raised"), color: token("text"), border: `1px solid ${token("border")}` },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: token("selected"), color: token("text") },
  ".cm-panels": { backgroundColor: token("sunken"), color: token("text") },
  ".cm-foldPlaceholder": { backgroundColor: token("sunken"), color: token("text-secondary"), border: "none" },
  ".cm-changedLine, .cm-insertedLine": { backgroundColor: token("success-subtle") },
  ".cm-deletedChunk, .cm-deletedLine": { backgroundColor: token("error-subtle") },
  ".cm-merge-a .cm-changedLine": { backgroundColor: token("error-subtle") },
  ".cm-changedText, .cm-merge-a .cm-changedText": { background: "none", textDecoration: "underline" },
  ".cm-deletedChunk .cm-deletedText": { background: "none", textDecoration: "line-through" },
  ".cm-collapsedLines": { background: token("sunken"), color: token("text-secondary") },
  // The library's own marks are in few fonts.
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '"⋯"' },
});

const colors = HighlightStyle.define([
  { tag: tags.propertyName, color: token("tag-blue-fg") },
  { tag: tags.string, color: token("tag-green-fg") },
  { tag: [tags.number, tags.bool, tags.null], color: token("tag-purple-fg") },
  { tag: tags.punctuation, color: token("text-secondary") },
]);

export const editorTheme: readonly Extension[] = [theme, syntaxHighlighting(colors)];
