import { words } from '../lang/words';

export const rowWords = words({
  row: ['原始行', 'Original row'],
  title: ['{file} 第 {row} 行', 'Row {row} of {file}'],
  where: ['文件 {file}，表 {table}，文件中第 {line} 行', 'File {file}, table {table}, line {line} of the file'],
  inFile: ['在文件中', 'In its file'],
  fields: ['逐列', 'By column'],
  raw: ['原文', 'Raw text'],
  mapping: ['所用映射', 'The mapping'],
  mappingOf: [
    '映射第 {n} 版，高亮的行产生了这里的事件',
    'Version {n} of the mapping; the marked lines made the events',
  ],
  made: ['由这一行产生', 'Made from this row'],
  events: ['事件', 'Events'],
  parties: ['身份记录', 'Parties'],
  nothing: ['这一行没有产生事件或身份记录', 'Nothing was made from this row'],
  rejected: ['这一行（或其中一格）被拒收', 'This row, or one of its cells, was rejected'],
  column: ['列', 'Column'],
  value: ['值', 'Value'],
  n: ['行号', 'Row'],
  empty: ['（空）', '(empty)'],
  prev: ['上一行', 'Previous row'],
  next: ['下一行', 'Next row'],
  batch: ['批次', 'Batch'],
  batches: ['批次', 'Batches'],
  noMapping: ['没有记录到映射', 'No mapping was recorded'],
});
