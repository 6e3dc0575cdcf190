import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { get } from '../api/client';
import type { Hit, Page } from '../api/types';
import { listOf } from '../page/paging';

type Props = {
  kind: 'account' | 'person' | 'staff';
  value: string | null;
  onChange: (party: Hit) => void;
  placeholder: string;
  label: string;
};

/** PartySelect finds one identity record of a kind by a few letters of its name or its key. */
export function PartySelect({ kind, value, onChange, placeholder, label }: Props) {
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const { data, isFetching } = useQuery({
    queryKey: ['search', kind, q],
    queryFn: async ({ signal }) => listOf(await get<Page<Hit> | Hit[]>('search', { q, kind }, signal)),
    enabled: q.length > 0,
  });
  return (
    <Select
      showSearch={{ filterOption: false, onSearch: setText }}
      value={value}
      loading={isFetching}
      placeholder={placeholder}
      aria-label={label}
      notFoundContent={null}
      style={{ width: '100%' }}
      options={(data ?? []).map((hit) => ({ value: hit.id, label: `${hit.title} · ${hit.hint}` }))}
      onChange={(id: string | null) => {
        const hit = data?.find((x) => x.id === id);
        if (hit) onChange(hit);
      }}
    />
  );
}
