// What the page needs to know of the mapping's expressions: which columns one names. The server alone judges them.

const reserved = new Set(
  'and or not in between like ilike is null true false case when then else end cast as'.split(' '),
);

/** written is how an expression names a column: bare where it can, else in double quotes. */
export function written(column: string): string {
  return /^[\p{L}_][\p{L}\p{N}\p{M}_]*$/u.test(column) && !reserved.has(column.toLowerCase())
    ? column
    : `"${column.replaceAll('"', '""')}"`;
}

/** names lists the columns that an expression names; functions and keywords are none. */
export function names(expr: string): string[] {
  const out: string[] = [];
  const token = /'(?:[^']|'')*'|"((?:[^"]|"")*)"|([\p{L}_][\p{L}\p{N}\p{M}_]*)(\s*\()?|\d[\p{L}\p{N}.]*|./gsu;
  let cast = false;
  for (const [text, quoted, bare, call] of expr.matchAll(token)) {
    if (text.trim() === '') continue;
    if (quoted !== undefined) out.push(quoted.replaceAll('""', '"'));
    else if (bare !== undefined && call === undefined && !reserved.has(bare.toLowerCase()) && !cast) out.push(bare);
    cast = /^as$/i.test(text) || (text === ':' && expr.includes('::'));
  }
  return [...new Set(out)];
}

/** alone tells whether an expression is nothing but this column. */
export function alone(expr: string, column: string): boolean {
  const text = expr.trim();
  return text === column || text === written(column) || text === `"${column.replaceAll('"', '""')}"`;
}
