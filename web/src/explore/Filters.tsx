import { PlusOutlined } from '../page/icons';
import { AutoComplete, Button, Flex, Popover, Select, Tag } from 'antd';
import { useState } from 'react';
import type { Dimension } from '../api/types';
import { usePick, useWords } from '../lang/LangProvider';
import { useTerm } from '../event/verb';
import { useValues } from './explore';
import { bare, type Filter, type Op } from './question';
import { exploreWords } from './words';

const offered: Op[] = ['eq', 'ne', 'has', 'gte', 'lt', 'null', 'notnull'];

type Props = {
  metric: string;
  dimensions: Dimension[];
  where: Filter[];
  label: (value: string, dimension: string) => string;
  onChange: (where: Filter[]) => void;
};

function Editor({
  metric,
  dimensions,
  onDone,
}: {
  metric: string;
  dimensions: Dimension[];
  onDone: (filter: Filter) => void;
}) {
  const t = useWords(exploreWords);
  const pick = usePick();
  const [dim, setDim] = useState<string>();
  const [op, setOp] = useState<Op>('eq');
  const [value, setValue] = useState('');
  const term = useTerm();
  const { data: found = [] } = useValues(metric, dim ?? '');
  const values = found.map((v) => ({ ...v, label: v.label === v.value ? term(dim ?? '', v.value) : v.label }));
  const ready = dim !== undefined && (bare(op) || value.trim() !== '');
  const done = () => {
    if (dim === undefined || !ready) return;
    const known = values.find((v) => v.label === value.trim());
    onDone({ dim, op, value: bare(op) ? '' : (known?.value ?? value.trim()) });
  };
  return (
    <Flex vertical gap={8} style={{ width: 300 }}>
      <Select
        aria-label={t('dim')}
        placeholder={t('dim')}
        showSearch={{ optionFilterProp: 'label' }}
        value={dim ?? null}
        onChange={(next: string) => {
          setDim(next);
          setValue('');
        }}
        options={dimensions.map((d) => ({ value: d.name, label: pick(d, 'title') }))}
      />
      <Select
        aria-label={t('op')}
        value={op}
        onChange={setOp}
        options={offered.map((o) => ({ value: o, label: t(o) }))}
      />
      <AutoComplete
        aria-label={t('value')}
        placeholder={t('value')}
        value={value}
        onChange={setValue}
        disabled={dim === undefined || bare(op)}
        options={values.map((v) => ({ value: v.label }))}
        showSearch={{
          filterOption: (text, option) => (option?.value ?? '').toLowerCase().includes(text.toLowerCase()),
        }}
      />
      <Button type="primary" disabled={!ready} onClick={done}>
        {t('apply')}
      </Button>
    </Flex>
  );
}

export function Filters({ metric, dimensions, where, label, onChange }: Props) {
  const t = useWords(exploreWords);
  const pick = usePick();
  const [open, setOpen] = useState(false);
  const name = (dim: string) => {
    const found = dimensions.find((d) => d.name === dim);
    return found ? pick(found, 'title') : dim;
  };
  return (
    <Flex gap={6} wrap align="center" role="group" aria-label={t('filters')}>
      {where.map((filter, i) => (
        <Tag
          key={`${filter.dim}${filter.op}${filter.value}`}
          closable={{ 'aria-label': `${t('remove')} ${name(filter.dim)}` }}
          onClose={(e) => {
            e.preventDefault();
            onChange(where.filter((_, j) => j !== i));
          }}
          style={{ padding: '3px 8px', marginInlineEnd: 0, fontSize: 13, maxWidth: 380 }}
          className="clip"
        >
          {name(filter.dim)} {t(filter.op)}{' '}
          {filter.op === 'in'
            ? filter.value
                .split('|')
                .map((v) => label(v, filter.dim))
                .join(', ')
            : bare(filter.op)
              ? ''
              : label(filter.value, filter.dim)}
        </Tag>
      ))}
      <Popover
        open={open}
        onOpenChange={setOpen}
        trigger="click"
        placement="bottomLeft"
        destroyOnHidden
        content={
          <Editor
            metric={metric}
            dimensions={dimensions}
            onDone={(filter) => {
              setOpen(false);
              onChange([...where, filter]);
            }}
          />
        }
      >
        <Button size="small" icon={<PlusOutlined />} type="dashed">
          {t('addFilter')}
        </Button>
      </Popover>
    </Flex>
  );
}
