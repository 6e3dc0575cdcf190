import { words } from '../lang/words';

/** What should have moved: [what the wizard shows]. */
export const outcomeWords = words({
  won: ['每人每月成交单数', 'Deals won per person and month'],
  contract: ['每人每月合同额', 'Contract amount per person and month'],
  payment: ['每人每月回款', 'Payments per person and month'],
  reach: ['每月达到底线的人占比', 'Share of people who reach a line each month'],
  reply: ['客户首次得到回复要多久', 'Hours until a customer is first answered'],
  late: ['超过 24 小时没回的占比', 'Share not answered within 24 hours'],
  resolve: ['问题多久解决', 'Days until a case is solved'],
  task: ['一件事从开始到结束要多久', 'Hours from a task’s start to its end'],
  idea: ['从找想法到选定要几天', 'Days from seeking an idea to choosing it'],
});

export const outcomeUnitWords = words({
  won: ['单', 'deals'],
  contract: ['元', 'CNY'],
  payment: ['元', 'CNY'],
  reach: ['占比', 'share'],
  reply: ['小时', 'hours'],
  late: ['占比', 'share'],
  resolve: ['天', 'days'],
  task: ['小时', 'hours'],
  idea: ['天', 'days'],
});

/** The claim's own texts; `{what}` is what was rolled out. */
export const askWords = words({
  won: ['“{what}”让每个人每月多成交几单？', 'How many more deals a month does a person win with “{what}”?'],
  contract: [
    '“{what}”让每个人每月多签多少合同额？',
    'How much more contract amount does a person sign a month with “{what}”?',
  ],
  payment: ['“{what}”让每个人每月多收回多少款？', 'How much more does a person collect a month with “{what}”?'],
  reach: ['“{what}”让更多人达到底线了吗？', 'Does “{what}” bring more people up to the line?'],
  reply: ['“{what}”让客户更快得到第一次回复了吗？', 'Are customers answered sooner with “{what}”?'],
  late: ['“{what}”让超过 24 小时没回的少了吗？', 'Are fewer customers left waiting beyond 24 hours with “{what}”?'],
  resolve: ['“{what}”让问题更快解决了吗？', 'Are cases solved sooner with “{what}”?'],
  task: ['“{what}”让做一件事少花多少时间？', 'How much time does “{what}” save on a task?'],
  idea: ['“{what}”让找到想法快了几天？', 'How many days sooner is an idea found with “{what}”?'],
});
