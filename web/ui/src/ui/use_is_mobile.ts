import { useSyncExternalStore } from "react";
import { MOBILE_WIDTH } from "./tokens";

const QUERY = `(max-width: ${MOBILE_WIDTH - 1}px)`;

function subscribe(onChange: () => void): () => void {
  const list = window.matchMedia(QUERY);
  list.addEventListener("change", onChange);
  return () => list.removeEventListener("change", onChange);
}

export function useIsMobile(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(QUERY).matches);
}
