import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { isProblem } from "../lib/problem";
import { tokenStyleSheet } from "../ui/tokens";
import "../ui/base.css";
import { App } from "./App";
import { startTranslations } from "./i18n";

function insertTokens(): void {
  const style = document.createElement("style");
  style.textContent = tokenStyleSheet();
  document.head.prepend(style);
}

const RELOADED_AT = "dougong.reloaded_at";
const RELOAD_PAUSE_MS = 30_000;

/** A part that is gone means a newer version is served: take it, but never in a loop. */
function followNewVersions(): void {
  window.addEventListener("vite:preloadError", (event) => {
    const last = Number(sessionStorage.getItem(RELOADED_AT) ?? 0);
    if (Date.now() - last < RELOAD_PAUSE_MS) return;
    event.preventDefault();
    sessionStorage.setItem(RELOADED_AT, String(Date.now()));
    window.location.reload();
  });
}

async function start(): Promise<void> {
  const root = document.getElementById("root");
  if (!root) throw new Error("the page has no #root");
  insertTokens();
  followNewVersions();
  await startTranslations();
  // What the server refused is shown in words where it was asked for; the console keeps faults of the page.
  const onCaughtError = (error: unknown) => {
    if (!isProblem(error)) reportError(error);
  };
  createRoot(root, { onCaughtError }).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

void start();
