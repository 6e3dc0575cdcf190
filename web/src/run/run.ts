import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { address, get, send } from '../api/client';
import type { Page, Run } from '../api/types';
import { listOf } from '../page/paging';

export function over(run: Pick<Run, 'state'> | undefined): boolean {
  return run?.state === 'done' || run?.state === 'failed' || run?.state === 'cancelled';
}

/** share is how far a run is, 0 to 1, or undefined where its size is not known. */
export function share(run: Pick<Run, 'done' | 'total' | 'state'>): number | undefined {
  if (run.state === 'done') return 1;
  return run.total > 0 ? Math.min(1, run.done / run.total) : undefined;
}

/** What changes when a run of any kind ends. */
const touched = [
  'today',
  'sources',
  'source',
  'batches',
  'batch',
  'rejects',
  'runs',
  'status',
  'explore',
  'metrics',
  'dimensions',
  'questions',
  'ledger',
  'claim',
  'claims',
  'reports',
];

/** useRun follows one run: by server-sent events, and by asking where those do not come through. */
export function useRun(id: string | undefined) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['run', id],
    queryFn: ({ signal }) => get<Run>(`runs/${id ?? ''}`, undefined, signal),
    enabled: id !== undefined,
    refetchInterval: (q) => (over(q.state.data) ? false : 2_000),
    staleTime: 0,
  });
  const ended = over(query.data);
  useEffect(() => {
    if (!id || ended) return;
    const stream = new EventSource(address(`runs/${id}/events`));
    const take = (event: MessageEvent<string>) => {
      try {
        client.setQueryData(['run', id], JSON.parse(event.data) as Run);
      } catch {
        // Not a run: the next question brings it.
      }
    };
    stream.addEventListener('progress', take);
    stream.onmessage = take;
    stream.onerror = () => {
      stream.close();
    };
    return () => {
      stream.close();
    };
  }, [id, ended, client]);
  useEffect(() => {
    if (!ended) return;
    for (const key of touched) void client.invalidateQueries({ queryKey: [key] });
  }, [ended, client]);
  return query;
}

export function useRuns() {
  return useQuery({
    queryKey: ['runs'],
    queryFn: async ({ signal }) => listOf(await get<Page<Run> | Run[]>('runs', { limit: 20 }, signal)),
    refetchInterval: (q) => (q.state.data?.some((run) => !over(run)) ? 2_000 : 15_000),
  });
}

export function useCancelRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => send<Run | undefined>('POST', `runs/${id}/cancel`),
    onSettled: (_a, _e, id) => {
      void client.invalidateQueries({ queryKey: ['run', id] });
      void client.invalidateQueries({ queryKey: ['runs'] });
    },
  });
}

export function useResumeRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => send<Run | undefined>('POST', `runs/${id}/resume`),
    onSettled: (_a, _e, id) => {
      void client.invalidateQueries({ queryKey: ['run', id] });
      void client.invalidateQueries({ queryKey: ['runs'] });
    },
  });
}
