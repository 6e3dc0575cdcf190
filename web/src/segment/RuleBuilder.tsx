import { Button, Card, Flex, Input, InputNumber, Segmented, Select, Typography } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Rule, SegmentView } from '../api/types';
import { useTraits } from '../customer/traits';
import { verbWords } from '../event/glossary';
import { useTerm } from '../event/verb';
import { useLang, useWords } from '../lang/LangProvider';
import { DeleteOutlined, PlusOutlined } from '../page/icons';
import { type Clause, clauses, depth, fresh, kindOf } from './rule';
import { segmentWords } from './words';

type Props = { rule: Rule; kind: 'account' | 'person'; self?: string | undefined; change: (rule: Rule) => void };

function useVerbs() {
  const term = useTerm();
  return Object.keys(verbWords).map((verb) => ({ value: verb, label: `${term('verb', verb)} · ${verb}` }));
}

function Verbs({ value, change, any }: { value: string[]; change: (verbs: string[]) => void; any?: boolean }) {
  const t = useWords(segmentWords);
  return (
    <Select
      mode="multiple"
      value={value}
      onChange={change}
      options={useVerbs()}
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={any ? t('anyVerb') : t('verbs')}
      aria-label={t('verbs')}
      style={{ minWidth: 220, flex: 1 }}
      maxTagCount={3}
    />
  );
}

function Days({ value, change }: { value: number | undefined; change: (days: number | undefined) => void }) {
  const t = useWords(segmentWords);
  return (
    <InputNumber
      min={1}
      max={36600}
      value={value ?? null}
      onChange={(v) => change(v ?? undefined)}
      prefix={t('days')}
      suffix={t('daysUnit')}
      placeholder={t('always')}
      aria-label={t('days')}
      style={{ width: 170 }}
    />
  );
}

type Op = 'eq' | 'ne' | 'in' | 'has' | 'gt' | 'gte' | 'lt' | 'lte' | 'null' | 'notnull';

function Ops<T extends Op>({ value, options, change }: { value: T; options: T[]; change: (op: T) => void }) {
  const t = useWords(segmentWords);
  return (
    <Select<T>
      value={value}
      onChange={change}
      options={options.map((op) => ({ value: op, label: t(op as Op) }))}
      aria-label={t('value')}
      style={{ width: 110 }}
    />
  );
}

/** without drops what an undefined value would otherwise leave in the JSON. */
function without<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

function TraitClause({ rule, kind, change }: Props) {
  const t = useWords(segmentWords);
  const { lang } = useLang();
  const traits = useTraits();
  const clause = rule.trait;
  if (!clause) return null;
  const view = traits.get(clause.name);
  const options = [...traits.values()]
    .filter((x) => x.kinds.includes(kind))
    .map((x) => ({ value: x.name, label: lang === 'zh' ? x.title_zh : x.title }));
  const plain = clause.op === 'null' || clause.op === 'notnull';
  return (
    <>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        value={clause.name || undefined}
        placeholder={t('trait')}
        aria-label={t('trait')}
        style={{ width: 220 }}
        options={options}
        onChange={(name) => change({ trait: { name, op: traits.get(name)?.word ? 'eq' : 'gte' } })}
      />
      {view && (
        <Ops
          value={clause.op}
          options={
            view.word
              ? ['eq', 'ne', 'has', 'null', 'notnull']
              : ['gte', 'lte', 'gt', 'lt', 'eq', 'ne', 'null', 'notnull']
          }
          change={(op) => change({ trait: { ...clause, op } })}
        />
      )}
      {view && !plain && view.word && view.values.length > 0 && clause.op !== 'has' && (
        <Select
          value={clause.text}
          onChange={(text) => change({ trait: { name: clause.name, op: clause.op, text } })}
          options={view.values.map((v) => ({ value: v.value, label: lang === 'zh' ? v.title_zh : v.title }))}
          aria-label={t('value')}
          style={{ width: 180 }}
        />
      )}
      {view && !plain && view.word && (view.values.length === 0 || clause.op === 'has') && (
        <Input
          value={clause.text ?? ''}
          onChange={(e) => change({ trait: { name: clause.name, op: clause.op, text: e.target.value } })}
          aria-label={t('value')}
          style={{ width: 180 }}
        />
      )}
      {view && !plain && !view.word && (
        <InputNumber
          value={clause.number ?? null}
          onChange={(number) =>
            change({
              trait: without({ name: clause.name, op: clause.op, number: number ?? undefined }) as NonNullable<
                Rule['trait']
              >,
            })
          }
          suffix={lang === 'zh' ? view.unit_zh : view.unit}
          aria-label={t('value')}
          style={{ width: 180 }}
        />
      )}
    </>
  );
}

