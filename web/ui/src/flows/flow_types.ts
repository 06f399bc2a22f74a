import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, path } from "../lib/api";
import type { Json } from "../lib/json";
import { keys } from "../lib/query_keys";
import type { PageJson, Reference } from "../lib/record_types";
import type { RecordReference } from "../lib/task_types";

export type Decision = "approve" | "reject" | "return";

/** `GET /api/tasks/{id}`. */
export interface Task {
  readonly id: string;
  readonly flow_title: string;
  readonly node: string;
  readonly node_title: string;
  readonly instance: string;
  readonly record: RecordReference | null;
  readonly assignee: Reference | null;
  readonly started_by: Reference | null;
  readonly status: string;
  readonly created_at: string;
  readonly due_at: string | null;
  readonly decided_at: string | null;
  readonly decided_by: Reference | null;
  readonly opinion: string | null;
  /** What the reader may decide now. */
  readonly decisions: readonly Decision[];
}

export interface GraphNode {
  readonly key: string;
  readonly title: string;
  readonly type: string;
  readonly type_title: string;
}

export interface GraphEdge {
  readonly source: string;
  readonly port: string;
  readonly title: string;
  readonly target: string;
}

export interface Graph {
  readonly start: string;
  /** What starts the flow; null where people do. */
  readonly trigger?: { readonly type: string; readonly title: string } | null;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Why a run stopped, and where. */
export interface RunError {
  readonly detail?: string;
  readonly node_title?: string | null;
}

export interface NodeRun {
  readonly node: string;
  readonly title: string;
  readonly type: string;
  readonly status: string;
  /** Turns of the loops around it, outermost first. */
  readonly iteration: readonly number[];
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly input: Json;
  readonly output: Json;
  readonly error: RunError | null;
}

export interface JournalChange {
  readonly field: string;
  readonly title: string;
  readonly before: Json;
  readonly after: Json;
}

export interface JournalEntry {
  readonly seq: number;
  readonly node: string;
  readonly iteration: readonly number[];
  readonly form: string;
  readonly form_title?: string;
  readonly record_id: string;
  readonly record_title: string;
  readonly action: "create" | "update" | "delete" | "restore";
  readonly changes?: readonly JournalChange[];
}

export interface RunSummary {
  readonly id: string;
  readonly flow: { readonly app: string; readonly key: string; readonly title: string; readonly version: number };
  readonly status: string;
  readonly runs: "in_transaction" | "in_background";
  readonly record: RecordReference | null;
  readonly started_at: string;
  readonly started_by: Reference | null;
  readonly ended_at: string | null;
  readonly error: RunError | null;
  readonly parent: string | null;
  /** What set it off where no change of a record and no person did. */
  readonly occasion: Occasion | null;
}

export interface Occasion {
  readonly type: string;
  readonly title: string;
  readonly due_at: string | null;
  readonly message: string | null;
  readonly input: Json;
}

/** Something that a run sends outside; target and error are told to administrators. */
export interface RunEffect {
  readonly id: string;
  readonly node: string;
  readonly kind: string;
  readonly target: string | null;
  readonly status: "waiting" | "sending" | "sent" | "dead" | "dropped";
  readonly attempts: number;
  readonly max_attempts: number;
  readonly error: string | null;
  readonly next_attempt_at: string | null;
  readonly ended_at: string | null;
  readonly may: readonly ("retry" | "drop")[];
}

/** `GET /api/instances/{id}`. */
export interface Run extends RunSummary {
  readonly nodes: readonly NodeRun[];
  readonly journal: readonly JournalEntry[];
  readonly tasks: readonly Task[];
  readonly effects: readonly RunEffect[];
  readonly graph: Graph;
  readonly may: readonly ("cancel" | "retry")[];
}

const PAGE = 30;

export function taskListQuery(status: "open" | "done") {
  return infiniteQueryOptions({
    queryKey: keys.taskList({ status }),
    queryFn: ({ signal, pageParam }) =>
      api.get<PageJson<Task>>("/api/tasks", { params: { status, limit: PAGE, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function taskQuery(id: string) {
  return queryOptions({
    queryKey: keys.taskList({ id }),
    queryFn: ({ signal }) => api.get<Task>(path("tasks", id), { signal }),
  });
}

export function runListQuery(status: string | undefined) {
  return infiniteQueryOptions({
    queryKey: [...keys.instances(), "list", status ?? null],
    queryFn: ({ signal, pageParam }) =>
      api.get<PageJson<RunSummary>>("/api/instances", { params: { status, limit: PAGE, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Whether something may happen to the run by itself within seconds. */
function isUnderWay(run: Run | undefined): boolean {
  const isSending = run?.effects.some(({ status }) => status === "waiting" || status === "sending");
  return run?.status === "running" || isSending === true;
}

/** A run that goes on is read again every other second. */
export function runQuery(id: string) {
  return queryOptions({
    queryKey: keys.instance(id),
    queryFn: ({ signal }) => api.get<Run>(path("instances", id), { signal }),
    refetchInterval: (query) => (isUnderWay(query.state.data) ? 2000 : false),
  });
}
