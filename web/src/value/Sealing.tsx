import { CheckCircleOutlined, LockOutlined } from '../page/icons';
import { App, Button, Card, Flex, Form, Input, Modal, Tag, Tooltip, Typography } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { may, useUser } from '../session/session';
import { claimWords } from './claim.words';
import type { Item } from './claim';
import { useSeal, useSign } from './claims';
import { Copy } from './Evidence';

const asked = ['sales', 'finance', 'service'];

/** Sealing: when and by whom the version was fixed, and who countersigned it. */
export function Sealing({ item }: { item: Item }) {
  const t = useWords(claimWords);
  const format = useFormat();
  const user = useUser();
  const { modal } = App.useApp();
  const [role, setRole] = useState<string>();
  const [form] = Form.useForm<{ name: string; note: string }>();
  const seal = useSeal(item.id);
  const sign = useSign(item.id);
  const fixed = item.version.seal;
  const signs = item.version.signs ?? [];
  const gone = item.state === 'withdrawn';
  const roles = [...asked, ...signs.map((s) => s.role).filter((r) => !asked.includes(r))];
  const roleName = (name: string) => (`role_${name}` in claimWords ? t(`role_${name}` as 'role_sales') : name);
  return (
    <Card title={t('seal')}>
      <Flex vertical gap={12}>
        {seal.error && <Failure error={seal.error} />}
        {fixed ? (
          <div>
            <Flex gap={8} align="center" wrap>
              <LockOutlined style={{ color: 'var(--ant-color-success)' }} />
              <span>{t('sealed', { ts: format.time(fixed.ts), actor: fixed.actor })}</span>
              <Tooltip title={fixed.pre_registered ? t('preHelp') : t('postHelp', { n: fixed.seen })}>
                <Tag color={fixed.pre_registered ? 'green' : 'default'} tabIndex={0} style={{ marginInlineEnd: 0 }}>
                  {fixed.pre_registered ? t('pre') : t('post')}
                </Tag>
              </Tooltip>
            </Flex>
            <Flex gap={8} align="center" wrap style={{ marginTop: 6 }}>
              <Typography.Text type="secondary" className="code">
                {t('hash')} {fixed.hash.slice(0, 16)}…
              </Typography.Text>
              <Copy text={fixed.hash} label={`${t('copy')}: ${t('hash')}`} />
            </Flex>
            <Typography.Text type="secondary" style={{ display: 'block', fontSize: 12.5, marginTop: 4 }}>
              {t('code')} {fixed.code} ·{' '}
              {may(user, 'audit') ? (
                <Link to="/admin/audit?action=claim.sealed">{t('chain', { n: fixed.audit })}</Link>
              ) : (
                t('chain', { n: fixed.audit })
              )}
            </Typography.Text>
          </div>
        ) : (
          <>
            <Typography.Text type="secondary">{t('sealAbout')}</Typography.Text>
            <Button
              type="primary"
              icon={<LockOutlined />}
              disabled={gone || !may(user, 'claim')}
              loading={seal.isPending}
              onClick={() => {
                modal.confirm({
                  title: t('sealSure'),
                  content: t('sealAbout'),
                  okText: t('sealNow'),
                  onOk: () => seal.mutateAsync(undefined).catch(() => undefined),
                });
              }}
            >
              {t('sealNow')}
            </Button>
          </>
        )}
        <div>
          <Typography.Text strong>{t('signs')}</Typography.Text>
          <ul style={{ listStyle: 'none', margin: '4px 0 0', padding: 0 }}>
            {roles.map((name) => {
              const done = signs.find((s) => s.role === name);
              return (
                <li key={name} style={{ padding: '5px 0' }}>
                  <Flex justify="space-between" gap={8} align="center">
                    <span>
                      {roleName(name)}
                      {done?.note && (
                        <Typography.Text type="secondary" style={{ display: 'block', fontSize: 12.5 }}>
                          {done.note}
                        </Typography.Text>
                      )}
                    </span>
                    {done ? (
                      <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
                        <CheckCircleOutlined style={{ color: 'var(--ant-color-success)', marginInlineEnd: 6 }} />
                        {t('signedBy', { name: done.name, ts: format.date(done.ts) })}
                      </Typography.Text>
                    ) : (
                      <Button
                        size="small"
                        disabled={!fixed || gone || (user.role !== name && !may(user, 'admin'))}
                        aria-label={t('signAs', { role: roleName(name) })}
                        onClick={() => {
                          sign.reset();
                          setRole(name);
                        }}
                      >
                        {t('sign')}
                      </Button>
                    )}
                  </Flex>
                </li>
              );
            })}
          </ul>
        </div>
      </Flex>
      <Modal
        open={role !== undefined}
        title={t('signAs', { role: roleName(role ?? '') })}
        okText={t('sign')}
        confirmLoading={sign.isPending}
        destroyOnHidden
        onCancel={() => setRole(undefined)}
        onOk={form.submit}
      >
        <Flex vertical gap={12}>
          <Typography.Text type="secondary">{t('signAbout')}</Typography.Text>
          {sign.error && <Failure error={sign.error} />}
          <Form
            form={form}
            layout="vertical"
            preserve={false}
            initialValues={{ name: user.display || user.name, note: '' }}
            onFinish={({ name, note }: { name: string; note: string }) =>
              sign.mutate(
                { role: role ?? '', name: name.trim(), note: (note ?? '').trim() },
                { onSuccess: () => setRole(undefined) },
              )
            }
          >
            <Form.Item
              name="name"
              label={t('signName')}
              rules={[{ required: true, whitespace: true, message: t('needName') }]}
            >
              <Input maxLength={80} />
            </Form.Item>
            <Form.Item name="note" label={t('signNote')}>
              <Input.TextArea rows={2} maxLength={500} />
            </Form.Item>
          </Form>
        </Flex>
      </Modal>
    </Card>
  );
}
