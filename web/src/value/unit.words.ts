import { words } from '../lang/words';

/** Units that have a form of their own, as claims name them. */
export const unitWords = words({
  minutes: ['分钟', 'minutes'],
  hours: ['小时', 'hours'],
  days: ['天', 'days'],
});

/** The same in the singular, and the other names that a share and money go by. */
export const unitAliasWords = words({
  minutes: ['分', 'minute'],
  hours: ['时', 'hour'],
  days: ['日', 'day'],
  share: ['占比', 'share'],
  share2: ['比例', 'proportion'],
  times: ['倍', 'times as much'],
  money: ['元', 'CNY'],
  money2: ['人民币', 'yuan'],
});

export const currencyWords = words({
  CNY: ['元', 'CNY'],
  USD: ['美元', 'USD'],
  EUR: ['欧元', 'EUR'],
  HKD: ['港元', 'HKD'],
});

export const scaleWords = words({
  times: ['{n} 倍', '{n}×'],
  points: ['{n} 个百分点', '{n} points'],
  wan: ['{n} 万', '{n} thousand'],
  yi: ['{n} 亿', '{n} hundred million'],
  range: ['{lo} 到 {hi}', '{lo} to {hi}'],
  more: ['增加 {n}', '{n} more'],
  less: ['减少 {n}', '{n} less'],
  same: ['没有变化', 'no change'],
});
