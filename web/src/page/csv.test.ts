import { describe, expect, it } from 'vitest';
import { blobOf, cell, csv } from './csv';

describe('cell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+86 138', "'+86 138"],
    ['-5', "'-5"],
    [-5, '-5'],
    ['@x', "'@x"],
    ['a,"b"\n', '"a,""b""\n"'],
    [undefined, ''],
    ['客户', '客户'],
  ])('cell(%j) = %j', (value, want) => {
    expect(cell(value)).toBe(want);
  });
});

it('csv begins with a BOM', () => {
  expect(csv(['名称'], [['a']])).toBe('\ufeff名称\r\na\r\n');
});

it('blobOf unpacks a data URL', async () => {
  const blob = blobOf('data:image/png;base64,AAEC/w==');
  expect(blob.type).toBe('image/png');
  expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([0, 1, 2, 255]);
});
