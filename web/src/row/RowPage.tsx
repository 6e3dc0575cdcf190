import { LeftOutlined, RightOutlined } from '../page/icons';
import { Button, Card } from 'antd';
import { Link, useParams } from 'react-router';
import { useWords } from '../lang/LangProvider';
import { PageFrame } from '../page/PageFrame';
import { RowView, useRow } from './RowView';
import { rowWords } from './words';

export function RowPage() {
  const t = useWords(rowWords);
  const params = useParams();
  const batch = params.id ?? '';
  const row = Number(params.row);
  const { data } = useRow(batch, row);
  return (
    <PageFrame
      title={data ? t('title', { file: data.file, row: String(row) }) : t('row')}
      path={[
        { to: '/batches', title: t('batches') },
        { to: `/batches/${batch}`, title: data?.file ?? t('batch') },
      ]}
      actions={
        <>
          <Link to={`/batches/${batch}/rows/${row - 1}`} aria-disabled={row <= 1}>
            <Button icon={<LeftOutlined />} disabled={row <= 1}>
              {t('prev')}
            </Button>
          </Link>
          <Link to={`/batches/${batch}/rows/${row + 1}`}>
            <Button icon={<RightOutlined />} iconPlacement="end">
              {t('next')}
            </Button>
          </Link>
        </>
      }
    >
      <Card>
        <RowView batch={batch} row={row} />
      </Card>
    </PageFrame>
  );
}
