import { Dropdown, type DropdownProps, type MenuProps } from "antd";
import type { JSX, ReactElement } from "react";

interface ActionMenuProps {
  readonly items: MenuProps["items"];
  /** What is chosen already, where the menu is a choice. */
  readonly selected?: string;
  readonly placement?: DropdownProps["placement"];
  readonly onChoose: (key: string) => void;
  /** The button that opens it. */
  readonly children: ReactElement;
}

/** A menu behind a button. Opened, it has the focus, so that arrows and Enter do what they do in every menu. */
export function ActionMenu({ items, selected, placement, onChoose, children }: ActionMenuProps): JSX.Element {
  return (
    <Dropdown
      autoFocus
      trigger={["click"]}
      placement={placement}
      menu={{
        items,
        selectedKeys: selected === undefined ? [] : [selected],
        onClick: ({ key, domEvent }) => {
          // Otherwise the same Enter presses the close button of a dialog, which has the focus as soon as it opens.
          domEvent.preventDefault();
          onChoose(key);
        },
      }}
    >
      {children}
    </Dropdown>
  );
}
