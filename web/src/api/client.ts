/** What the server answers when it can't do as asked: RFC 9457, in both languages. */
export class Fault extends Error {
  readonly status: number;
  readonly code: string;
  readonly en: string;
  readonly zh: string;
  readonly errors: readonly { location?: string; message?: string }[];

  constructor(status: number, code: string, en: string, zh: string, errors: Fault['errors'] = []) {
    super(en);
    this.name = 'Fault';
    this.status = status;
    this.code = code;
    this.en = en;
    this.zh = zh;
    this.errors = errors;
  }
}

/** The server could not be reached at all. */
export class Offline extends Error {
  constructor(cause: unknown) {
    super('the server does not answer', { cause });
    this.name = 'Offline';
  }
}

type Value = string | number | boolean | undefined | null;
export type Query = Record<string, Value | readonly string[]>;

/** address builds an API address below the page's <base>, so that a prefix set by --base-url is kept. */
export function address(path: string, query?: Query): string {
  const root = typeof document === 'undefined' ? 'http://localhost/' : document.baseURI;
  const url = new URL(`api/v1/${path.replace(/^\//, '')}`, root);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null || value === '') continue;
    if (Array.isArray(value)) for (const one of value) url.searchParams.append(name, String(one));
    else url.searchParams.set(name, String(value));
  }
  return url.pathname + url.search;
}

type Problem = {
  title?: string;
  detail?: string;
  detail_zh?: string;
  code?: string;
  errors?: { location?: string; message?: string }[];
};

/** faultOf reads a problem from an answer's text, whatever stands in front of the server. */
export function faultOf(status: number, text: string): Fault {
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // A proxy's own page: its status is all there is to say.
  }
  const en = problem.detail || problem.title || `HTTP ${status}`;
  return new Fault(status, problem.code ?? `http.${status}`, en, problem.detail_zh || en, problem.errors ?? []);
}

export type Answer<T> = { status: number; data: T };

type Options = { query?: Query; body?: unknown; signal?: AbortSignal };

export async function ask<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  const init: RequestInit = { method, headers: { Accept: 'application/json' }, credentials: 'same-origin' };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    init.body = JSON.stringify(options.body);
    init.headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
  }
  let response: Response;
  try {
    response = await fetch(address(path, options.query), init);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new Offline(cause);
  }
  const text = await response.text();
  if (!response.ok) {
    // A dev proxy or a gateway without its server answers 502 to 504.
    if (response.status >= 502 && response.status <= 504) throw new Offline(text);
    throw faultOf(response.status, text);
  }
  return { status: response.status, data: (text ? JSON.parse(text) : undefined) as T };
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const options: Options = {};
  if (query) options.query = query;
  if (signal) options.signal = signal;
  return (await ask<T>('GET', path, options)).data;
}

/** getText reads a page as text: what is not JSON. */
export async function getText(path: string, query?: Query, signal?: AbortSignal): Promise<string> {
  let response: Response;
  try {
    response = await fetch(address(path, query), { credentials: 'same-origin', ...(signal ? { signal } : {}) });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Offline(cause);
  }
  const text = await response.text();
  if (!response.ok) throw faultOf(response.status, text);
  return text;
}

export async function send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
  return (await ask<T>(method, path, { body })).data;
}

/** upload streams a file as the request's body; unlike fetch it reports how much has gone. */
export function upload<T>(
  path: string,
  file: Blob,
  query: Query,
  progress: (sent: number, total: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address(path, query));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = (e) => {
      progress(e.loaded, e.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else reject(faultOf(request.status, request.responseText));
    };
    request.onerror = () => {
      reject(new Offline('upload'));
    };
    request.onabort = () => {
      reject(new DOMException('cancelled', 'AbortError'));
    };
    signal.addEventListener('abort', () => {
      request.abort();
    });
    request.send(file);
  });
}
