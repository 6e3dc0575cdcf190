import { Tag, Typography } from 'antd';
import type { TraitView } from '../api/types';
import { useFormat, useLang } from '../lang/LangProvider';
import { colours, labelOf } from './customer';

type Props = {
  trait: Pick<TraitView, 'values' | 'unit' | 'unit_zh' | 'word'>;
  number?: number | null | undefined;
  text?: string | undefined;
};

/** TraitValue writes what a trait is: a word with how much of it, money with its currency, a number with its unit. */
export function TraitValue({ trait, number, text }: Props) {
  const { lang } = useLang();
  const format = useFormat();
  if ((number === null || number === undefined) && !text) return <Typography.Text type="secondary">–</Typography.Text>;
  if (trait.word) {
    const much =
      number === null || number === undefined
        ? ''
        : trait.unit === 'share'
          ? format.share(number)
          : format.decimal(number);
    return (
      <span>
        {text && (
          <Tag color={colours[text] ?? 'default'} style={{ marginInlineEnd: 6 }}>
            {labelOf(trait, text, lang)}
          </Tag>
        )}
        {much && <Typography.Text type="secondary">{much}</Typography.Text>}
      </span>
    );
  }
  if (trait.unit === 'money')
    return (
      <span className="numbers">
        {format.decimal(number)} <Typography.Text type="secondary">{text ?? ''}</Typography.Text>
      </span>
    );
  if (trait.unit === 'share') return <span className="numbers">{format.share(number)}</span>;
  const unit = lang === 'zh' ? trait.unit_zh : trait.unit;
  return (
    <span className="numbers">
      {format.decimal(number)} <Typography.Text type="secondary">{unit}</Typography.Text>
    </span>
  );
}
