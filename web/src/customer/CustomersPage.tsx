import { SwapOutlined } from '../page/icons';
import { Button, Card, Flex, Input, Segmented, Select, Table, type TableProps, Tooltip, Typography } from 'antd';
import { useDeferredValue } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { CustomerItem } from '../api/types';
import { useFormat, useLang, useWords } from '../lang/LangProvider';
import { csv, save } from '../page/csv';
import { Failure } from '../page/Failure';
import { More } from '../page/More';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { usePages } from '../page/paging';
import { pageWords } from '../page/words';
import { of } from './customer';
import { useTraits } from './traits';
import { TraitValue } from './TraitValue';
import { customerWords } from './words';

const sorts = {
  '': 'byLast',
  money: 'byMoney',
  frequency: 'byFrequency',
  health: 'byHealth',
} as const;

/** CustomersPage finds customers; every choice stands in the address, so a list can be sent to somebody. */
export function CustomersPage() {
  const t = useWords(customerWords);
  const p = useWords(pageWords);
  const format = useFormat();
  const { lang } = useLang();
  const traits = useTraits();
  const [search, setSearch] = useSearchParams();
  const set = (name: string, value: string) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const q = search.get('q') ?? '';
  const kind = search.get('kind') === 'person' ? 'person' : 'account';
  const stage = search.get('stage') ?? '';
  const health = search.get('health') ?? '';
  const sort = (search.get('sort') ?? '') as keyof typeof sorts;
  const deferred = useDeferredValue(q);
  const filters = [stage && `stage:${stage}`, health && `health:${health}`].filter(Boolean);
  const { items, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = usePages<CustomerItem>(
    ['customers'],
    'customers',
    {
      q: deferred,
      kind,
      trait: filters,
      sort: sort in sorts ? sort : '',
      up: sort === 'health' || undefined,
      limit: 50,
    },
  );
  const trait = (name: string, width: number, align: 'start' | 'end' = 'start') => ({
    key: name,
    title: lang === 'zh' ? traits.get(name)?.title_zh : traits.get(name)?.title,
    width,
    align,
    render: (_: unknown, item: CustomerItem) => {
      const view = traits.get(name);
      const now = of(item.traits, name);
      return view && now ? <TraitValue trait={view} number={now.number} text={now.text} /> : '–';
    },
  });
  const columns: TableProps<CustomerItem>['columns'] = [
    {
      title: t('name'),
      dataIndex: 'name',
      ellipsis: true,
      render: (name: string, item) => <Link to={`/customers/${item.entity}`}>{name || item.entity.slice(0, 8)}</Link>,
    },
    { title: t('city'), dataIndex: 'city', width: 110, ellipsis: true, render: (city?: string) => city || '–' },
    trait('stage', 100),
    trait('health', 130),
    trait('money', 160, 'end'),
    trait('recency', 140, 'end'),
    {
      title: t('sources'),
      dataIndex: 'sources',
      width: 110,
      align: 'end',
      render: (sources: string[], item) => (
        <Tooltip title={sources.join('、')}>
          <span className="numbers">
            {format.number(sources.length)}{' '}
            <Typography.Text type="secondary">/ {format.number(item.parties)}</Typography.Text>
          </span>
        </Tooltip>
      ),
    },
  ];
  const words = (name: string) => [
    { value: '', label: t('any') },
    ...(traits.get(name)?.values ?? []).map((v) => ({ value: v.value, label: lang === 'zh' ? v.title_zh : v.title })),
  ];
  const asked = Boolean(q || filters.length > 0);
  return (
    <PageFrame
      title={t('customers')}
      about={t('about')}
      actions={
        <Link to="/handovers">
          <Button icon={<SwapOutlined />}>{t('handovers')}</Button>
        </Link>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Card styles={{ body: { padding: 16 } }}>
        <Flex gap={8} wrap align="center" style={{ marginBottom: 12 }}>
          <Segmented
            value={kind}
            onChange={(value) => set('kind', value === 'person' ? 'person' : '')}
            options={[
              { value: 'account', label: t('accounts') },
              { value: 'person', label: t('persons') },
            ]}
          />
          <Input.Search
            allowClear
            value={q}
            onChange={(e) => set('q', e.target.value)}
            placeholder={t('searchHint')}
            aria-label={t('searchHint')}
            style={{ width: 320, maxWidth: '100%' }}
          />
          <Select
            value={stage}
            onChange={(value) => set('stage', value)}
            options={words('stage')}
            prefix={t('stage')}
            aria-label={t('stage')}
            style={{ width: 160 }}
          />
          <Select
            value={health}
            onChange={(value) => set('health', value)}
            options={words('health')}
            prefix={t('health')}
            aria-label={t('health')}
            style={{ width: 170 }}
          />
          <Select
            value={sort in sorts ? sort : ''}
            onChange={(value) => set('sort', value)}
            options={Object.entries(sorts).map(([value, word]) => ({ value, label: t(word) }))}
            prefix={t('sort')}
            aria-label={t('sort')}
            style={{ width: 210 }}
          />
          <span style={{ flex: 1 }} />
          <Button
            disabled={items.length === 0}
            onClick={() =>
              save(
                'customers.csv',
                csv(
                  ['entity', 'name', 'city', 'stage', 'health', 'money', 'currency', 'sources', 'records'],
                  items.map((i) => [
                    i.entity,
                    i.name,
                    i.city,
                    of(i.traits, 'stage')?.text,
                    of(i.traits, 'health')?.text,
                    of(i.traits, 'money')?.number,
                    of(i.traits, 'money')?.text,
                    i.sources.join(' '),
                    i.parties,
                  ]),
                ),
              )
            }
          >
            {p('exportCsv')}
          </Button>
        </Flex>
        <Table
          size="small"
          rowKey="entity"
          loading={isPending && !error}
          columns={columns}
          dataSource={items}
          pagination={false}
          scroll={{ x: 900 }}
          locale={{
            emptyText: isPending ? (
              ' '
            ) : asked ? (
              <Nothing title={t('noMatch')} about={t('noMatchHelp')} />
            ) : (
              <Nothing title={t('none')} about={t('noneHelp')} />
            ),
          }}
        />
        <More n={items.length} more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
      </Card>
    </PageFrame>
  );
}
