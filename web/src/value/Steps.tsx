import { DeleteOutlined, PlusOutlined } from '../page/icons';
import {
  Alert,
  AutoComplete,
  Button,
  DatePicker,
  Flex,
  Form,
  Input,
  InputNumber,
  Radio,
  Select,
  Typography,
} from 'antd';
import dayjs from 'dayjs';
import { useWords } from '../lang/LangProvider';
import { designs, type Draft, type Gap, outcomes, reaches, windowOf } from './draft';
import { GradeTag } from './Marks';
import { outcomeWords } from './outcome.words';
import { wizardWords } from './wizard.words';
import { datesOf, useCounts, useLaunches } from './workbook';

type Props = { draft: Draft; change: (part: Partial<Draft>) => void; wrong: Gap[] };

const day = (text: string | undefined) => (text ? dayjs(text) : null);
const today = () => dayjs().format('YYYY-MM-DD');

function useGap(wrong: Gap[]) {
  const t = useWords(wizardWords);
  return (gap: Gap) => (wrong.includes(gap) ? { validateStatus: 'error' as const, help: t(`gap_${gap}`) } : {});
}

export function WhatStep({ draft, change, wrong }: Props) {
  const t = useWords(wizardWords);
  const gap = useGap(wrong);
  const { data: launches } = useLaunches();
  return (
    <>
      <Form.Item label={t('what')} htmlFor="what" required extra={t('whatHelp')} {...gap('what')}>
        <Input
          id="what"
          value={draft.what}
          maxLength={80}
          placeholder={t('whatExample')}
          onChange={(e) => change({ what: e.target.value })}
          style={{ maxWidth: 480 }}
        />
      </Form.Item>
      <Form.Item
        label={t('fromWork')}
        htmlFor="work"
        extra={launches?.length === 0 ? t('fromWorkNone') : t('fromWorkHelp')}
      >
        <Select
          id="work"
          aria-label={t('fromWork')}
          style={{ maxWidth: 480 }}
          showSearch={{ optionFilterProp: 'label' }}
          allowClear
          value={draft.shovel || null}
          disabled={!launches?.length}
          placeholder={t('fromWork')}
          options={(launches ?? []).map((l) => ({
            value: l.key,
            label: l.name === l.key ? l.key : `${l.name} (${l.key})`,
          }))}
          onChange={(key: string | undefined) => {
            const launch = launches?.find((l) => l.key === key);
            change({ shovel: key ?? '', ...(launch ? { what: launch.name } : {}) });
            if (!launch) return;
            void datesOf(launch).then((dates) => {
              const window = windowOf(dates, today());
              if (dates.length > 0) change({ dates, ...(window ?? {}) });
            });
          }}
        />
      </Form.Item>
      <Form.Item label={t('how')} extra={t('howHelp')}>
        <Radio.Group
          aria-label={t('how')}
          value={draft.design}
          onChange={(e) => change({ design: e.target.value as Draft['design'] })}
          options={designs.map((d) => ({
            value: d,
            label: (
              <Flex gap={8} align="center" component="span">
                {t(`how_${d}`)}
                <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
                  {t('reach', { grade: reaches[d] })}
                </Typography.Text>
              </Flex>
            ),
          }))}
          style={{ display: 'flex', flexDirection: 'column', gap: 6 }}
        />
      </Form.Item>
    </>
  );
}

