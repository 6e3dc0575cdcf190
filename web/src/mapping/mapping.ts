import { Document, isMap, parseDocument, YAMLMap } from 'yaml';
import { alone, names, written } from './expr';

export const partyFields = ['key', 'name', 'phone', 'email', 'tax_no', 'address', 'city', 'title', 'company'] as const;
export const eventFields = ['ts', 'object.key', 'channel', 'amount', 'currency', 'quantity', 'unit', 'text'] as const;

export type Attrs = Record<string, string>;
export type Party = { ref: string; kind: string; namespace: string; noun?: string; attrs?: Attrs } & Partial<
  Record<(typeof partyFields)[number], string>
>;
export type MappedEvent = {
  verb: string;
  ts: string;
  when?: string;
  account?: string;
  person?: string;
  staff?: string;
  object?: { kind: string; key: string };
  attrs?: Attrs;
} & Partial<Record<'channel' | 'amount' | 'currency' | 'quantity' | 'unit' | 'text', string>>;
export type Table = {
  name: string;
  match?: { file?: string; sheet?: string; columns?: string[] };
  mode?: string;
  key?: string[];
  where?: string;
  let?: Record<string, string>;
  parties?: Party[];
  events?: MappedEvent[];
};
export type Mapping = { source: string; title?: string; zone?: string; tables: Table[] };

/** Where something stands in a mapping: ['tables', 0, 'events', 1, 'ts']. */
export type Path = (string | number)[];

function list<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}

/** read parses a mapping for the form; undefined while the text is no mapping. */
export function read(yaml: string): Mapping | undefined {
  const doc = parseDocument(yaml);
  if (doc.errors.length > 0 || !isMap(doc.contents)) return undefined;
  const raw = doc.toJS() as Partial<Mapping>;
  const tables = list<Table>(raw.tables)
    .filter((t) => typeof t === 'object')
    .map((t) => ({
      ...t,
      parties: list<Party>(t.parties),
      events: list<MappedEvent>(t.events),
      key: list<string>(t.key),
    }));
  return { ...raw, source: String(raw.source ?? ''), tables };
}

/** put changes one place of the text and leaves comments and order alone; an empty value removes it. */
export function put(yaml: string, path: Path, value: unknown): string {
  const doc = parseDocument(yaml);
  set(doc, path, value);
  return doc.toString({ lineWidth: 0 });
}

function set(doc: Document, path: Path, value: unknown) {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
    doc.deleteIn(path);
    // An empty map left behind says nothing.
    const parent = doc.getIn(path.slice(0, -1));
    if (parent instanceof YAMLMap && parent.items.length === 0 && typeof path.at(-2) === 'string')
      doc.deleteIn(path.slice(0, -1));
  } else doc.setIn(path, doc.createNode(value));
}

/** Something that a column can be: a field of a party or event, one of their attributes, or part of the row's key. */
export type Target = { id: string; group: 'party' | 'event' | 'row'; of: string; field: string; path: Path };

/** targets lists all that a column of the table can be. */
export function targets(table: Table, at: number): Target[] {
  const root: Path = ['tables', at];
  const out: Target[] = [{ id: 'key', group: 'row', of: '', field: 'key', path: [...root, 'key'] }];
  table.parties?.forEach((party, i) => {
    for (const field of [...partyFields, 'attrs'])
      out.push({
        id: `p${i}.${field}`,
        group: 'party',
        of: party.ref || party.kind,
        field,
        path: [...root, 'parties', i, field],
      });
  });
  table.events?.forEach((event, i) => {
    for (const field of [...eventFields, 'attrs'])
      out.push({
        id: `e${i}.${field}`,
        group: 'event',
        of: event.verb,
        field,
        path: [...root, 'events', i, ...field.split('.')],
      });
  });
  return out;
}

function valueAt(table: Table, path: Path): unknown {
  return path
    .slice(2)
    .reduce<unknown>((value, step) => (value as Record<string | number, unknown> | undefined)?.[step], table);
}

/** assigned lists the targets that are this column and nothing else. */
export function assigned(table: Table, at: number, column: string): string[] {
  return targets(table, at)
    .filter((target) => {
      const value = valueAt(table, target.path);
      if (target.field === 'attrs' && value && typeof value === 'object')
        return Object.values(value).some((e) => alone(String(e), column));
      if (Array.isArray(value)) return value.some((e) => alone(String(e), column));
      return typeof value === 'string' && alone(value, column);
    })
    .map((target) => target.id);
}

