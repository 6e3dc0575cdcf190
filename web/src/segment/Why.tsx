import { useQuery } from '@tanstack/react-query';
import { Drawer, Flex, Skeleton, Tag, Typography } from 'antd';
import { Link } from 'react-router';
import { ask } from '../api/client';
import type { Rule, SegmentReason } from '../api/types';
import { useTraits } from '../customer/traits';
import { Verb } from '../event/EventFacts';
import { useTerm } from '../event/verb';
import { useFormat, useLang, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { kindOf } from './rule';
import { segmentWords } from './words';

/** useSay writes a clause as a sentence. */
function useSay() {
  const t = useWords(segmentWords);
  const { lang } = useLang();
  const term = useTerm();
  const traits = useTraits();
  const list = (verbs: string[] | undefined) =>
    verbs?.length ? verbs.map((v) => term('verb', v)).join(lang === 'zh' ? '、' : ', ') : t('anyVerb');
  return (rule: Rule): string => {
    const what = kindOf(rule);
    if (what === 'all' || what === 'any' || what === 'not') return t(what);
    if (rule.trait) {
      const view = traits.get(rule.trait.name);
      const word = view?.values.find((v) => v.value === rule.trait?.text);
      const value = word ? (lang === 'zh' ? word.title_zh : word.title) : (rule.trait.text ?? rule.trait.number ?? '');
      return `${(lang === 'zh' ? view?.title_zh : view?.title) ?? rule.trait.name} ${t(rule.trait.op)} ${value}`;
    }
    if (rule.event) {
      const days = rule.event.days ? ` · ${t('days')} ${rule.event.days} ${t('daysUnit')}` : '';
      const count = rule.event.count ?? { op: 'gte' as const, value: 1 };
      return `${list(rule.event.verbs)} ${t(count.op)} ${count.value} ${t('times')}${days}`;
    }
    if (rule.sequence)
      return `${rule.sequence.steps.map((s) => list(s.verbs)).join(` ${t('then')} `)} · ${t('withinDays')} ${rule.sequence.within_days} ${t('daysUnit')}`;
    if (rule.text) return `${list(rule.text.verbs)} ${t('contains')} “${rule.text.contains}”`;
    if (rule.field) {
      const name = rule.field.name;
      const known = (
        ['name', 'phone', 'email', 'tax_no', 'address', 'city', 'title', 'company', 'source'] as const
      ).find((f) => f === name);
      return `${known ? t(`f_${known}`) : name} ${t(rule.field.op)} ${rule.field.text ?? ''}`;
    }
    return `${t('inSegment')} ${rule.segment ?? ''}`;
  };
}

function Reasons({ reason, level }: { reason: SegmentReason; level: number }) {
  const t = useWords(segmentWords);
  const format = useFormat();
  const say = useSay();
  return (
    <div style={{ marginInlineStart: level * 20, marginTop: 8 }}>
      <Flex gap={8} align="baseline" wrap>
        <Tag color={reason.in ? 'green' : 'red'}>{reason.in ? '✓' : '✗'}</Tag>
        <Typography.Text strong={level === 0}>{say(reason.clause)}</Typography.Text>
        {(reason.number !== null || reason.text) && (
          <Typography.Text type="secondary">
            {t('counted', { n: reason.text || format.decimal(reason.number) })}
          </Typography.Text>
        )}
      </Flex>
      {reason.events.map((e) => (
        <Flex key={e.id} gap={8} align="baseline" style={{ marginInlineStart: 40, marginTop: 4 }}>
          <Typography.Text type="secondary" className="numbers" style={{ fontSize: 12 }}>
            {format.known(e.ts, e.ts_precision)}
          </Typography.Text>
          <Verb verb={e.verb} />
          <Typography.Text className="clip" style={{ flex: 1, minWidth: 0 }}>
            {e.text}
          </Typography.Text>
          <Link to={`/batches/${e.batch}/rows/${e.row}`} className="code">
            #{e.row}
          </Link>
        </Flex>
      ))}
      {reason.inside.map((inside) => (
        <Reasons key={inside.path} reason={inside} level={level + 1} />
      ))}
    </div>
  );
}

type Props = {
  rule: Rule;
  kind: 'account' | 'person';
  who: { entity: string; name: string } | undefined;
  onClose: () => void;
};

/** Why says clause by clause why a customer is in, or out, with the events that count. */
export function Why({ rule, kind, who, onClose }: Props) {
  const t = useWords(segmentWords);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['segment-why', kind, rule, who?.entity],
    queryFn: async ({ signal }) =>
      (await ask<SegmentReason>('POST', 'segments/why', { body: { kind, rule, entity: who?.entity }, signal })).data,
    enabled: who !== undefined,
  });
  const name = who?.name ?? '';
  return (
    <Drawer
      open={who !== undefined}
      onClose={onClose}
      size="min(760px, 92vw)"
      destroyOnHidden
      title={data ? (data.in ? t('whyIn', { name }) : t('whyOut', { name })) : t('why')}
      extra={who && <Link to={`/customers/${who.entity}`}>{name}</Link>}
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {who && isPending && !error && <Skeleton active />}
      {data && <Reasons reason={data} level={0} />}
    </Drawer>
  );
}
