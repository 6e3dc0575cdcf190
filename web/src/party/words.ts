import { words } from '../lang/words';

export const partyWords = words({
  party: ['身份记录', 'Party'],
  about: ['一个人、客户或员工，按某个数据源所知。', 'A person, account or staff member as one source knows it.'],
  kind: ['类型', 'Kind'],
  person: ['人', 'Person'],
  account: ['客户', 'Account'],
  staff: ['员工', 'Staff'],
  source: ['数据源', 'Source'],
  key: ['编码', 'Key'],
  name: ['名称', 'Name'],
  phone: ['电话', 'Phone'],
  email: ['邮箱', 'E-mail'],
  tax: ['税号', 'Tax number'],
  address: ['地址', 'Address'],
  city: ['城市', 'City'],
  title: ['职务', 'Title'],
  company: ['公司', 'Company'],
  attrs: ['其他字段', 'Other fields'],
  row: ['原始行', 'Original row'],
  openRow: ['在文件中查看', 'Open in its file'],
  events: ['在探索中看其事件', 'Explore its events'],
});
