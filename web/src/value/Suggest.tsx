import { App, Button, Drawer, Flex, Grid, Skeleton, Tabs, Tag, Typography } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import type { Claim, Text } from './claim';
import { addClaim, useClaims, useSuggestions, useTemplates } from './claims';
import { FaceName } from './Marks';
import { useSaid } from './text';
import { valueWords } from './words';

type Offer = { claim: Claim; yaml: string; grade?: string; why?: Text; known: boolean };

function Offers({ offers }: { offers: Offer[] }) {
  const t = useWords(valueWords);
  const said = useSaid();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const client = useQueryClient();
  const take = useMutation({
    mutationFn: (one: Offer) => addClaim(one.yaml || one.claim),
    onSuccess: (version) => {
      void client.invalidateQueries({ queryKey: ['ledger'] });
      void client.invalidateQueries({ queryKey: ['claims'] });
      void message.success(t('taken'));
      void navigate(`/value/claims/${encodeURIComponent(version.claim.id)}`);
    },
  });
  return (
    <>
      {take.error && <Failure error={take.error} />}
      <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {offers.map((one) => (
          <li
            key={one.claim.id}
            style={{ padding: '14px 0', borderBottom: '1px solid var(--ant-color-border-secondary)' }}
          >
            <Flex justify="space-between" gap={12} align="start">
              <div style={{ minWidth: 0 }}>
                <Flex gap={8} wrap align="baseline">
                  <Typography.Text strong>{said(one.claim.title)}</Typography.Text>
                  <Tag style={{ marginInlineEnd: 0 }}>
                    <FaceName face={one.claim.face} />
                  </Tag>
                  {one.grade && <Typography.Text type="secondary">{t('reach', { grade: one.grade })}</Typography.Text>}
                </Flex>
                <div>{said(one.claim.question)}</div>
                {one.why && (
                  <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
                    {said(one.why)}
                  </Typography.Text>
                )}
              </div>
              {one.known ? (
                <Link to={`/value/claims/${encodeURIComponent(one.claim.id)}`}>{t('open')}</Link>
              ) : (
                <Button
                  onClick={() => take.mutate(one)}
                  loading={take.isPending && take.variables?.claim.id === one.claim.id}
                  aria-label={`${t('take')}: ${said(one.claim.title)}`}
                >
                  {t('take')}
                </Button>
              )}
            </Flex>
          </li>
        ))}
      </ul>
    </>
  );
}

/** SuggestDrawer offers the claims that the data allow, and those that come with the program. */
export function SuggestDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords(valueWords);
  const screens = Grid.useBreakpoint();
  const suggested = useSuggestions(open);
  const templates = useTemplates(open);
  const claims = useClaims();
  const known = new Set((claims.data ?? []).map((item) => item.id));
  const failed = (error: unknown, retry: () => void) => <Failure error={error} retry={retry} />;
  return (
    <Drawer
      open={open}
      onClose={onClose}
      size={screens.md === false ? '100%' : 680}
      destroyOnHidden
      title={t('suggestTitle')}
      styles={{ body: { paddingTop: 8 } }}
    >
      <Tabs
        items={[
          {
            key: 'data',
            label: t('suggestData'),
            children: (
              <>
                <Typography.Paragraph type="secondary">{t('suggestAbout')}</Typography.Paragraph>
                {suggested.error && failed(suggested.error, () => void suggested.refetch())}
                {suggested.isPending && !suggested.error && <Skeleton active paragraph={{ rows: 8 }} />}
                {suggested.data?.length === 0 && (
                  <Nothing title={t('suggestNone')} about={t('suggestNoneHelp')}>
                    <Link to="/value/new">
                      <Button type="primary">{t('newClaim')}</Button>
                    </Link>
                  </Nothing>
                )}
                <Offers offers={suggested.data ?? []} />
              </>
            ),
          },
          {
            key: 'templates',
            label: t('templates'),
            children: (
              <>
                <Typography.Paragraph type="secondary">{t('templatesAbout')}</Typography.Paragraph>
                {templates.error && failed(templates.error, () => void templates.refetch())}
                {templates.isPending && !templates.error && <Skeleton active paragraph={{ rows: 8 }} />}
                <Offers offers={(templates.data ?? []).map((one) => ({ ...one, known: known.has(one.claim.id) }))} />
              </>
            ),
          },
        ]}
      />
    </Drawer>
  );
}