export function WhomStep({ draft, change, wrong }: Props) {
  const t = useWords(wizardWords);
  const gap = useGap(wrong);
  const { data: teams } = useCounts('team', []);
  const names = [...(teams?.keys() ?? [])].sort();
  const dates = draft.dates.length > 0 ? draft.dates : [{ team: '', since: '' }];
  const put = (i: number, part: { team?: string; since?: string; until?: string }) => {
    const next = dates.map((d, j) => (j === i ? { ...d, ...part } : d));
    const fresh = !draft.since || !draft.until ? windowOf(next, today()) : undefined;
    change({ dates: next, ...(fresh ?? {}) });
  };
  const chosen = new Set(dates.map((d) => d.team));
  const rest = names.filter((n) => !chosen.has(n)).length;
  return (
    <>
      <Form.Item
        label={t('dates')}
        required
        extra={t('datesHelp')}
        {...(wrong.includes('dates') ? gap('dates') : gap('everybody'))}
      >
        <Flex vertical gap={8} role="group" aria-label={t('dates')}>
          {dates.map((d, i) => (
            <Flex key={i} gap={8} wrap align="center">
              <AutoComplete
                aria-label={`${t('team')}, ${t('teamN', { n: i + 1 })}`}
                style={{ width: 220 }}
                placeholder={t('team')}
                value={d.team ?? ''}
                showSearch={{
                  filterOption: (text, option) =>
                    String(option?.value ?? '')
                      .toLowerCase()
                      .includes(text.toLowerCase()),
                }}
                options={names.filter((n) => n === d.team || !chosen.has(n)).map((value) => ({ value }))}
                onChange={(team: string) => put(i, { team })}
              />
              <DatePicker
                aria-label={`${t('since')}, ${t('teamN', { n: i + 1 })}`}
                placeholder={t('since')}
                value={day(d.since)}
                onChange={(value) => put(i, { since: value?.format('YYYY-MM-DD') ?? '' })}
              />
              <DatePicker
                aria-label={`${t('until')}, ${t('teamN', { n: i + 1 })}`}
                placeholder={t('until')}
                value={day(d.until)}
                onChange={(value) => put(i, { until: value?.format('YYYY-MM-DD') ?? '' })}
              />
              <Button
                type="text"
                icon={<DeleteOutlined />}
                disabled={dates.length === 1}
                aria-label={t('removeTeam', { team: d.team || String(i + 1) })}
                onClick={() => change({ dates: dates.filter((_, j) => j !== i) })}
              />
            </Flex>
          ))}
          <div>
            <Button
              icon={<PlusOutlined />}
              onClick={() => change({ dates: [...dates, { team: '', since: dates.at(-1)?.since ?? '' }] })}
            >
              {t('addTeam')}
            </Button>
          </div>
        </Flex>
      </Form.Item>
      {names.length > 0 && (
        <Typography.Paragraph type="secondary">
          {t('known', { n: names.length })} · {t('compare', { n: rest })}
        </Typography.Paragraph>
      )}
      <Form.Item
        label={t('window')}
        required
        extra={t('windowHelp')}
        {...(wrong.includes('window') ? gap('window') : gap('outside'))}
      >
        <DatePicker.RangePicker
          aria-label={t('window')}
          value={[day(draft.since), draft.until ? dayjs(draft.until).subtract(1, 'day') : null]}
          onChange={(range) =>
            change({
              since: range?.[0]?.format('YYYY-MM-DD') ?? '',
              until: range?.[1]?.add(1, 'day').format('YYYY-MM-DD') ?? '',
            })
          }
          style={{ width: 280 }}
        />
      </Form.Item>
    </>
  );
}