const fields = ['name', 'city', 'company', 'title', 'address', 'phone', 'email', 'tax_no', 'source'] as const;

function ClauseForm(props: Props) {
  const t = useWords(segmentWords);
  const { rule, kind, self, change } = props;
  const { data: segments } = useQuery({
    queryKey: ['segments', false],
    queryFn: ({ signal }) => get<SegmentView[]>('segments', undefined, signal),
    enabled: rule.segment !== undefined,
  });
  if (rule.trait) return <TraitClause {...props} />;
  if (rule.event) {
    const e = rule.event;
    const count = e.count ?? { op: 'gte' as const, value: 1 };
    return (
      <>
        <Verbs any value={e.verbs ?? []} change={(verbs) => change({ event: { ...e, verbs } })} />
        <Ops
          value={count.op}
          options={['gte', 'lte', 'eq', 'gt', 'lt']}
          change={(op) => change({ event: { ...e, count: { ...count, op } } })}
        />
        <InputNumber
          min={0}
          value={count.value}
          suffix={t('times')}
          aria-label={t('times')}
          style={{ width: 120 }}
          onChange={(value) => change({ event: { ...e, count: { ...count, value: value ?? 0 } } })}
        />
        <Days
          value={e.days}
          change={(days) => change({ event: without({ ...e, days }) as NonNullable<Rule['event']> })}
        />
      </>
    );
  }
  if (rule.sequence) {
    const s = rule.sequence;
    return (
      <Flex vertical gap={8} style={{ flex: 1 }}>
        {s.steps.map((step, i) => (
          <Flex key={i} gap={8} align="center">
            <Typography.Text type="secondary" style={{ width: 48 }}>
              {i > 0 && t('then')}
            </Typography.Text>
            <Verbs
              value={step.verbs}
              change={(verbs) =>
                change({ sequence: { ...s, steps: s.steps.map((x, k) => (k === i ? { ...x, verbs } : x)) } })
              }
            />
          </Flex>
        ))}
        <Flex gap={8} align="center" wrap>
          <InputNumber
            min={1}
            value={s.within_days}
            prefix={t('withinDays')}
            suffix={t('daysUnit')}
            aria-label={t('withinDays')}
            style={{ width: 240 }}
            onChange={(v) => change({ sequence: { ...s, within_days: v ?? 1 } })}
          />
          <Days
            value={s.days}
            change={(days) => change({ sequence: without({ ...s, days }) as NonNullable<Rule['sequence']> })}
          />
          {s.steps.length < 6 && (
            <Button
              size="small"
              icon={<PlusOutlined />}
              onClick={() => change({ sequence: { ...s, steps: [...s.steps, { verbs: [] }] } })}
            >
              {t('then')}
            </Button>
          )}
        </Flex>
      </Flex>
    );
  }
  if (rule.text) {
    const x = rule.text;
    return (
      <>
        <Input
          value={x.contains}
          prefix={t('contains')}
          aria-label={t('contains')}
          style={{ width: 240 }}
          onChange={(e) => change({ text: { ...x, contains: e.target.value } })}
        />
        <Verbs any value={x.verbs ?? []} change={(verbs) => change({ text: { ...x, verbs } })} />
        <Days
          value={x.days}
          change={(days) => change({ text: without({ ...x, days }) as NonNullable<Rule['text']> })}
        />
      </>
    );
  }
  if (rule.field) {
    const f = rule.field;
    return (
      <>
        <Select
          value={f.name}
          onChange={(name) => change({ field: { ...f, name } })}
          options={fields.map((name) => ({ value: name, label: t(`f_${name}`) }))}
          aria-label={t('field')}
          style={{ width: 140 }}
        />
        <Ops
          value={f.op}
          options={['eq', 'ne', 'has', 'null', 'notnull']}
          change={(op) => change({ field: { ...f, op } })}
        />
        {f.op !== 'null' && f.op !== 'notnull' && (
          <Input
            value={f.text ?? ''}
            aria-label={t('value')}
            style={{ width: 220 }}
            onChange={(e) => change({ field: { ...f, text: e.target.value } })}
          />
        )}
      </>
    );
  }
  return (
    <Select
      showSearch={{ optionFilterProp: 'label' }}
      value={rule.segment ?? ''}
      onChange={(segment) => change({ segment })}
      prefix={t('inSegment')}
      options={(segments ?? [])
        .filter((s) => s.kind === kind && s.id !== self)
        .map((s) => ({ value: s.id, label: s.title }))}
      aria-label={t('segment')}
      style={{ minWidth: 260 }}
    />
  );
}

