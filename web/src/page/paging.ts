import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get, type Query } from '../api/client';
import type { Page } from '../api/types';

/** usePages reads a cursor-paged list page by page. */
export function usePages<T>(key: QueryKey, path: string, query: Query = {}, enabled = true) {
  const answer = useInfiniteQuery({
    queryKey: [...key, query],
    queryFn: ({ pageParam, signal }) => get<Page<T>>(path, { ...query, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
    enabled,
  });
  const items = useMemo(() => answer.data?.pages.flatMap((page) => page.items ?? []) ?? [], [answer.data]);
  return { ...answer, items };
}

/** listOf reads the items of a list, whether the server pages it or not. */
export function listOf<T>(answer: Page<T> | T[] | null | undefined): T[] {
  if (!answer) return [];
  return Array.isArray(answer) ? answer : (answer.items ?? []);
}
