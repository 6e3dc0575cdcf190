import { useMutation } from '@tanstack/react-query';
import { App, Button, Descriptions, Divider, Drawer, Form, Input, Segmented } from 'antd';
import { send } from '../api/client';
import { useLang, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { useSetTheme } from '../shell/Switches';
import { type Mode, useTheme } from '../theme/ThemeProvider';
import { useSaveProfile, useUser } from './session';
import { roleWords, sessionWords } from './words';

type Passwords = { old: string; new: string; again: string };

export function AccountDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords(sessionWords);
  const r = useWords(roleWords);
  const user = useUser();
  const { lang, setLang } = useLang();
  const { mode } = useTheme();
  const setTheme = useSetTheme();
  const { message } = App.useApp();
  const save = useSaveProfile();
  const [form] = Form.useForm<Passwords>();
  const change = useMutation({
    mutationFn: (body: { old: string; new: string }) => send<undefined>('PUT', 'session/password', body),
    onSuccess: () => {
      form.resetFields();
      void message.success(t('changed'));
    },
  });
  return (
    <Drawer open={open} onClose={onClose} title={t('account')} size={420} destroyOnHidden>
      <Descriptions
        column={1}
        size="small"
        items={[
          { key: 'n', label: t('name'), children: user.name },
          { key: 'r', label: t('role'), children: r(user.role) },
          ...(user.team ? [{ key: 't', label: t('team'), children: user.team }] : []),
        ]}
      />
      <Form
        layout="vertical"
        style={{ marginTop: 16 }}
        initialValues={{ display: user.display }}
        onFinish={(fields: { display: string }) => {
          save.mutate(fields, {
            onSuccess: () => {
              void message.success(t('saved'));
            },
          });
        }}
      >
        <Form.Item
          name="display"
          label={t('display')}
          rules={[{ required: true, whitespace: true, message: t('needName') }]}
        >
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item label={t('language')}>
          <Segmented<'zh' | 'en'>
            value={lang}
            aria-label={t('language')}
            options={[
              { value: 'zh', label: t('zhName') },
              { value: 'en', label: t('enName') },
            ]}
            onChange={(next) => {
              setLang(next);
              save.mutate({ lang: next });
            }}
          />
        </Form.Item>
        <Form.Item label={t('theme')}>
          <Segmented<Mode>
            value={mode}
            aria-label={t('theme')}
            options={[
              { value: 'light', label: t('light') },
              { value: 'dark', label: t('dark') },
              { value: 'system', label: t('system') },
            ]}
            onChange={setTheme}
          />
        </Form.Item>
        <Button htmlType="submit" loading={save.isPending}>
          {t('save')}
        </Button>
      </Form>
      <Divider titlePlacement="start">{t('change')}</Divider>
      {change.isError && <Failure error={change.error} />}
      <Form<Passwords>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(fields) => {
          change.mutate({ old: fields.old, new: fields.new });
        }}
      >
        <Form.Item name="old" label={t('old')} rules={[{ required: true, message: t('needPassword') }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="new" label={t('fresh')} rules={[{ required: true, min: 10, message: t('tooShort') }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label={t('again')}
          dependencies={['new']}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_rule, value: string) =>
                value === getFieldValue('new') ? Promise.resolve() : Promise.reject(new Error(t('differ'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button htmlType="submit" loading={change.isPending}>
          {t('change')}
        </Button>
      </Form>
    </Drawer>
  );
}
