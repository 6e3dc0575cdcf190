import { Button, Flex, Result, Typography } from 'antd';
import { Link, useRouteError } from 'react-router';
import { useWords } from '../lang/LangProvider';
import { useTitle } from './title';
import { shellWords } from './words';

/** Broken stands where a page failed; the rest of the product goes on. */
export function Broken() {
  const t = useWords(shellWords);
  const error = useRouteError();
  const text = error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error);
  const stale = /dynamically imported module|Importing a module script failed/i.test(text);
  useTitle(t('broke'));
  return (
    <Result
      status="warning"
      title={t('broke')}
      subTitle={stale ? t('stale') : t('brokeHelp')}
      extra={
        <Button
          type="primary"
          onClick={() => {
            location.reload();
          }}
        >
          {t('reload')}
        </Button>
      }
    >
      {!stale && (
        <Typography.Paragraph copyable className="code" style={{ margin: 0, overflowWrap: 'anywhere' }}>
          {text}
        </Typography.Paragraph>
      )}
    </Result>
  );
}

export function Lost() {
  const t = useWords(shellWords);
  useTitle(t('lost'));
  return (
    <Flex justify="center">
      <Result
        status="404"
        title={t('lost')}
        subTitle={t('lostHelp')}
        extra={
          <Link to="/today">
            <Button type="primary">{t('home')}</Button>
          </Link>
        }
      />
    </Flex>
  );
}
