import type { Rule } from '../api/types';

export type Clause = 'trait' | 'event' | 'sequence' | 'text' | 'field' | 'segment';
export const clauses: Clause[] = ['trait', 'event', 'sequence', 'text', 'field', 'segment'];

/** fresh is a clause of the kind as it stands before anybody filled it in. */
export function fresh(kind: Clause): Rule {
  switch (kind) {
    case 'trait':
      return { trait: { name: '', op: 'eq' } };
    case 'event':
      return { event: { count: { op: 'gte', value: 1 } } };
    case 'sequence':
      return { sequence: { steps: [{ verbs: [] }, { verbs: [] }], within_days: 30 } };
    case 'text':
      return { text: { contains: '' } };
    case 'field':
      return { field: { name: 'city', op: 'eq', text: '' } };
    case 'segment':
      return { segment: '' };
  }
}

/** kindOf names what a rule is: a group, its negation, or one clause. */
export function kindOf(rule: Rule): 'all' | 'any' | 'not' | Clause {
  if (rule.all) return 'all';
  if (rule.any) return 'any';
  if (rule.not) return 'not';
  return clauses.find((c) => rule[c] !== undefined) ?? 'segment';
}

const valueless = (op: string) => op === 'null' || op === 'notnull';

/** complete reports whether a rule can be asked; the server says what is wrong with one that can. */
export function complete(rule: Rule): boolean {
  if (rule.all ?? rule.any) {
    const inside = rule.all ?? rule.any ?? [];
    return inside.length > 0 && inside.every(complete);
  }
  if (rule.not) return complete(rule.not);
  if (rule.trait) {
    const { name, op, number, text, values } = rule.trait;
    return name !== '' && (valueless(op) || number !== undefined || Boolean(text) || Boolean(values?.length));
  }
  if (rule.event) return true;
  if (rule.sequence) return rule.sequence.steps.every((s) => s.verbs.length > 0) && rule.sequence.within_days > 0;
  if (rule.text) return rule.text.contains.trim() !== '';
  if (rule.field) return valueless(rule.field.op) || Boolean(rule.field.text) || Boolean(rule.field.values?.length);
  return Boolean(rule.segment);
}

/** depth of the groups; the page stops offering new ones at four. */
export function depth(rule: Rule): number {
  if (rule.not) return depth(rule.not);
  const inside = rule.all ?? rule.any;
  return inside ? 1 + Math.max(0, ...inside.map(depth)) : 0;
}