export function MovedStep({ draft, change, wrong }: Props) {
  const t = useWords(wizardWords);
  const o = useWords(outcomeWords);
  const gap = useGap(wrong);
  const { data: verbs } = useCounts('verb', []);
  const number = (name: 'perUnit' | 'lo' | 'hi' | 'wages' | 'external', label: string) => (
    <Form.Item label={label} htmlFor={name} style={{ marginBottom: 8 }}>
      <InputNumber<number>
        id={name}
        min={0}
        value={draft[name]}
        onChange={(value) => change({ [name]: value })}
        style={{ width: 150 }}
      />
    </Form.Item>
  );
  return (
    <>
      <Form.Item label={t('outcome')} required>
        <Radio.Group
          aria-label={t('outcome')}
          value={draft.outcome}
          onChange={(e) => change({ outcome: e.target.value as Draft['outcome'] })}
          style={{ display: 'flex', flexDirection: 'column', gap: 6 }}
          options={(Object.keys(outcomes) as Draft['outcome'][]).map((key) => {
            const spec = outcomes[key];
            const need = spec.entry ?? spec.verbs;
            const n = verbs ? Math.min(...need.map((v) => verbs.get(v) ?? 0)) : undefined;
            return {
              value: key,
              label: (
                <Flex gap={8} align="center" component="span">
                  {o(key)}
                  {n !== undefined && (
                    <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
                      {n > 0 ? t('has', { n }) : t('noData')}
                    </Typography.Text>
                  )}
                </Flex>
              ),
            };
          })}
        />
      </Form.Item>
      {draft.outcome === 'reach' && (
        <Form.Item label={t('line')} htmlFor="line" required {...gap('line')}>
          <InputNumber<number> id="line" min={0} value={draft.line} onChange={(line) => change({ line: line ?? 0 })} />
        </Form.Item>
      )}
      <Typography.Title level={2} style={{ fontSize: 15, marginBottom: 4 }}>
        {t('money')}
      </Typography.Title>
      <Typography.Paragraph type="secondary">{t('moneyHelp')}</Typography.Paragraph>
      <Flex gap="0 12px" wrap>
        <Form.Item label={t('definition')} style={{ marginBottom: 8 }}>
          <Select
            aria-label={t('definition')}
            style={{ width: 150 }}
            value={draft.definition}
            onChange={(definition: Draft['definition']) => change({ definition })}
            options={[
              { value: '', label: t('noMoney') },
              ...(['contract', 'payment', 'revenue', 'wage'] as const).map((d) => ({ value: d, label: t(`def_${d}`) })),
            ]}
          />
        </Form.Item>
        {draft.definition !== '' && (
          <>
            {number('perUnit', t('perUnit'))}
            {number('lo', t('lo'))}
            {number('hi', t('hi'))}
          </>
        )}
      </Flex>
      <Typography.Title level={2} style={{ fontSize: 15, margin: '12px 0 4px' }}>
        {t('costs')}
      </Typography.Title>
      <Typography.Paragraph type="secondary">{t('costsHelp')}</Typography.Paragraph>
      <Flex gap="0 12px" wrap>
        {number('wages', t('wages'))}
        {number('external', t('external'))}
      </Flex>
    </>
  );
}

export function Preview({ draft }: { draft: Draft }) {
  const t = useWords(wizardWords);
  const spec = outcomes[draft.outcome];
  const need = spec.entry ?? spec.verbs;
  const where = [`verb:in:${need.join(',')}`];
  const { data: byTeam } = useCounts('team', where, draft.since, draft.until);
  const { data: byVerb } = useCounts('verb', where, draft.since, draft.until);
  const { data: teams } = useCounts('team', []);
  const chosen = new Set(draft.dates.map((d) => d.team ?? ''));
  const names = [...(teams?.keys() ?? [])];
  const active = names.filter((n) => (byTeam?.get(n) ?? 0) > 0);
  const withIt = active.filter((n) => chosen.has(n)).length;
  const without = active.filter((n) => !chosen.has(n)).length;
  const events = byVerb ? [...byVerb.values()].reduce((a, b) => a + b, 0) : undefined;
  const tile = (label: string, value: React.ReactNode) => (
    <div
      style={{
        flex: '1 1 140px',
        padding: '10px 14px',
        borderRadius: 6,
        background: 'var(--ant-color-fill-quaternary)',
      }}
    >
      <Typography.Text type="secondary">{label}</Typography.Text>
      <div className="numbers" style={{ fontSize: 22, fontWeight: 600 }}>
        {value}
      </div>
    </div>
  );
  return (
    <Flex vertical gap={12}>
      <Flex gap={12} wrap>
        {tile(t('teamsWith'), byTeam ? withIt || chosen.size : '–')}
        {tile(t('teamsWithout'), byTeam ? without : '–')}
        {tile(t('outcomesIn'), events === undefined ? '–' : events.toLocaleString('en-GB'))}
        {tile(t('grade'), <GradeTag grade={reaches[draft.design]} long />)}
      </Flex>
      {events === 0 && <Alert type="warning" showIcon title={t('noOutcome')} />}
      {byTeam && events !== 0 && without === 0 && <Alert type="warning" showIcon title={t('noControl')} />}
      {byTeam && events !== 0 && without > 0 && (withIt < 5 || without < 5) && (
        <Alert type="info" showIcon title={t('fewTeams')} />
      )}
    </Flex>
  );
}
