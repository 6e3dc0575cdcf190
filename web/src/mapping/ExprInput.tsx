import { AutoComplete } from 'antd';
import { useState } from 'react';
import { written } from './expr';

type Props = {
  value: string | undefined;
  columns: readonly string[];
  label: string;
  onCommit: (value: string) => void;
};

/** ExprInput takes an expression; the table's columns are offered. It is handed on when left, not at each key. */
export function ExprInput({ value, columns, label, onCommit }: Props) {
  const [draft, setDraft] = useState<string>();
  const commit = (next: string | undefined) => {
    setDraft(undefined);
    if (next !== undefined && next !== (value ?? '')) onCommit(next.trim());
  };
  return (
    <AutoComplete
      aria-label={label}
      size="small"
      style={{ width: '100%' }}
      value={draft ?? value ?? ''}
      onChange={setDraft}
      onSelect={(next: string) => commit(next)}
      onBlur={() => commit(draft)}
      onKeyDown={(e) => {
        if (e.key === 'Enter' && !e.nativeEvent.isComposing) commit(draft);
      }}
      options={columns.map((c) => ({ value: written(c), label: c }))}
      showSearch={{ filterOption: (text, option) => (option?.label ?? '').toLowerCase().includes(text.toLowerCase()) }}
    />
  );
}
