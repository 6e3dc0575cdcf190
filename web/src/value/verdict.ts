import { type Lang, translate } from '../lang/words';
import type { Figure, Finding, Grade, Item } from './claim';
import { changeText, figureRange, figureText, isNumber, said, unitOfFigure } from './unit';
import { verdictWords } from './verdict.words';

/** What may be said of a claim. */
export type Verdict = 'better' | 'worse' | 'unclear' | 'volume' | 'refused' | 'open';

type Judged = Pick<Item, 'result' | 'version'>;

export function headline(finding: Finding | undefined | null): Figure | undefined {
  return finding?.figures?.[0];
}

/** relative is the claim's own ratio: k. */
export function relative(finding: Finding | undefined | null): Figure | undefined {
  return finding?.figures?.find((f) => f.kind === 'relative' && !f.method);
}

export function nullOf(figure: Pick<Figure, 'kind'>): number {
  return figure.kind === 'relative' ? 1 : 0;
}

export function judged({ result, version }: Judged): Verdict {
  if (!result) return 'open';
  if (result.finding.refusal) return 'refused';
  if (result.finding.grade === 'D') return 'volume';
  const figure = headline(result.finding);
  if (!figure || !isNumber(figure.value)) return 'refused';
  const zero = nullOf(figure);
  if (!isNumber(figure.lo) || !isNumber(figure.hi) || (figure.lo <= zero && figure.hi >= zero)) return 'unclear';
  return figure.lo > zero !== Boolean(version.claim.outcome.lower) ? 'better' : 'worse';
}

/** gradeOf is the grade of what was concluded; none where nothing was. */
export function gradeOf(item: Judged): Grade | undefined {
  const verdict = judged(item);
  return verdict === 'open' || verdict === 'refused' ? undefined : item.result?.finding.grade;
}

/** answer is a claim's result in one plain sentence. */
export function answer(item: Judged, lang: Lang): string {
  const t = translate(verdictWords, lang);
  const verdict = judged(item);
  const finding = item.result?.finding;
  if (verdict === 'open' || !finding) return t(item.version.seal ? 'sayOpen' : 'sayDraft');
  if (verdict === 'refused') return said(finding.refusal?.reason, lang) || t('sayNoFigure');
  const figure = headline(finding);
  if (!figure) return t('sayNoFigure');
  const unit = unitOfFigure(figure);
  const ratio = figure.kind === 'relative' ? figure : relative(finding);
  const range = (f: Figure) => {
    const r = figureRange(f, lang);
    return r ? t('within', { range: r }) : '';
  };
  const parts: string[] = [];
  if (verdict === 'volume') parts.push(t('sayVolume', { n: figureText(figure, lang) }));
  else if (ratio && isNumber(ratio.value) && item.version.claim.face === 'constant')
    parts.push(t('sayConstant', { k: figureText(ratio, lang), range: range(ratio) }));
  else if (figure.kind === 'absolute') {
    const change = changeText(figure.value, unit, lang);
    parts.push(t('sayChange', { change, range: range(figure) }));
    if (ratio && isNumber(ratio.value)) parts.push(t('sayRatio', { k: figureText(ratio, lang) }));
  } else if (figure.kind === 'relative')
    parts.push(t('sayTimes', { k: figureText(figure, lang), range: range(figure) }));
  else parts.push(t('sayFigure', { n: figureText(figure, lang), range: range(figure) }));
  if (verdict !== 'volume') parts.push(t(verdict));
  return lang === 'zh' ? `${parts.join('，')}。` : `${parts.join('; ')}.`;
}
