import { NETWORK, NOT_JSON, Problem, type ProblemBody } from "./problem";

type ParameterValue = string | number | boolean | null | undefined;

export interface RequestOptions {
  readonly params?: Readonly<Record<string, ParameterValue>>;
  readonly signal?: AbortSignal;
  /** Version of the record that is being changed; becomes `If-Match`. */
  readonly version?: number;
  /** What a definition was when it was read; becomes `If-Match`. */
  readonly tag?: string;
  /** The same key again gets the same answer: a request that is repeated does its work once. */
  readonly idempotencyKey?: string;
}

export interface Answer<T> {
  readonly data: T;
  readonly headers: Headers;
}

/** Language of refusals for visitors who have not signed in; the account's language wins afterwards. */
let acceptedLanguage = "zh-CN";

export function setAcceptedLanguage(language: string): void {
  acceptedLanguage = language;
}

/** A path from segments, each escaped: `path("records", "crm", "order")` → `/api/records/crm/order`. */
export function path(...segments: readonly string[]): string {
  return `/api/${segments.map(encodeURIComponent).join("/")}`;
}

/** `crm.sales_order` → its two segments. */
export function splitName(name: string): readonly [app: string, key: string] {
  const dot = name.indexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
}

function address(url: string, params: RequestOptions["params"]): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params ?? {})) {
    if (value !== undefined && value !== null && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${url}?${text}` : url;
}

async function readBody(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const text = await response.text();
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(response.status, { code: NOT_JSON, title: response.statusText, status: response.status });
  }
}

async function send<T>(method: string, url: string, body: unknown, options: RequestOptions): Promise<Answer<T>> {
  const headers = new Headers({ Accept: "application/json", "Accept-Language": acceptedLanguage });
  if (method !== "GET") headers.set("X-Requested-With", "dougong");
  if (options.version !== undefined) headers.set("If-Match", `"${options.version}"`);
  if (options.tag !== undefined) headers.set("If-Match", `"${options.tag}"`);
  if (options.idempotencyKey) headers.set("Idempotency-Key", options.idempotencyKey);
  let payload: BodyInit | undefined;
  if (body instanceof FormData) {
    payload = body;
  } else if (body !== undefined) {
    headers.set("Content-Type", "application/json");
    payload = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(address(url, options.params), {
      method,
      headers,
      body: payload,
      signal: options.signal,
      credentials: "same-origin",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, { code: NETWORK });
  }
  const data = await readBody(response);
  if (!response.ok) throw new Problem(response.status, (data ?? { title: response.statusText }) as ProblemBody);
  return { data: data as T, headers: response.headers };
}

/** The HTTP API. Every failure, the network's included, is thrown as a `Problem`. */
export const api = {
  get: async <T>(url: string, options: RequestOptions = {}): Promise<T> =>
    (await send<T>("GET", url, undefined, options)).data,
  post: async <T>(url: string, body?: unknown, options: RequestOptions = {}): Promise<T> =>
    (await send<T>("POST", url, body, options)).data,
  put: async <T>(url: string, body?: unknown, options: RequestOptions = {}): Promise<T> =>
    (await send<T>("PUT", url, body, options)).data,
  patch: async <T>(url: string, body?: unknown, options: RequestOptions = {}): Promise<T> =>
    (await send<T>("PATCH", url, body, options)).data,
  delete: async <T = undefined>(url: string, options: RequestOptions = {}): Promise<T> =>
    (await send<T>("DELETE", url, undefined, options)).data,
};
