import { useEffect, useEffectEvent } from "react";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.role === "combobox")
  );
}

interface ShortcutOptions {
  readonly isEnabled?: boolean;
  /** Ctrl on Windows and Linux, Command on a Mac; such shortcuts also work while typing. */
  readonly withControl?: boolean;
}

/** Calls `action` for one key. Plain letters stay silent while someone types or a dialog is open. */
export function useShortcut(key: string, action: () => void, options: ShortcutOptions = {}): void {
  const { isEnabled = true, withControl = false } = options;
  const run = useEffectEvent(action);
  useEffect(() => {
    if (!isEnabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== key || event.altKey) return;
      if ((event.ctrlKey || event.metaKey) !== withControl) return;
      if (!withControl && (isTyping(event.target) || document.querySelector(".ant-modal-wrap, [aria-modal=true]")))
        return;
      event.preventDefault();
      run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [key, isEnabled, withControl]);
}
