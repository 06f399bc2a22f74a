import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { tokenStyleSheet } from "../ui/tokens";
import "../ui/base.css";
import { App } from "./App";
import { startTranslations } from "./i18n";

function insertTokens(): void {
  const style = document.createElement("style");
  style.textContent = tokenStyleSheet();
  document.head.prepend(style);
}

async function start(): Promise<void> {
  const root = document.getElementById("root");
  if (!root) throw new Error("the page has no #root");
  insertTokens();
  await startTranslations();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

void start();
