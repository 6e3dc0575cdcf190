import { Alert, Card, Collapse, Descriptions, Flex, Table, Tag, Typography } from 'antd';
import { useLang, useWords } from '../lang/LangProvider';
import { claimWords } from './claim.words';
import type { Figure, Item } from './claim';
import { Interval } from './Interval';
import { GradeTag, tones } from './Marks';
import { useSaid } from './text';
import { dash, figureRange, figureText, isNumber, pText, show, unitOf } from './unit';
import { answer, gradeOf, headline, judged, relative } from './verdict';
import { verdictWords } from './verdict.words';

const shorts = {
  better: 'shortBetter',
  worse: 'shortWorse',
  unclear: 'shortUnclear',
  volume: 'shortVolume',
  refused: 'refused',
  open: 'open',
} as const;

function Statistics({ item }: { item: Item }) {
  const t = useWords(claimWords);
  const said = useSaid();
  const { lang } = useLang();
  const finding = item.result?.finding;
  const figure = headline(finding);
  if (!finding || !item.result) return null;
  const rest = (finding.figures ?? []).slice(1);
  return (
    <Collapse
      ghost
      size="small"
      style={{ marginInline: -12 }}
      items={[
        {
          key: 'stats',
          label: t('details'),
          children: (
            <Flex vertical gap={12}>
              <Descriptions
                size="small"
                column={{ xs: 1, sm: 2, lg: 4 }}
                items={[
                  { key: 'm', label: t('detailMethod'), children: <span className="code">{finding.method}</span> },
                  {
                    key: 'se',
                    label: t('se'),
                    children: figure && isNumber(figure.se) ? figure.se.toPrecision(3) : dash,
                  },
                  { key: 'p', label: t('p'), children: pText(figure?.p) },
                  { key: 'seed', label: t('seed'), children: <span className="code">{item.result.seed}</span> },
                ]}
              />
              {rest.length > 0 && (
                <Table<Figure>
                  size="small"
                  title={() => t('others')}
                  rowKey={(f) => `${f.method ?? ''}${f.name}`}
                  dataSource={rest}
                  pagination={false}
                  scroll={{ x: 560 }}
                  columns={[
                    { title: t('figure'), key: 'f', render: (_, f) => said(f.title) || f.name },
                    {
                      title: t('method'),
                      key: 'm',
                      render: (_, f) => <span className="code">{f.method ?? finding.method}</span>,
                    },
                    { title: t('value'), key: 'v', align: 'end', render: (_, f) => figureText(f, lang) },
                    { title: t('band'), key: 'r', align: 'end', render: (_, f) => figureRange(f, lang) || dash },
                    { title: t('p'), key: 'p', align: 'end', render: (_, f) => pText(f.p) },
                  ]}
                />
              )}
            </Flex>
          ),
        },
      ]}
    />
  );
}

/** Answer: the question, its answer in one sentence, the figure with its interval. */
export function Answer({ item }: { item: Item }) {
  const t = useWords(claimWords);
  const v = useWords(verdictWords);
  const said = useSaid();
  const { lang } = useLang();
  const claim = item.version.claim;
  const finding = item.result?.finding;
  const verdict = judged(item);
  const figure = headline(finding);
  const ratio = figure?.kind === 'relative' ? figure : relative(finding);
  const big = ratio && isNumber(ratio.value) && verdict !== 'volume' ? ratio : figure;
  const refusal = finding?.refusal;
  const unit = unitOf(figure?.unit ?? claim.outcome.unit);
  return (
    <Card>
      <Typography.Text type="secondary">{said(claim.question)}</Typography.Text>
      {verdict === 'refused' ? (
        <>
          <Typography.Title level={2} style={{ margin: '6px 0 8px', fontSize: 24, color: tones.refused }}>
            {t('cantSay')}
          </Typography.Title>
          <Typography.Paragraph style={{ fontSize: 16 }}>{answer(item, lang)}</Typography.Paragraph>
          <Descriptions
            column={1}
            items={[
              ...(isNumber(refusal?.mde)
                ? [
                    {
                      key: 'mde',
                      label: t('mde'),
                      children: show(
                        refusal.mde,
                        unit.form === 'share' ? { ...unit, form: 'points' as const } : unit,
                        lang,
                      ),
                    },
                  ]
                : []),
              ...(said(refusal?.test) ? [{ key: 'test', label: t('nextTest'), children: said(refusal?.test) }] : []),
            ]}
          />
        </>
      ) : (
        <>
          <Typography.Title level={2} style={{ margin: '6px 0 12px', fontSize: 20, lineHeight: 1.5, fontWeight: 600 }}>
            {answer(item, lang)}
          </Typography.Title>
          {big && finding && (
            <Flex gap="8px 24px" wrap align="center">
              <span
                className="numbers"
                style={{ fontSize: 40, fontWeight: 650, lineHeight: 1.2, color: tones[verdict] }}
              >
                {figureText(big, lang)}
              </span>
              <div>
                <Interval figure={big} verdict={verdict} width={220} height={26} />
                <Typography.Text type="secondary" className="numbers" style={{ fontSize: 13 }}>
                  {figureRange(big, lang)}
                </Typography.Text>
              </div>
              <Flex gap={8} wrap>
                <GradeTag grade={gradeOf(item)} long />
                <Tag style={{ marginInlineEnd: 0 }}>{v(shorts[verdict])}</Tag>
              </Flex>
            </Flex>
          )}
        </>
      )}
      {item.result?.withdrawn && <Alert type="warning" showIcon title={t('withdrawnRows')} style={{ marginTop: 12 }} />}
      {finding && <Statistics item={item} />}
    </Card>
  );
}
