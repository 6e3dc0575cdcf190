import { InfoCircleOutlined } from '@ant-design/icons';
import { Button, Descriptions, Popover, Typography } from 'antd';
import type { Metric } from '../api/types';
import { usePick, useWords } from '../lang/LangProvider';
import { pageWords } from '../page/words';
import { exploreWords } from './words';

/** Definition says what a figure means; it stands beside each. */
export function Definition({ metric }: { metric: Metric }) {
  const t = useWords(exploreWords);
  const p = useWords(pageWords);
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
              ...(metric.unit ? [{ key: 'u', label: t('unit'), children: metric.unit }] : []),
              ...(metric.verbs?.length
                ? [{ key: 'v', label: t('verbs'), children: <span className="code">{metric.verbs.join(', ')}</span> }]
                : []),
              { key: 'a', label: t('additive'), children: metric.additive ? p('yes') : p('no') },
            ]}
          />
        </div>
      }
    >
      <Button type="text" size="small" icon={<InfoCircleOutlined />} aria-label={t('definition')} />
    </Popover>
  );
}
