import { InfoCircleOutlined } from '../page/icons';
import { Button, Descriptions, Popover, Typography } from 'antd';
import type { Metric } from '../api/types';
import { useTerm } from '../event/verb';
import { usePick, useWords } from '../lang/LangProvider';
import { exploreWords } from './words';

/** Definition says what a figure means; it stands beside each. */
export function Definition({ metric }: { metric: Metric }) {
  const t = useWords(exploreWords);
  const term = useTerm();
  const pick = usePick();
  const known = metric.kind in exploreWords;
  return (
    <Popover
      trigger={['click', 'hover']}
      title={pick(metric, 'title')}
      content={
        <div style={{ maxWidth: 420 }}>
          <Typography.Paragraph>{pick(metric, 'about')}</Typography.Paragraph>
          <Descriptions
            column={1}
            size="small"
            items={[
              { key: 'k', label: t('kindOf'), children: known ? t(metric.kind) : metric.kind },
              ...(metric.unit ? [{ key: 'u', label: t('unit'), children: pick(metric, 'unit') }] : []),
              ...(metric.verbs?.length
                ? [{ key: 'v', label: t('verbs'), children: metric.verbs.map((v) => term('verb', v)).join(', ') }]
                : []),
            ]}
          />
        </div>
      }
    >
      <Button type="text" size="small" icon={<InfoCircleOutlined />} aria-label={t('definition')} />
    </Popover>
  );
}
