import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { get, send } from '../api/client';
import type { MappingCheck } from '../api/types';
import type { Schema } from './complete';

export function useSchema() {
  return useQuery({
    queryKey: ['mapping-schema'],
    queryFn: ({ signal }) => get<Schema>('mappings/schema.json', undefined, signal),
    staleTime: Infinity,
  });
}

/** useCheck asks the server what is wrong with a mapping, once its writer pauses. */
export function useCheck(yaml: string) {
  const [asked, setAsked] = useState(yaml);
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(yaml);
    }, 400);
    return () => {
      clearTimeout(timer);
    };
  }, [yaml]);
  const query = useQuery({
    queryKey: ['mapping-check', asked],
    queryFn: () => send<MappingCheck>('POST', 'mappings/check', { yaml: asked }),
    enabled: asked.trim() !== '',
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
  return { ...query, current: asked === yaml && !query.isPlaceholderData };
}
