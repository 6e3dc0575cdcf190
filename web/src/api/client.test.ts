import { describe, expect, it } from 'vitest';
import { retry } from './queries';
import { address, Fault, faultOf, Offline } from './client';

describe('address', () => {
  it.each([
    ['sources', undefined, '/api/v1/sources'],
    ['/runs/1', undefined, '/api/v1/runs/1'],
    [
      'explore',
      { metric: 'a b', by: '', by2: undefined, where: ['x:eq:1', 'y:eq:客户'], limit: 5 },
      '/api/v1/explore?metric=a+b&where=x%3Aeq%3A1&where=y%3Aeq%3A%E5%AE%A2%E6%88%B7&limit=5',
    ],
  ])('address(%j, %j) = %j', (path, query, want) => {
    expect(address(path, query)).toBe(want);
  });
});

describe('faultOf', () => {
  it('reads a problem in both languages', () => {
    const fault = faultOf(
      422,
      JSON.stringify({
        title: 'Unprocessable',
        detail: 'Row 3 is cut off.',
        detail_zh: '第 3 行不完整。',
        code: 'file.damaged',
      }),
    );
    expect(fault).toMatchObject({ status: 422, code: 'file.damaged', en: 'Row 3 is cut off.', zh: '第 3 行不完整。' });
  });
  it('makes do with what a proxy says', () => {
    expect(faultOf(413, '<html>too large</html>')).toMatchObject({ status: 413, code: 'http.413', en: 'HTTP 413' });
  });
});

it.each([
  [new Fault(422, '', '', ''), 0, false],
  [new Fault(401, '', '', ''), 0, false],
  [new Fault(500, '', '', ''), 0, true],
  [new Fault(500, '', '', ''), 1, false],
  [new Offline(''), 1, true],
  [new Offline(''), 2, false],
])('retry after %o, time %d: %s', (error, count, want) => {
  expect(retry(count, error)).toBe(want);
});
