import { NETWORK, NOT_JSON, Problem, type ProblemBody } from "./problem";

interface Upload<T> {
  readonly done: Promise<T>;
  abort(): void;
}

/** Sends one file; `fetch` cannot tell how far it is. */
export function upload<T>(url: string, file: File, onProgress: (share: number) => void): Upload<T> {
  const request = new XMLHttpRequest();
  const done = new Promise<T>((resolve, reject) => {
    request.open("POST", url);
    request.setRequestHeader("X-Requested-With", "dougong");
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onerror = () => reject(new Problem(0, { code: NETWORK }));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    request.onload = () => {
      let body: unknown;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        reject(new Problem(request.status, { code: NOT_JSON, title: request.statusText }));
        return;
      }
      if (request.status < 300) resolve(body as T);
      else reject(new Problem(request.status, body as ProblemBody));
    };
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
  return { done, abort: () => request.abort() };
}
