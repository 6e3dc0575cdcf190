import { LockOutlined, SaveOutlined } from '../page/icons';
import { Alert, Button, Card, Collapse, Flex, Form, Grid, Steps, Typography } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { stringify } from 'yaml';
import { send } from '../api/client';
import type { Run } from '../api/types';
import { useWords } from '../lang/LangProvider';
import { LazyYamlEditor } from '../mapping/LazyYamlEditor';
import { Failure } from '../page/Failure';
import { PageFrame } from '../page/PageFrame';
import { addClaim } from './claims';
import { claimOf, type Draft, type Gap, gaps } from './draft';
import { MovedStep, Preview, WhatStep, WhomStep } from './Steps';
import { useSaid } from './text';
import { Timeline } from './Timeline';
import { wizardWords } from './wizard.words';
import { useCounts } from './workbook';

const blank: Draft = {
  what: '',
  shovel: '',
  design: 'staggered',
  dates: [],
  outcome: 'won',
  line: 1,
  since: '',
  until: '',
  definition: '',
  perUnit: null,
  lo: null,
  hi: null,
  wages: null,
  external: null,
};

/** Which step each gap is mended in. */
const home: Record<Gap, number> = { what: 0, dates: 1, everybody: 1, window: 1, outside: 1, line: 2 };

export function WizardPage() {
  const t = useWords(wizardWords);
  const said = useSaid();
  const navigate = useNavigate();
  const client = useQueryClient();
  const screens = Grid.useBreakpoint();
  const [draft, setDraft] = useState(blank);
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState(false);
  const [own, setOwn] = useState<string>();
  const [mark] = useState(() => Date.now().toString(36).slice(-5));
  const { data: teams } = useCounts('team', []);
  const all = gaps(draft, teams?.size ?? 0);
  const here = all.filter((gap) => home[gap] === step);
  const wrong = tried ? here : [];
  const claim = useMemo(() => claimOf(draft, mark), [draft, mark]);
  const yaml = useMemo(() => stringify(claim), [claim]);
  const change = (part: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...part }));
    setOwn(undefined);
  };
  const keep = useMutation({
    mutationFn: async (go: boolean) => {
      const version = await addClaim(own ?? yaml);
      const id = encodeURIComponent(version.claim.id);
      if (!go) return { id, run: '' };
      // Running seals a draft first.
      const run = await send<Run>('POST', `claims/${id}/run`);
      return { id, run: run.id };
    },
    onSuccess: ({ id, run }) => {
      void client.invalidateQueries({ queryKey: ['ledger'] });
      void client.invalidateQueries({ queryKey: ['claims'] });
      void navigate(`/value/claims/${id}${run ? `?run=${run}` : ''}`);
    },
  });
  const go = (to: number) => {
    setTried(false);
    setStep(to);
  };
  const names = [t('stepWhat'), t('stepWhom'), t('stepMoved'), t('stepCheck')];
  return (
    <PageFrame title={t('title')} about={t('about')} path={[{ to: '/value', title: t('ledger') }]}>
      <Card>
        <Steps
          current={step}
          size="small"
          orientation={screens.md === false ? 'vertical' : 'horizontal'}
          onChange={(to) => {
            if (to < step) go(to);
          }}
          items={names.map((title) => ({ title }))}
          style={{ marginBottom: 24 }}
        />
        <Form layout="vertical" style={{ maxWidth: 880 }}>
          {step === 0 && <WhatStep draft={draft} change={change} wrong={wrong} />}
          {step === 1 && <WhomStep draft={draft} change={change} wrong={wrong} />}
          {step === 2 && <MovedStep draft={draft} change={change} wrong={wrong} />}
          {step === 3 && (
            <Flex vertical gap={16}>
              <div>
                <Typography.Text type="secondary">{t('previewTitle')}</Typography.Text>
                <Typography.Title level={2} style={{ margin: '4px 0 0', fontSize: 20 }}>
                  {said(claim.question)}
                </Typography.Title>
              </div>
              <Preview draft={draft} />
              <Timeline claim={claim} result={undefined} />
              <Collapse
                size="small"
                items={[
                  {
                    key: 'yaml',
                    label: t('yaml'),
                    children: (
                      <Flex vertical gap={8}>
                        {own !== undefined && <Alert type="info" showIcon title={t('edited')} />}
                        <LazyYamlEditor value={own ?? yaml} label={t('yaml')} onChange={setOwn} height="360px" />
                      </Flex>
                    ),
                  },
                ]}
              />
              {keep.error && <Failure error={keep.error} />}
              <Typography.Text type="secondary">{t('sealHelp')}</Typography.Text>
            </Flex>
          )}
        </Form>
        <Flex gap={8} wrap style={{ marginTop: 20 }}>
          {step > 0 && <Button onClick={() => go(step - 1)}>{t('back')}</Button>}
          {step < 3 ? (
            <Button
              type="primary"
              onClick={() => {
                setTried(true);
                if (here.length === 0) go(step + 1);
              }}
            >
              {t('next')}
            </Button>
          ) : (
            <>
              <Button
                icon={<SaveOutlined />}
                loading={keep.isPending && keep.variables === false}
                disabled={all.length > 0 && own === undefined}
                onClick={() => keep.mutate(false)}
              >
                {t('keep')}
              </Button>
              <Button
                type="primary"
                icon={<LockOutlined />}
                loading={keep.isPending && keep.variables === true}
                disabled={all.length > 0 && own === undefined}
                onClick={() => keep.mutate(true)}
              >
                {t('sealRun')}
              </Button>
            </>
          )}
        </Flex>
      </Card>
    </PageFrame>
  );
}
