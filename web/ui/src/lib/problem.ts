/** What the server answers when it refuses (RFC 9457); the one shape every failure has on the page. */
export interface Violation {
  /** JSON pointer into what was sent, for example `#/lines/0/quantity`. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface ProblemBody {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly code?: string;
  readonly errors?: readonly Violation[];
  readonly [extension: string]: unknown;
}

/** Codes of failures that happen on the way, before a server could answer. */
export const NETWORK = "network";
export const NOT_JSON = "not_json";

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly Violation[];
  readonly body: ProblemBody;

  constructor(status: number, body: ProblemBody) {
    super(body.detail || body.title || String(status));
    this.name = "Problem";
    this.status = status;
    this.code = body.code ?? "unknown";
    this.title = body.title ?? "";
    this.detail = body.detail ?? "";
    this.errors = body.errors ?? [];
    this.body = body;
  }
}

export function isProblem(error: unknown, status?: number): error is Problem {
  return error instanceof Problem && (status === undefined || error.status === status);
}

/** Any thrown value as a problem, so that pages handle one shape. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, { code: "unexpected", detail: error instanceof Error ? error.message : String(error) });
}

/**
 * Messages by pointer without the leading `#`: `{"/lines/0/quantity": ["…"]}`.
 * Several violations at one place keep their order.
 */
export function errorsByPointer(problem: Problem): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const violation of problem.errors) {
    const pointer = violation.pointer.replace(/^#/, "");
    found.set(pointer, [...(found.get(pointer) ?? []), violation.detail]);
  }
  return found;
}
