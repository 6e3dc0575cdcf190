import { Button, Flex, Typography } from 'antd';
import { useWords } from '../lang/LangProvider';
import { pageWords } from './words';

type Props = { n: number; more: boolean; loading: boolean; load: () => void };

/** More ends a cursor-paged list. */
export function More({ n, more, loading, load }: Props) {
  const t = useWords(pageWords);
  if (n === 0) return null;
  return (
    <Flex align="center" justify="space-between" style={{ paddingTop: 12 }}>
      <Typography.Text type="secondary" role="status">
        {t('shown', { n })}
        {!more && ` · ${t('all')}`}
      </Typography.Text>
      {more && (
        <Button size="small" loading={loading} onClick={load}>
          {t('more')}
        </Button>
      )}
    </Flex>
  );
}
