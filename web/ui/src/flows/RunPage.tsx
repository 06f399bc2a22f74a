import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "../ui/Card";
import { Moment } from "../ui/Moment";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { Person } from "../ui/Person";
import { QueryState } from "../ui/QueryState";
import { EffectList } from "./EffectList";
import { type Run, type RunError, runQuery } from "./flow_types";
import { JournalTable } from "./JournalTable";
import { LazyFlowPicture } from "./LazyFlowPicture";
import { OccasionFact } from "./OccasionFact";
import { RunInput } from "./RunInput";
import { RunSteering } from "./RunSteering";
import { StatusTag } from "./StatusTag";
import { StepList } from "./StepList";
import styles from "./TaskPage.module.css";
import { TaskTimeline } from "./TaskTimeline";

const route = getRouteApi("/shell/instances/$instance");

/** One run: its way through the picture, every step, every row it changed. */
export function RunPage(): JSX.Element {
  const { instance } = route.useParams();
  const query = useQuery(runQuery(instance));
  return (
    <Page>
      <QueryState query={query}>{(run) => <RunBody run={run} />}</QueryState>
    </Page>
  );
}

function RunBody({ run }: { readonly run: Run }): JSX.Element {
  const { t } = useTranslation("flows");
  const effects =
    run.effects.length > 0 ? (
      <Card title={t("run.effects")}>
        <EffectList run={run} />
      </Card>
    ) : null;
  // What the run waits for until somebody acts comes before its picture.
  const isStuck = run.effects.some(({ status }) => status === "dead");
  return (
    <>
      <PageHeader
        eyebrow={<Link to="/instances">{t("runs.title")}</Link>}
        title={run.flow.title}
        extra={<StatusTag of="status" status={run.status} />}
        actions={<RunSteering run={run} />}
      />
      <Facts run={run} />
      {run.error?.detail ? <Failure error={run.error} /> : null}
      <div className={styles.columns}>
        <div className={styles.main}>
          {isStuck ? effects : null}
          <Card title={t("run.picture")}>
            <LazyFlowPicture graph={run.graph} nodes={run.nodes} />
          </Card>
          {isStuck ? null : effects}
          <Card title={t("run.journal")}>
            <JournalTable journal={run.journal} />
          </Card>
        </div>
        <aside className={styles.side}>
          {run.tasks.length > 0 ? (
            <Card title={t("run.tasks")}>
              <TaskTimeline tasks={run.tasks} />
            </Card>
          ) : null}
          <Card title={t("run.steps")}>
            {run.occasion?.input ? <RunInput input={run.occasion.input} /> : null}
            <StepList nodes={run.nodes} />
          </Card>
        </aside>
      </div>
    </>
  );
}

function Failure({ error }: { readonly error: RunError }): JSX.Element {
  const { t } = useTranslation("flows");
  const title = error.node_title ? t("run.failed_at", { node: error.node_title }) : t("run.error");
  return <Alert className={styles.failure} type="error" showIcon title={title} description={error.detail} />;
}

function Facts({ run }: { readonly run: Run }): JSX.Element {
  const { t } = useTranslation("flows");
  return (
    <p className={styles.facts}>
      {run.record ? (
        <Link
          to="/apps/$app/forms/$form/$record"
          params={{ app: run.record.app, form: run.record.form, record: run.record.id }}
        >
          {run.record.title}
        </Link>
      ) : null}
      {run.occasion ? <OccasionFact occasion={run.occasion} /> : null}
      {run.started_by ? (
        <span className={styles.fact}>
          {t("runs.started_by")} <Person name={run.started_by.title} />
        </span>
      ) : null}
      <span className={styles.fact}>
        {t("runs.started_at")} <Moment value={run.started_at} as="datetime" />
      </span>
      <span>{run.runs === "in_transaction" ? t("run.in_transaction") : t("run.in_background")}</span>
      <span>{t("run.version", { version: run.flow.version })}</span>
      {run.parent ? (
        <Link to="/instances/$instance" params={{ instance: run.parent }}>
          {t("run.parent")}
        </Link>
      ) : null}
    </p>
  );
}
