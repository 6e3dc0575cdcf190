import { Flex, Skeleton } from 'antd';
import { type ComponentProps, lazy, Suspense } from 'react';

const Chart = lazy(() => import('./Chart'));

/** The charting library is fetched when the first chart is shown. */
export function LazyChart(props: ComponentProps<typeof Chart>) {
  return (
    <Suspense
      fallback={
        <Flex align="end" style={{ height: props.height ?? 320 }}>
          <Skeleton active paragraph={{ rows: 5 }} title={false} />
        </Flex>
      }
    >
      <Chart {...props} />
    </Suspense>
  );
}
