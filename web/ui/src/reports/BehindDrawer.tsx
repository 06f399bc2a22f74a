import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Drawer } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "../forms/field_type";
import { fieldType } from "../forms/field_types";
import { formQuery } from "../forms/form_schema";
import { splitName } from "../lib/api";
import type { Json } from "../lib/json";
import { isReference } from "../lib/record_types";
import { DataTable } from "../ui/DataTable";
import { LinkButton } from "../ui/LinkButton";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { useIsMobile } from "../ui/use_is_mobile";
import styles from "./BehindDrawer.module.css";
import { behindQuery } from "./report_queries";
import type { Behind, BehindRecord, Pick, RunBody } from "./report_types";
import { useGroupTitle } from "./use_group_title";

interface BehindDrawerProps {
  readonly report: string;
  readonly title: string;
  readonly run: RunBody;
  readonly pick: Pick;
  readonly onClose: () => void;
}

/** What the record's title says already need not stand beside it. */
function isSaid(record: BehindRecord, key: string): boolean {
  const value = record.values[key];
  const text = isReference(value) ? value.title : String(value ?? "");
  return record.title.includes(text);
}

/** Figures stand on the right, as in the form's lists. */
function isFigure(field: Field | undefined): boolean {
  return field !== undefined && fieldType(field.type).align === "right";
}

/** A value as the form's lists show it. */
function Value({ field, value }: { readonly field: Field | undefined; readonly value: Json | undefined }): JSX.Element {
  if (!field || value === null || value === undefined) return <span>–</span>;
  const { Cell } = fieldType(field.type);
  return <Cell value={value} field={field} />;
}

function RecordLink({ behind, record }: { readonly behind: Behind; readonly record: BehindRecord }): JSX.Element {
  const [app, form] = splitName(behind.form);
  if (behind.kind === "balance") return <>{record.title}</>;
  return (
    <Link to="/apps/$app/forms/$form/$record" params={{ app, form, record: record.id }}>
      {record.title || record.id}
    </Link>
  );
}

function ListLink({ behind }: { readonly behind: Behind }): JSX.Element | null {
  const { t } = useTranslation("reports");
  const [app, key] = splitName(behind.form);
  if (behind.filter === null) return null;
  const search = { filter: behind.filter };
  const shared = { search, children: t("behind.open", { form: behind.form_title }) } as const;
  return behind.kind === "balance" ? (
    <LinkButton to="/apps/$app/balances/$balance" params={{ app, balance: key }} {...shared} />
  ) : (
    <LinkButton to="/apps/$app/forms/$form" params={{ app, form: key }} {...shared} />
  );
}

/** The records behind a number. */
export function BehindDrawer({ report, title, run, pick, onClose }: BehindDrawerProps): JSX.Element {
  const { t } = useTranslation(["reports", "ui"]);
  const isMobile = useIsMobile();
  const groupTitle = useGroupTitle();
  const query = useInfiniteQuery(behindQuery(report, run, pick));
  const groups = [...Object.values(pick.group).map(groupTitle), ...pick.others.map(() => t("behind.others"))];
  const first = query.data?.pages[0];
  const schema = useQuery({
    ...formQuery(first?.form ?? "", first?.kind === "balance" ? "balances" : "forms"),
    enabled: first !== undefined,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Drawer
      open
      onClose={onClose}
      size={isMobile ? "100%" : 760}
      title={[title, ...groups, pick.measure?.title].filter(Boolean).join(" › ")}
      closable={{ "aria-label": t("ui:close") }}
      extra={first ? <ListLink behind={first} /> : null}
    >
      <QueryState query={query}>
        {() =>
          first && items.length > 0 ? (
            <>
              {first.count === null ? null : (
                <p className={styles.note}>{t("behind.count", { count: first.count, form: first.form_title })}</p>
              )}
              <DataTable
                label={t("behind.title")}
                rows={items}
                rowKey={(record) => record.id}
                columns={[
                  {
                    key: "title",
                    title: first.form_title,
                    cell: (record) => <RecordLink behind={first} record={record} />,
                  },
                  ...first.columns
                    .filter(({ key }) => !items.every((record) => isSaid(record, key)))
                    .map(({ key, title: name }) => ({
                      key: `value ${key}`,
                      title: name,
                      isLabelled: true,
                      align: isFigure(schema.data?.fields.find((field) => field.key === key))
                        ? ("right" as const)
                        : undefined,
                      cell: (record: BehindRecord) => (
                        <Value
                          field={schema.data?.fields.find((field) => field.key === key)}
                          value={record.values[key]}
                        />
                      ),
                    })),
                ]}
              />
              {query.hasNextPage ? (
                <Button block loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t("behind.more")}
                </Button>
              ) : null}
            </>
          ) : (
            <StatePanel scene="empty" title={t("behind.none")} isCompact />
          )
        }
      </QueryState>
    </Drawer>
  );
}
