import { words } from '../lang/words';

export const pageWords = words({
  retry: ['重试', 'Try again'],
  failed: ['没有取到', 'Could not be loaded'],
  offline: [
    '连不上服务器。请检查网络，或服务器是否在运行。',
    'The server does not answer. Check the network, or whether the server runs.',
  ],
  denied: ['您的角色没有这个权限，请找管理员。', 'Your role has no right to this. Ask an administrator.'],
  lost: ['没有找到，可能已被删除。', 'Not found; it may have been removed.'],
  ours: [
    '服务器出错了，这是我们的问题。请稍后再试；若反复出现，请看服务器日志。',
    'The server failed, which is our fault. Try again; if it comes back, look at the server’s log.',
  ],
  more: ['再取一页', 'Load more'],
  all: ['已全部显示', 'All shown'],
  shown: ['已显示 {n} 条', '{n} {n:row|rows} shown'],
  total: ['共 {n} 条', '{n} in total'],
  search: ['筛选', 'Filter'],
  exportCsv: ['导出 CSV', 'Export CSV'],
  copy: ['复制', 'Copy'],
  copied: ['已复制', 'Copied'],
  cancel: ['取消', 'Cancel'],
  ok: ['确定', 'OK'],
  close: ['关闭', 'Close'],
  back: ['返回', 'Back'],
  yes: ['是', 'Yes'],
  no: ['否', 'No'],
  noMatch: ['没有符合筛选条件的内容', 'Nothing matches the filter'],
  refresh: ['刷新', 'Refresh'],
  home: ['首页', 'Home'],
  breadcrumb: ['当前位置', 'You are here'],
});