/** RuleBuilder edits a rule as a tree: groups of conditions, each of which may be negated. */
export function RuleBuilder({
  rule,
  kind,
  self,
  change,
  remove,
  level = 0,
}: Props & { remove?: () => void; level?: number }) {
  const t = useWords(segmentWords);
  const what = kindOf(rule);
  if (what === 'not' && rule.not)
    return (
      <Card size="small" styles={{ body: { padding: 8 } }} style={{ borderStyle: 'dashed' }}>
        <Flex gap={8} align="start">
          <Button size="small" danger onClick={() => change(rule.not ?? rule)} title={t('negate')}>
            {t('not')}
          </Button>
          <div style={{ flex: 1, minWidth: 0 }}>
            <RuleBuilder
              rule={rule.not}
              kind={kind}
              self={self}
              level={level}
              change={(inside) => change({ not: inside })}
              {...(remove ? { remove } : {})}
            />
          </div>
        </Flex>
      </Card>
    );
  if (what === 'all' || what === 'any') {
    const inside = rule[what] ?? [];
    const set = (rules: Rule[]) => change(what === 'all' ? { all: rules } : { any: rules });
    return (
      <Card size="small" styles={{ body: { padding: 12 } }}>
        <Flex vertical gap={8}>
          <Flex gap={8} align="center" wrap>
            <Segmented
              size="small"
              value={what}
              onChange={(way) => change(way === 'all' ? { all: inside } : { any: inside })}
              options={[
                { value: 'all', label: t('all') },
                { value: 'any', label: t('any') },
              ]}
            />
            <span style={{ flex: 1 }} />
            {remove && (
              <>
                <Button size="small" type="text" onClick={() => change({ not: rule })}>
                  {t('negate')}
                </Button>
                <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t('remove')} onClick={remove} />
              </>
            )}
          </Flex>
          {inside.map((one, i) => (
            <RuleBuilder
              key={i}
              rule={one}
              kind={kind}
              self={self}
              level={level + 1}
              change={(next) => set(inside.map((x, k) => (k === i ? next : x)))}
              remove={() => set(inside.filter((_, k) => k !== i))}
            />
          ))}
          <Flex gap={8} wrap>
            {clauses.map((clause) => (
              <Button key={clause} size="small" icon={<PlusOutlined />} onClick={() => set([...inside, fresh(clause)])}>
                {t(clause)}
              </Button>
            ))}
            {level + depth(rule) < 4 && (
              <Button
                size="small"
                type="dashed"
                icon={<PlusOutlined />}
                onClick={() => set([...inside, what === 'all' ? { any: [] } : { all: [] }])}
              >
                {t('addGroup')}
              </Button>
            )}
          </Flex>
        </Flex>
      </Card>
    );
  }
  return (
    <Flex gap={8} align="center" wrap style={{ padding: '2px 4px' }}>
      <Typography.Text type="secondary" style={{ width: 64, flex: 'none' }}>
        {t(what as Clause)}
      </Typography.Text>
      <ClauseForm rule={rule} kind={kind} self={self} change={change} />
      {remove && (
        <Flex style={{ marginInlineStart: 'auto' }}>
          <Button size="small" type="text" onClick={() => change({ not: rule })}>
            {t('negate')}
          </Button>
          <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t('remove')} onClick={remove} />
        </Flex>
      )}
    </Flex>
  );
}
