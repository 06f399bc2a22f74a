import { Tooltip } from "antd";
import type { JSX, MouseEventHandler, ReactNode, Ref } from "react";
import styles from "./IconButton.module.css";

interface IconButtonProps {
  /** The accessible name, also the tooltip. */
  readonly label: string;
  readonly icon: ReactNode;
  readonly onClick?: MouseEventHandler<HTMLButtonElement>;
  readonly isPressed?: boolean;
  readonly isDisabled?: boolean;
  readonly hasPopup?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
  /** Set by antd's dropdowns and popovers on their trigger while they are open. */
  readonly className?: string;
}

/** A quiet square button that is only an icon. 32 px with a mouse, 44 px with a finger. */
export function IconButton(props: IconButtonProps): JSX.Element {
  // What dropdowns and popovers add to their trigger passes through.
  const { label, icon, onClick, isPressed, isDisabled, hasPopup, ref, className, ...triggers } = props;
  const isPopupOpen = className?.includes("-open") ?? false;
  return (
    <Tooltip title={isPopupOpen ? null : label} mouseEnterDelay={0.4}>
      <button
        {...triggers}
        ref={ref}
        type="button"
        className={styles.button}
        aria-label={label}
        aria-pressed={isPressed}
        aria-haspopup={hasPopup ? "menu" : undefined}
        disabled={isDisabled}
        onClick={onClick}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
