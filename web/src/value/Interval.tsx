import { useLang } from '../lang/LangProvider';
import type { Figure } from './claim';
import { scale } from './ledger';
import { figureRange, figureText, isNumber } from './unit';
import { tones } from './Marks';
import { nullOf, type Verdict } from './verdict';

type Props = { figure: Figure | undefined; verdict: Verdict; width?: number; height?: number };

/** Interval draws a figure with its interval; the dashed line is where nothing would have changed. */
export function Interval({ figure, verdict, width = 128, height = 18 }: Props) {
  const { lang } = useLang();
  if (!figure || !isNumber(figure.value) || !isNumber(figure.lo) || !isNumber(figure.hi) || verdict === 'volume')
    return null;
  const at = scale(figure.value, figure.lo, figure.hi, nullOf(figure));
  const middle = height / 2;
  const tone = tones[verdict];
  const x = (share: number) => 5 + share * (width - 10);
  return (
    <svg
      role="img"
      aria-label={`${figureText(figure, lang)} ${figureRange(figure, lang)}`}
      width={width}
      height={height}
      style={{ display: 'block', maxWidth: '100%' }}
    >
      <line x1={0} x2={width} y1={middle} y2={middle} stroke="var(--ant-color-border-secondary)" />
      <line
        x1={x(at.zero)}
        x2={x(at.zero)}
        y1={1}
        y2={height - 1}
        stroke="var(--ant-color-text-tertiary)"
        strokeDasharray="2 2"
      />
      <line x1={x(at.lo)} x2={x(at.hi)} y1={middle} y2={middle} stroke={tone} strokeWidth={3} strokeLinecap="round" />
      <circle
        cx={x(at.value)}
        cy={middle}
        r={4.5}
        fill={tone}
        stroke="var(--ant-color-bg-container)"
        strokeWidth={1.5}
      />
    </svg>
  );
}
