// Completion in a mapping's YAML, from the JSON Schema that the server publishes.

export type Schema = {
  $ref?: string;
  $defs?: Record<string, Schema>;
  definitions?: Record<string, Schema>;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};

/** resolve follows a reference within the schema. */
export function resolve(root: Schema, schema: Schema | undefined): Schema | undefined {
  let at = schema;
  for (let i = 0; at?.$ref && i < 16; i++) {
    const name = at.$ref.split('/').at(-1) ?? '';
    at = root.$defs?.[name] ?? root.definitions?.[name];
  }
  return at;
}

function branches(root: Schema, schema: Schema | undefined): Schema[] {
  const s = resolve(root, schema);
  if (!s) return [];
  return [s, ...[...(s.anyOf ?? []), ...(s.oneOf ?? []), ...(s.allOf ?? [])].flatMap((b) => branches(root, b))];
}

/** at finds what the schema says of a place; a list is entered by '-'. */
export function at(root: Schema, path: string[]): Schema[] {
  let now = branches(root, root);
  for (const step of path) {
    now = now.flatMap((s) => {
      if (step === '-') return branches(root, s.items);
      const own = s.properties?.[step];
      if (own) return branches(root, own);
      return typeof s.additionalProperties === 'object' ? branches(root, s.additionalProperties) : [];
    });
  }
  return now;
}

export type Option = { label: string; detail?: string; info?: string };

export function keys(root: Schema, path: string[]): Option[] {
  return at(root, path).flatMap((s) =>
    Object.entries(s.properties ?? {}).map(([label, p]) => {
      const info = resolve(root, p)?.description ?? p.description;
      return { label, ...(info ? { info } : {}) };
    }),
  );
}

export function values(root: Schema, path: string[]): Option[] {
  return at(root, path).flatMap((s) =>
    [...(s.enum ?? []), ...(s.const === undefined ? [] : [s.const])].map((v) => ({ label: String(v) })),
  );
}

type Shape = { dashes: number[]; column: number; key: string | undefined };

/** shape reads one line: the columns of its dashes, where its content begins, and its key. */
function shape(line: string): Shape {
  const m = /^(\s*)((?:-\s+)*)(?:"?([^\s"':#][^"':#]*?)"?\s*:(?=\s|$))?/.exec(line);
  const lead = (m?.[1] ?? '').length;
  const marks = m?.[2] ?? '';
  const dashes: number[] = [];
  for (let i = 0; i < marks.length; i++) if (marks[i] === '-') dashes.push(lead + i);
  return { dashes, column: lead + marks.length, key: m?.[3] };
}

/** place reads by indentation where in the document a line stands, and the key whose value is being written. */
export function place(lines: string[], row: number, column: number): { path: string[]; key: string | undefined } {
  const own = shape((lines[row] ?? '').slice(0, column));
  const path: string[] = own.dashes.map(() => '-');
  let want = own.dashes[0] ?? own.column;
  let list = own.dashes.length > 0;
  const enter = (line: Shape) => {
    path.unshift(...line.dashes.map(() => '-'));
    want = line.dashes[0] ?? line.column;
    list = line.dashes.length > 0;
  };
  for (let i = row - 1; i >= 0 && (want > 0 || list); i--) {
    const text = lines[i] ?? '';
    if (!text.trim() || text.trim().startsWith('#')) continue;
    const line = shape(text);
    if (!list && line.dashes.length > 0 && line.column === want) enter(line);
    else if (line.key !== undefined && (list ? line.column <= want : line.column < want)) {
      path.unshift(line.key);
      enter(line);
    }
  }
  return { path, key: own.key };
}
