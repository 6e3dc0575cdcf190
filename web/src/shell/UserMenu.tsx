import { InfoCircleOutlined, LogoutOutlined, SettingOutlined, UserOutlined } from '../page/icons';
import { useQuery } from '@tanstack/react-query';
import { Avatar, Button, Descriptions, Dropdown, Flex, Modal, Typography } from 'antd';
import { useState } from 'react';
import { get } from '../api/client';
import type { Status } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { AccountDrawer } from '../session/AccountDrawer';
import { useSignOut, useUser } from '../session/session';
import { roleWords, sessionWords } from '../session/words';
import { Logo } from './Logo';
import { shellWords } from './words';

function About({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords(shellWords);
  const s = useWords(sessionWords);
  const format = useFormat();
  const { data, error } = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => get<Status>('status', undefined, signal),
    enabled: open,
  });
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t('about')} width={480}>
      <Flex gap={14} align="center" style={{ margin: '8px 0 20px' }}>
        <Logo size={44} />
        <div>
          <Typography.Text strong style={{ fontSize: 17, display: 'block' }}>
            {s('product')}
          </Typography.Text>
          <Typography.Text type="secondary">{s('promise')}</Typography.Text>
        </div>
      </Flex>
      {error && <Failure error={error} />}
      {data && (
        <Descriptions
          column={1}
          size="small"
          items={[
            { key: 'v', label: t('version'), children: data.version },
            { key: 'e', label: t('engine'), children: data.engine },
            { key: 'n', label: t('events'), children: format.number(data.events) },
            { key: 'u', label: t('uptime'), children: format.seconds(data.uptime_s) },
            { key: 'd', label: t('folder'), children: <span className="code">{data.dir}</span> },
            { key: 'f', label: t('diskFree'), children: format.bytes(data.disk_free) },
          ]}
        />
      )}
    </Modal>
  );
}

export function UserMenu() {
  const t = useWords(shellWords);
  const r = useWords(roleWords);
  const user = useUser();
  const signOut = useSignOut();
  const [account, setAccount] = useState(false);
  const [about, setAbout] = useState(false);
  const name = user.display || user.name;
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          onClick: ({ key }) => {
            if (key === 'account') setAccount(true);
            if (key === 'about') setAbout(true);
            if (key === 'out') signOut.mutate();
          },
          items: [
            { key: 'who', type: 'group', label: `${name} · ${r(user.role)}` },
            { key: 'account', icon: <SettingOutlined />, label: t('account') },
            { key: 'about', icon: <InfoCircleOutlined />, label: t('about') },
            { type: 'divider' },
            { key: 'out', icon: <LogoutOutlined />, label: t('signOut') },
          ],
        }}
      >
        <Button type="text" style={{ paddingInline: 6 }} aria-label={t('userMenu', { name })}>
          <Avatar
            size={26}
            style={{ background: 'var(--ant-color-primary)', color: '#fff', flex: 'none' }}
            icon={<UserOutlined />}
          />
          <span className="wide-only">{name}</span>
        </Button>
      </Dropdown>
      <AccountDrawer open={account} onClose={() => setAccount(false)} />
      <About open={about} onClose={() => setAbout(false)} />
    </>
  );
}
