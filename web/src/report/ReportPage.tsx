import { DownloadOutlined, FileSearchOutlined, SafetyCertificateOutlined } from '../page/icons';
import {
  Alert,
  Button,
  Card,
  Checkbox,
  Col,
  Flex,
  Form,
  Input,
  Row,
  Segmented,
  Select,
  Skeleton,
  Typography,
} from 'antd';
import dayjs from 'dayjs';
import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useQueryClient } from '@tanstack/react-query';
import { useFormat, useLang, usePick, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { over, useRun } from '../run/run';
import { RunProgress } from '../run/RunProgress';
import { may, useUser } from '../session/session';
import { useLedger } from '../value/claims';
import { Copy } from '../value/Evidence';
import { fileAddress, formats, type Kept, type Order, useDocument, useMake, useReports } from './reports';
import { reportWords } from './words';

type Fields = Omit<Order, 'year' | 'consent'> & { year: string; consent: string[] };
const kept = 'outfitter.report';

function remembered(): Partial<Fields> {
  try {
    return JSON.parse(localStorage.getItem(kept) ?? '{}') as Partial<Fields>;
  } catch {
    return {};
  }
}

function Settings({
  year,
  setYear,
  busy,
  onMake,
}: {
  year: string;
  setYear: (y: string) => void;
  busy: boolean;
  onMake: (order: Order) => void;
}) {
  const t = useWords(reportWords);
  const { lang } = useLang();
  const user = useUser();
  const { data: ledger } = useLedger(year);
  const [form] = Form.useForm<Fields>();
  const now = dayjs().year();
  const before = remembered();
  return (
    <Card title={t('settings')}>
      <Form<Fields>
        form={form}
        layout="vertical"
        initialValues={{
          year,
          company: before.company ?? '',
          author: before.author ?? (user.display || user.name),
          consent: before.consent ?? [],
          langs: before.langs ?? [lang],
          formats: before.formats ?? ['html', 'xlsx'],
          full: false,
        }}
        onFinish={(fields) => {
          const { company, author, consent, langs } = fields;
          localStorage.setItem(kept, JSON.stringify({ company, author, consent, langs, formats: fields.formats }));
          onMake({
            consent,
            langs,
            year: Number(fields.year),
            company: fields.company.trim(),
            author: fields.author.trim(),
            full: Boolean(fields.full),
            formats: formats.filter((f) => fields.formats.includes(f)),
          });
        }}
      >
        <Form.Item name="year" label={t('year')}>
          <Select
            onChange={setYear}
            options={[...new Set([year, ...Array.from({ length: 5 }, (_, i) => String(now - i))])]
              .sort()
              .reverse()
              .map((value) => ({ value, label: value }))}
          />
        </Form.Item>
        {ledger && (
          <Typography.Paragraph type="secondary" style={{ marginTop: -12 }}>
            {(ledger.rows ?? []).length > 0 ? (
              <Link to={`/value?year=${year}`}>
                {t('claimsIn', {
                  n: (ledger.rows ?? []).length,
                  run: ledger.counts?.run ?? 0,
                  refused: ledger.counts?.refused ?? 0,
                })}
              </Link>
            ) : (
              t('claimsNone')
            )}
          </Typography.Paragraph>
        )}
        <Form.Item name="company" label={t('company')} extra={t('companyHelp')}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="author" label={t('author')} extra={t('authorHelp')}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="consent" label={t('consent')}>
          <Select mode="tags" open={false} suffix={null} tokenSeparators={[',', ';']} />
        </Form.Item>
        <Form.Item name="langs" label={t('langs')} rules={[{ type: 'array', min: 1, message: t('needLang') }]}>
          <Checkbox.Group
            options={[
              { value: 'zh', label: t('zhName') },
              { value: 'en', label: t('enName') },
            ]}
          />
        </Form.Item>
        <Form.Item name="formats" label={t('formats')} rules={[{ type: 'array', min: 1, message: t('needFormat') }]}>
          <Checkbox.Group
            style={{ display: 'flex', flexDirection: 'column', gap: 4 }}
            options={formats.map((f) => ({ value: f, label: t(f) }))}
          />
        </Form.Item>
        {may(user, 'admin') && (
          <Form.Item name="full" valuePropName="checked">
            <Checkbox>{t('full')}</Checkbox>
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" block loading={busy} icon={<FileSearchOutlined />}>
          {t('make')}
        </Button>
      </Form>
    </Card>
  );
}

function Preview({
  report,
  year,
  company,
  author,
  now,
}: {
  report: Kept | undefined;
  year: string;
  company: string;
  author: string;
  now: () => void;
}) {
  const t = useWords(reportWords);
  const { lang } = useLang();
  const format = useFormat();
  const [chosen, setChosen] = useState<string>(lang);
  const pages = report ? report.files.filter((f) => f.format === 'html').map((f) => f.lang) : ['zh', 'en'];
  const missing = report !== undefined && !pages.includes(chosen);
  const { data, error, isPending, isFetching, refetch } = useDocument({
    report: report && !missing ? report.id : undefined,
    year,
    lang: chosen,
    company,
    author,
  });
  const name = (code: string) => (code === 'zh' ? t('zhName') : t('enName'));
  return (
    <Card
      title={
        <Flex gap={12} align="baseline" wrap>
          {t('preview')}
          <Typography.Text type="secondary" style={{ fontWeight: 400, fontSize: 13 }}>
            {report ? t('keptShown', { year: String(report.year), ts: format.time(report.made) }) : t('nowShown')}
          </Typography.Text>
        </Flex>
      }
      extra={
        <Flex gap={8}>
          {report && (
            <Button size="small" onClick={now}>
              {t('showNow')}
            </Button>
          )}
          <Segmented
            size="small"
            aria-label={t('langs')}
            value={chosen}
            onChange={setChosen}
            options={['zh', 'en'].map((value) => ({ value, label: name(value) }))}
          />
        </Flex>
      }
      styles={{ body: { padding: 0 } }}
    >
      {missing ? (
        <Nothing title={t('noHtml')} />
      ) : (
        <>
          {error && <Failure error={error} retry={() => void refetch()} />}
          {isPending && !error && <Skeleton active style={{ padding: 24 }} paragraph={{ rows: 12 }} />}
          {data && (
            // Without scripts, forms or the page's own origin: what stands in a report can do nothing here.
            <iframe
              title={t('previewOf', { lang: name(chosen) })}
              sandbox=""
              srcDoc={data}
              aria-busy={isFetching}
              style={{
                border: 0,
                width: '100%',
                height: 'min(82vh, 1100px)',
                display: 'block',
                background: '#fff',
                borderRadius: '0 0 8px 8px',
              }}
            />
          )}
        </>
      )}
    </Card>
  );
}

function Downloads({ report }: { report: Kept }) {
  const t = useWords(reportWords);
  const pick = usePick();
  const format = useFormat();
  const command = `outfitter verify report-${report.year}.zip`;
  return (
    <Card title={t('downloads')}>
      <Flex vertical gap={12}>
        <Flex gap={8} wrap>
          {report.files.map((d) => (
            <Button
              key={`${d.lang}${d.format}`}
              icon={<DownloadOutlined />}
              href={fileAddress(report.id, d.format, d.lang)}
              title={format.bytes(d.bytes)}
            >
              {d.format.toUpperCase()} · {d.lang === 'zh' ? t('zhName') : t('enName')}
            </Button>
          ))}
        </Flex>
        {report.left_out.map((l) => (
          <Alert
            key={l.format}
            type="info"
            showIcon
            title={t('left', { format: l.format.toUpperCase(), why: pick(l, 'why') })}
          />
        ))}
        <Flex gap={12} wrap align="center">
          <Button type="primary" icon={<SafetyCertificateOutlined />} href={fileAddress(report.id, 'zip')}>
            {t('bundle')} ({format.bytes(report.bytes)})
          </Button>
          <Typography.Text type="secondary" role="status">
            {t('checks', { offline: report.offline, server: report.server, none: report.not_run })}
          </Typography.Text>
        </Flex>
        <Typography.Text type="secondary">
          {t('bundleHelp')} <span className="code">{command}</span>{' '}
          <Copy text={command} label={`${t('copy')}: ${command}`} />
        </Typography.Text>
        <Typography.Text type="secondary" className="code" style={{ overflowWrap: 'anywhere' }}>
          {t('digest')} {report.manifest_sha256.slice(0, 24)}…
        </Typography.Text>
      </Flex>
    </Card>
  );
}

export function ReportPage() {
  const t = useWords(reportWords);
  const format = useFormat();
  const user = useUser();
  const client = useQueryClient();
  const [params, setParams] = useSearchParams();
  const asked = params.get('year') ?? '';
  const year = /^\d{4}$/.test(asked) ? asked : String(dayjs().year());
  const { data: reports, error, refetch } = useReports();
  const make = useMake();
  const run = useRun(make.data?.id);
  const ended = over(run.data);
  useEffect(() => {
    if (!ended) return;
    void client.invalidateQueries({ queryKey: ['reports'] });
  }, [ended, client]);
  const made = run.data?.state === 'done' ? (run.data.result as Kept | undefined) : undefined;
  const chosen = params.get('report') ?? made?.id;
  const shown = chosen === 'now' ? undefined : (reports?.find((r) => r.id === chosen) ?? (chosen ? made : undefined));
  const [cover, setCover] = useState({ company: remembered().company ?? '', author: remembered().author ?? '' });
  const show = (id: string) => {
    const next = new URLSearchParams(params);
    next.set('report', id);
    setParams(next, { replace: true });
  };
  return (
    <PageFrame title={t('title')} about={t('about')} path={[{ to: '/value', title: t('ledger') }]}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Row gutter={[16, 16]}>
        <Col xs={24} lg={8} xxl={6}>
          <Flex vertical gap={16}>
            {may(user, 'report') && (
              <Settings
                year={year}
                setYear={(y) => setParams({ year: y }, { replace: true })}
                busy={make.isPending || (make.data !== undefined && !ended)}
                onMake={(order) => {
                  setCover({ company: order.company, author: order.author });
                  const next = new URLSearchParams(params);
                  next.delete('report');
                  setParams(next, { replace: true });
                  make.mutate(order);
                }}
              />
            )}
            {reports && reports.length > 0 && (
              <Card title={t('past')}>
                <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
                  {reports.slice(0, 10).map((r) => (
                    <li key={r.id} style={{ padding: '6px 0' }}>
                      <Flex justify="space-between" align="center" gap={8}>
                        <span>
                          <Typography.Text strong={r.id === shown?.id}>{r.year}</Typography.Text>
                          <Typography.Text type="secondary" style={{ display: 'block', fontSize: 12.5 }}>
                            {t('madeBy', { actor: r.actor, ts: format.time(r.made) })}
                          </Typography.Text>
                        </span>
                        <Button
                          size="small"
                          disabled={r.id === shown?.id}
                          aria-label={`${t('show')} ${r.year} ${format.time(r.made)}`}
                          onClick={() => show(r.id)}
                        >
                          {t('show')}
                        </Button>
                      </Flex>
                    </li>
                  ))}
                </ul>
              </Card>
            )}
          </Flex>
        </Col>
        <Col xs={24} lg={16} xxl={18}>
          <Flex vertical gap={16}>
            {make.error && <Failure error={make.error} />}
            {run.data && run.data.state !== 'done' && (
              <Card>
                <RunProgress run={run.data} title={t('making')} />
              </Card>
            )}
            {shown && <Downloads report={shown} />}
            <Preview report={shown} year={year} company={cover.company} author={cover.author} now={() => show('now')} />
          </Flex>
        </Col>
      </Row>
    </PageFrame>
  );
}
