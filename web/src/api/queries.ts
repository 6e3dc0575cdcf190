import { QueryCache, QueryClient, MutationCache } from '@tanstack/react-query';
import { Fault, Offline } from './client';

type Listener = (reachable: boolean) => void;
const listeners = new Set<Listener>();

/** onReach tells whether the last call reached the server. */
export function onReach(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function note(error: unknown) {
  if (error instanceof Fault && error.status === 401) {
    const session = client.getQueryData(['session']);
    if (session) client.setQueryData(['session-ended'], true);
    client.setQueryData(['session'], null);
  }
  for (const listener of listeners) listener(!(error instanceof Offline));
}

/** retry repeats only what may come right by itself. */
export function retry(count: number, error: unknown): boolean {
  if (error instanceof Fault) return error.status >= 500 && count < 1;
  return count < 2;
}

export const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: note,
    onSuccess: () => {
      for (const listener of listeners) listener(true);
    },
  }),
  mutationCache: new MutationCache({ onError: note }),
  defaultOptions: {
    queries: { retry, staleTime: 15_000, refetchOnWindowFocus: false, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
});
