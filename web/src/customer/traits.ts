import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../api/client';
import type { TraitView } from '../api/types';

/** useTraits is the catalogue, by name. */
export function useTraits() {
  const { data } = useQuery({
    queryKey: ['traits'],
    queryFn: ({ signal }) => get<TraitView[]>('traits', undefined, signal),
    staleTime: 300_000,
  });
  return useMemo(() => new Map((data ?? []).map((t) => [t.name, t])), [data]);
}
