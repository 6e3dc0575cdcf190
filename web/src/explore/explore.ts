import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { ask, get } from '../api/client';
import type { Answered, Dimension, Metric, Page, Question as Saved } from '../api/types';
import { listOf } from '../page/paging';
import { useRun } from '../run/run';
import { asked, type Question, readQuestion, writeQuestion } from './question';

/** useQuestion keeps the question in the address; a change of what is open can be gone back on. */
export function useQuestion(): [Question, (change: Partial<Question>) => void] {
  const [params, setParams] = useSearchParams();
  const question = useMemo(() => readQuestion(params), [params]);
  const change = useCallback(
    (part: Partial<Question>) => {
      setParams((now) => writeQuestion({ ...readQuestion(now), ...part }), {
        replace: !('spot' in part || 'event' in part),
      });
    },
    [setParams],
  );
  return [question, change];
}

export function useMetrics() {
  return useQuery({
    queryKey: ['metrics'],
    queryFn: async ({ signal }) => listOf(await get<Page<Metric> | Metric[]>('metrics', undefined, signal)),
    staleTime: 60_000,
  });
}

export function useDimensions() {
  return useQuery({
    queryKey: ['dimensions'],
    queryFn: async ({ signal }) => listOf(await get<Page<Dimension> | Dimension[]>('dimensions', undefined, signal)),
    staleTime: 60_000,
  });
}

export function useQuestions() {
  return useQuery({
    queryKey: ['questions'],
    queryFn: async ({ signal }) => listOf(await get<Page<Saved> | Saved[]>('questions', undefined, signal)),
  });
}

/** useAnswer asks the server; what takes long becomes a run, which is followed to its end. */
export function useAnswer(question: Question, enabled: boolean) {
  const query = useMemo(() => asked(question), [question]);
  const first = useQuery({
    queryKey: ['explore', 'answer', query],
    queryFn: ({ signal }) => ask<Answered>('GET', 'explore', { query, signal }),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const id = first.data?.status === 202 ? first.data.data.run : undefined;
  const run = useRun(id);
  const late = run.data?.state === 'done' ? (run.data.result as Answered | undefined) : undefined;
  const now = first.data && first.data.status !== 202 ? first.data.data : undefined;
  return {
    answer: now ?? (late?.points ? late : undefined),
    run: id && run.data?.state !== 'done' ? run.data : undefined,
    error: first.error ?? run.error,
    asking: first.isFetching || (id !== undefined && run.data === undefined),
    refetch: () => void first.refetch(),
  };
}

/** useValues lists what a dimension can be, most frequent first, for the filter's value. */
export function useValues(metric: string, dim: string) {
  return useQuery({
    queryKey: ['explore', 'values', metric, dim],
    queryFn: async ({ signal }) => {
      const reply = await ask<Answered>('GET', 'explore', {
        query: { metric, by: dim, grain: 'none', limit: 200 },
        signal,
      });
      if (reply.status === 202) return [];
      const labels = reply.data.labels ?? {};
      return [...(reply.data.points ?? [])]
        .sort((a, b) => (b.value ?? 0) - (a.value ?? 0))
        .flatMap((p) => (p.a ? [{ value: p.a, label: labels[p.a] ?? p.a }] : []));
    },
    enabled: metric !== '' && dim !== '',
    staleTime: 60_000,
  });
}
