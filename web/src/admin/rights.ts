import { words } from '../lang/words';

/** The rights as the server names them; one that is not here is shown as it is. */
export const rightWords = words({
  read: ['看概况、数据源、批次、身份记录', 'See today, sources, batches, parties'],
  explore: ['探索、提问、看图背后的事件', 'Explore, ask, see the events behind a point'],
  rows: ['看原始行和拒收行', 'See original rows and rejects'],
  import: ['上传、导入、修改映射、监视目录', 'Upload, import, change mappings, watch folders'],
  rollback: ['回滚批次、重新处理', 'Roll back batches, process them again'],
  ingest: ['通过 API 推送事件', 'Send events by API'],
  export: ['导出 CSV 和 Excel', 'Export CSV and Excel'],
  reveal: ['看未脱敏的电话、邮箱、税号（记入审计）', 'See phones, mail and tax numbers unmasked (audited)'],
  assign: ['分配客户、交接客户', 'Assign and hand over customers'],
  query: ['用 SQL 查询事件', 'Query events with SQL'],
  audit: ['查看审计日志', 'See the audit log'],
  admin: ['管理用户和令牌', 'Manage users and tokens'],
});
