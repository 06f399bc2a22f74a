import { Drawer } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { SideMenu } from "./SideMenu";

interface MobileMenuProps {
  readonly onClose: () => void;
}

export function MobileMenu({ onClose }: MobileMenuProps): JSX.Element {
  const { t } = useTranslation("app");
  return (
    <Drawer
      open
      onClose={onClose}
      placement="left"
      size={288}
      closable={false}
      styles={{ body: { padding: 0 } }}
      aria-label={t("nav.main")}
    >
      <SideMenu isCollapsed={false} onChosen={onClose} />
    </Drawer>
  );
}
