import { words } from './words';

export const formatWords = words({
  minutes: ['{m} 分 {s} 秒', '{m} min {s} s'],
});
