import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { JSX } from "react";
import { formQuery } from "../forms/form_schema";
import { Page } from "../ui/Page";
import { QueryState } from "../ui/QueryState";
import { NewRecord } from "./NewRecord";
import { RecordSkeleton } from "./RecordSkeleton";
import { recordQuery } from "./record_query";
import { StoredRecord } from "./StoredRecord";

/** One record: a new one to fill in, or one that is there. */
export function RecordPage(): JSX.Element {
  const { app, form, record } = useParams({ strict: false });
  const name = `${app}.${form}`;
  return (
    <Page>
      {record === undefined ? <New key={name} form={name} /> : <Stored key={record} form={name} id={record} />}
    </Page>
  );
}

function New({ form }: { readonly form: string }): JSX.Element {
  const schema = useQuery(formQuery(form));
  return (
    <QueryState query={schema} loading={<RecordSkeleton />}>
      {(shape) => <NewRecord form={shape} />}
    </QueryState>
  );
}

function Stored({ form, id }: { readonly form: string; readonly id: string }): JSX.Element {
  const schema = useQuery(formQuery(form));
  const record = useQuery(recordQuery(form, id));
  return (
    <QueryState query={schema} loading={<RecordSkeleton />}>
      {(shape) => (
        <QueryState query={record} loading={<RecordSkeleton />}>
          {(found) => <StoredRecord form={shape} record={found} />}
        </QueryState>
      )}
    </QueryState>
  );
}
