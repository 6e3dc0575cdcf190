import { LockOutlined, UserOutlined } from '../page/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Divider, Flex, Form, Input, Typography } from 'antd';
import { address, Fault, get } from '../api/client';
import { useWords } from '../lang/LangProvider';
import { useFailure } from '../page/Failure';
import { LangSwitch, ThemeSwitch } from '../shell/Switches';
import { Logo } from '../shell/Logo';
import { useTitle } from '../shell/title';
import { useSignIn } from './session';
import { sessionWords } from './words';

type Fields = { name: string; password: string };

type Ways = { password: boolean; oidc?: { title: string; path: string } };

/** What the server says of a sign-in that the identity provider did not bring to an end. */
const refusals = {
  'oidc.no-role': 'noRole',
  'oidc.unreachable': 'unreachable',
  'oidc.name': 'nameTaken',
  'sign-in.disabled': 'disabled',
} as const;

/** refusal is why the identity provider's sign-in brought the browser back here, by a name of the words. */
function refusal() {
  const code = new URLSearchParams(window.location.search).get('sign_in');
  if (code === null) return undefined;
  return code in refusals ? refusals[code as keyof typeof refusals] : 'providerFailed';
}

export function SignInPage() {
  const t = useWords(sessionWords);
  const signIn = useSignIn();
  const ended = useQueryClient().getQueryData(['session-ended']) === true;
  const failure = useFailure();
  const ways = useQuery({
    queryKey: ['sign-in-ways'],
    queryFn: ({ signal }) => get<Ways>('session/ways', undefined, signal),
    staleTime: Infinity,
    retry: false,
  });
  const oidc = ways.data?.oidc;
  const refused = refusal();
  useTitle(t('signIn'));

  const problem = () => {
    const error = signIn.error;
    if (error instanceof Fault && error.status === 401) return t('wrong');
    if (error instanceof Fault && error.status === 429) return t('slow');
    return failure(error).text;
  };

  return (
    <Flex vertical align="center" style={{ minHeight: '100vh', padding: '16px' }}>
      <Flex justify="end" gap={4} style={{ width: '100%' }}>
        <LangSwitch />
        <ThemeSwitch />
      </Flex>
      <main style={{ width: '100%', maxWidth: 380, margin: 'auto' }}>
        <Flex vertical align="center" gap={12} style={{ marginBottom: 28 }}>
          <Logo size={52} />
          <Typography.Title level={1} style={{ margin: 0, fontSize: 26 }}>
            {t('product')}
          </Typography.Title>
          <Typography.Text type="secondary">{t('promise')}</Typography.Text>
        </Flex>
        <Card styles={{ body: { padding: 28 } }}>
          {ended && !signIn.isError && (
            <Alert type="info" showIcon title={t('ended')} style={{ marginBottom: 20 }} role="status" />
          )}
          {refused && !signIn.isError && (
            <Alert type="error" showIcon title={t(refused)} style={{ marginBottom: 20 }} role="alert" />
          )}
          {signIn.isError && (
            <Alert type="error" showIcon title={problem()} style={{ marginBottom: 20 }} role="alert" />
          )}
          <Form<Fields>
            layout="vertical"
            requiredMark={false}
            onFinish={(fields) => {
              signIn.mutate(fields);
            }}
          >
            <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('needName') }]}>
              <Input size="large" prefix={<UserOutlined />} autoComplete="username" autoFocus spellCheck={false} />
            </Form.Item>
            <Form.Item name="password" label={t('password')} rules={[{ required: true, message: t('needPassword') }]}>
              <Input.Password size="large" prefix={<LockOutlined />} autoComplete="current-password" />
            </Form.Item>
            <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending}>
              {t('signIn')}
            </Button>
          </Form>
          {oidc && (
            <>
              <Divider plain>{t('or')}</Divider>
              <Button size="large" block href={address(oidc.path)}>
                {t('signInBy', { title: oidc.title })}
              </Button>
            </>
          )}
        </Card>
        <Typography.Paragraph type="secondary" style={{ marginTop: 20, textAlign: 'center', fontSize: 13 }}>
          {t('forgot')}
        </Typography.Paragraph>
      </main>
    </Flex>
  );
}