/** inside counts the expressions that use the column among other things. */
export function inside(table: Table, column: string): number {
  let n = 0;
  const walk = (value: unknown, key = ''): void => {
    if (typeof value === 'string') {
      if (
        !['ref', 'kind', 'namespace', 'verb', 'noun', 'account', 'person', 'staff'].includes(key) &&
        !alone(value, column) &&
        names(value).includes(column)
      )
        n++;
    } else if (Array.isArray(value)) for (const one of value) walk(one);
    else if (value && typeof value === 'object') for (const [k, v] of Object.entries(value)) walk(v, k);
  };
  walk([table.where, table.let, table.parties, table.events, table.key]);
  return n;
}

/** assign makes the column be exactly these targets, where it stands alone. */
export function assign(yaml: string, at: number, column: string, ids: string[]): string {
  const mapping = read(yaml);
  const table = mapping?.tables[at];
  if (!table) return yaml;
  const doc = parseDocument(yaml);
  const before = new Set(assigned(table, at, column));
  for (const target of targets(table, at)) {
    const has = before.has(target.id);
    const wants = ids.includes(target.id);
    if (has === wants) continue;
    const value = valueAt(table, target.path);
    if (target.field === 'attrs') {
      const attrs = (value ?? {}) as Attrs;
      const found = Object.keys(attrs).find((name) => alone(String(attrs[name]), column));
      if (wants) set(doc, [...target.path, attrName(column)], written(column));
      else if (found) set(doc, [...target.path, found], undefined);
    } else if (target.id === 'key') {
      const keys = list<string>(value);
      set(doc, target.path, wants ? [...keys, written(column)] : keys.filter((e) => !alone(String(e), column)));
    } else if (target.field === 'object.key' && wants && !valueAt(table, target.path.slice(0, -1))) {
      set(doc, target.path.slice(0, -1), { kind: 'object', key: written(column) });
    } else set(doc, target.path, wants ? written(column) : undefined);
  }
  return doc.toString({ lineWidth: 0 });
}

function attrName(column: string): string {
  return column.trim().replace(/[\s.:]+/g, '_');
}

/** addTo appends a party or event to a table. */
export function addTo(yaml: string, at: number, what: 'parties' | 'events', value: Record<string, unknown>): string {
  const doc = parseDocument(yaml);
  const path = ['tables', at, what];
  if (doc.hasIn(path)) doc.addIn(path, doc.createNode(value));
  else doc.setIn(path, doc.createNode([value]));
  return doc.toString({ lineWidth: 0 });
}

/** removeAt takes an element out of a list. */
export function removeAt(yaml: string, path: Path): string {
  const doc = parseDocument(yaml);
  doc.deleteIn(path);
  return doc.toString({ lineWidth: 0 });
}

/** join takes over the tables of `fresh` in place of those of the same name, and adds new ones. */
export function join(yaml: string, fresh: string, gone: string[]): string {
  const doc = parseDocument(yaml);
  const other = parseDocument(fresh);
  const tables = list<Table>((doc.toJS() as Partial<Mapping>).tables);
  const added = list<Table>((other.toJS() as Partial<Mapping>).tables);
  const names = new Set([...gone, ...added.map((t) => t.name)]);
  doc.setIn(['tables'], doc.createNode([...tables.filter((t) => !names.has(t.name)), ...added]));
  return doc.toString({ lineWidth: 0 });
}

/** tableFor finds the table of the mapping that is for a table of the delivery. */
export function tableFor(mapping: Mapping, name: string, header: string[]): number {
  const named = mapping.tables.findIndex((t) => t.name === name);
  if (named >= 0) return named;
  const has = new Set(header);
  const fits = mapping.tables.findIndex(
    (t) => (t.match?.columns?.length ?? 0) > 0 && t.match?.columns?.every((c) => has.has(c)),
  );
  if (fits >= 0) return fits;
  return mapping.tables.length === 1 ? 0 : -1;
}

/** skeleton is a mapping to begin with where none could be proposed: the tables, found again by their columns. */
export function skeleton(source: string, tables: { name: string; header: string[] }[]): string {
  return new Document({
    source: source || 'source',
    tables: tables.map(({ name, header }) => ({ name, match: { columns: header } })),
  }).toString({ lineWidth: 0 });
}
