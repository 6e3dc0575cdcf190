import { words } from '../lang/words';

export const verdictWords = words({
  better: ['有把握地变好了', 'better, beyond chance'],
  worse: ['有把握地变差了', 'worse, beyond chance'],
  unclear: ['看不出差别', 'no difference could be seen'],
  volume: ['只是数量', 'a volume'],
  refused: ['暂不下结论', 'No conclusion'],
  open: ['还没有跑', 'Not run yet'],
  shortBetter: ['变好', 'Better'],
  shortWorse: ['变差', 'Worse'],
  shortUnclear: ['看不出', 'No difference'],
  shortVolume: ['数量', 'Volume'],
  sayOpen: ['已封存，还没有跑。', 'Sealed, not run yet.'],
  sayDraft: ['草稿：封存之后才能跑。', 'A draft: it runs once it is sealed.'],
  sayNoFigure: ['没有可用的数字。', 'There is no usable figure.'],
  sayVolume: ['一共 {n}，只说明做了多少，不说明效果', '{n} in all: how much was done, not what came of it'],
  sayConstant: [
    '同一个人，有铲子是没铲子的 {k}{range}',
    'The same person with the shovel does {k} of what they do without{range}',
  ],
  sayChange: ['结果{change}{range}', 'It is {change}{range}'],
  sayRatio: ['是没有它时的 {k}', '{k} of what it would have been'],
  sayTimes: ['是没有它时的 {k}{range}', 'It is {k} of what it would have been{range}'],
  sayFigure: ['结果是 {n}{range}', 'It came to {n}{range}'],
  within: ['（很可能在 {range}之间）', ' (very likely {range})'],
});
