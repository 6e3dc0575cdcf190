import {
  AccountBookOutlined,
  AuditOutlined,
  ContactsOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  FileDoneOutlined,
  IdcardOutlined,
  InboxOutlined,
  KeyOutlined,
  LineChartOutlined,
  SafetyCertificateOutlined,
  TeamOutlined,
  UsergroupAddOutlined,
} from '../page/icons';
import type { ReactNode } from 'react';
import { may, type Person } from '../session/session';

export type Place = {
  to: string;
  word:
    | 'value'
    | 'report'
    | 'today'
    | 'explore'
    | 'customers'
    | 'segments'
    | 'identity'
    | 'sources'
    | 'batches'
    | 'users'
    | 'roles'
    | 'tokens'
    | 'audit';
  icon: ReactNode;
  right: string;
  admin?: boolean;
  key?: string;
};

/** The places of the product, in the order of the navigation. */
export const places: Place[] = [
  { to: '/today', word: 'today', icon: <DashboardOutlined />, right: 'read', key: 't' },
  { to: '/explore', word: 'explore', icon: <LineChartOutlined />, right: 'explore', key: 'e' },
  { to: '/customers', word: 'customers', icon: <ContactsOutlined />, right: 'read', key: 'c' },
  { to: '/segments', word: 'segments', icon: <UsergroupAddOutlined />, right: 'explore', key: 'p' },
  { to: '/identity', word: 'identity', icon: <IdcardOutlined />, right: 'read', key: 'w' },
  { to: '/value', word: 'value', icon: <AccountBookOutlined />, right: 'read', key: 'v' },
  { to: '/report', word: 'report', icon: <FileDoneOutlined />, right: 'report', key: 'r' },
  { to: '/sources', word: 'sources', icon: <DatabaseOutlined />, right: 'read', key: 's' },
  { to: '/batches', word: 'batches', icon: <InboxOutlined />, right: 'read', key: 'b' },
  { to: '/admin/users', word: 'users', icon: <TeamOutlined />, right: 'admin', admin: true },
  { to: '/admin/roles', word: 'roles', icon: <SafetyCertificateOutlined />, right: 'admin', admin: true },
  { to: '/admin/tokens', word: 'tokens', icon: <KeyOutlined />, right: 'admin', admin: true },
  { to: '/admin/audit', word: 'audit', icon: <AuditOutlined />, right: 'audit', admin: true },
];

export function placesFor(user: Pick<Person, 'rights'>): Place[] {
  return places.filter((place) => may(user, place.right));
}
