import { Popover } from "antd";
import { Bell } from "lucide-react";
import { type JSX, lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../lib/session";
import { CountBadge } from "../ui/CountBadge";
import { IconButton } from "../ui/IconButton";

const NotificationList = lazy(() =>
  import("./NotificationList").then((module) => ({ default: module.NotificationList })),
);

export function NotificationBell(): JSX.Element {
  const { t } = useTranslation("app");
  const { unread_notifications: unread } = useSession();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <CountBadge count={unread}>
      {" "}
      <Popover
        open={isOpen}
        onOpenChange={setIsOpen}
        trigger="click"
        placement="bottomRight"
        arrow={false}
        styles={{ container: { padding: 0 } }}
        content={
          <Suspense fallback={null}>
            <NotificationList onChosen={() => setIsOpen(false)} />
          </Suspense>
        }
      >
        <IconButton label={t("notifications.open", { count: unread })} icon={<Bell size={18} strokeWidth={1.75} />} />
      </Popover>
    </CountBadge>
  );
}
