import { useQuery } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { type JSX, lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { definitionKey, definitions, type Place } from "../lib/definitions";
import { type Column, DataTable } from "../ui/DataTable";
import { Lines } from "../ui/Lines";
import { Moment } from "../ui/Moment";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { Tag } from "../ui/Tag";
import { formatted, type VersionInfo, versionsQuery } from "./definition_types";
import styles from "./definitions.module.css";

const DiffView = lazy(() => import("./DiffView").then((module) => ({ default: module.DiffView })));

interface VersionListProps {
  readonly place: Place;
  readonly isPublished: boolean;
  /** The editor's text, to compare old versions with. */
  readonly after: string;
  readonly onRestore: (version: number) => Promise<void>;
}

/** Every published version: compare it, or take it back into the editor. */
export function VersionList({ place, isPublished, after, onRestore }: VersionListProps): JSX.Element {
  const { t } = useTranslation("definitions");
  const query = useQuery({ ...versionsQuery(place), enabled: isPublished });
  const [compared, setCompared] = useState<number | null>(null);
  const columns: readonly Column<VersionInfo>[] = [
    {
      key: "version",
      title: t("versions.number"),
      cell: (one) => (
        <>
          {one.version} {one.is_in_force ? <Tag color="green">{t("versions.in_force")}</Tag> : null}
        </>
      ),
    },
    { key: "at", title: t("versions.at"), cell: (one) => <Moment value={one.published_at} as="datetime" /> },
    { key: "by", title: t("versions.by"), cell: (one) => one.publisher || "–" },
    {
      key: "actions",
      title: t("versions.actions"),
      align: "right",
      cell: (one) => (
        <span className={styles.actions}>
          <Button size="small" onClick={() => setCompared(one.version)}>
            {t("versions.compare")}
          </Button>
          {one.is_in_force ? null : (
            <Button size="small" onClick={() => void onRestore(one.version)}>
              {t("versions.restore")}
            </Button>
          )}
        </span>
      ),
    },
  ];
  if (!isPublished) return <StatePanel scene="empty" title={t("versions.none")} isCompact />;
  return (
    <QueryState query={query}>
      {(items) => (
        <>
          <DataTable label={t("tab.versions")} columns={columns} rows={items} rowKey={(one) => String(one.version)} />
          {compared === null ? null : (
            <Comparison place={place} version={compared} after={after} onClose={() => setCompared(null)} />
          )}
        </>
      )}
    </QueryState>
  );
}

interface ComparisonProps {
  readonly place: Place;
  readonly version: number;
  readonly after: string;
  readonly onClose: () => void;
}

function Comparison({ place, version, after, onClose }: ComparisonProps): JSX.Element {
  const { t } = useTranslation("definitions");
  const query = useQuery({
    queryKey: [...definitionKey(place), "version", version],
    queryFn: ({ signal }) => definitions.version(place, version, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Modal
      open
      width="min(1100px, 96vw)"
      title={t("versions.compare_title", { version })}
      footer={null}
      onCancel={onClose}
    >
      <QueryState query={query}>
        {(found) => (
          <Suspense fallback={<Lines rows={8} />}>
            <DiffView
              before={formatted(found.document)}
              after={after}
              beforeTitle={`${t("versions.number")} ${version}`}
              afterTitle={t("diff.after")}
            />
          </Suspense>
        )}
      </QueryState>
    </Modal>
  );
}
