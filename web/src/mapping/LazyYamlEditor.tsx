import { Skeleton } from 'antd';
import { type ComponentProps, lazy, Suspense } from 'react';

const YamlEditor = lazy(() => import('./YamlEditor'));

export function LazyYamlEditor(props: ComponentProps<typeof YamlEditor>) {
  return (
    <Suspense fallback={<Skeleton active paragraph={{ rows: 10 }} />}>
      <YamlEditor {...props} />
    </Suspense>
  );
}
