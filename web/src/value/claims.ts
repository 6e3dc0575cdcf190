import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { address, get, send } from '../api/client';
import type { Page, Run } from '../api/types';
import { listOf } from '../page/paging';
import type { Claim, Item, Ledger, Result, RowRef, Sign, Text, Version } from './claim';

const path = (id: string) => `claims/${encodeURIComponent(id)}`;

export function useLedger(year: string) {
  return useQuery({
    queryKey: ['ledger', year],
    queryFn: ({ signal }) => get<Ledger>('ledger', { year }, signal),
  });
}

export function useClaim(id: string) {
  return useQuery({ queryKey: ['claim', id], queryFn: ({ signal }) => get<Item>(path(id), undefined, signal) });
}

export function useVersions(id: string) {
  return useQuery({
    queryKey: ['claim', id, 'versions'],
    queryFn: async ({ signal }) =>
      listOf(await get<Page<Version> | Version[]>(`${path(id)}/versions`, undefined, signal)),
  });
}

export function useResults(id: string) {
  return useQuery({
    queryKey: ['claim', id, 'results'],
    queryFn: async ({ signal }) => listOf(await get<Page<Result> | Result[]>(`${path(id)}/results`, undefined, signal)),
  });
}

/** A Suggestion is a claim that the data allow, with the grade it can reach. */
export type Suggestion = { claim: Claim; yaml: string; grade: string; why: Text; known: boolean };

/** A Template is one of the claims that come with the program. */
export type Template = { name: string; yaml: string; claim: Claim };

export function useSuggestions(ask: boolean) {
  return useQuery({
    queryKey: ['claims', 'suggestions'],
    queryFn: async ({ signal }) =>
      listOf(await get<Page<Suggestion> | Suggestion[]>('claims/suggested', undefined, signal)),
    enabled: ask,
    staleTime: 60_000,
  });
}

export function useTemplates(ask: boolean) {
  return useQuery({
    queryKey: ['claim-templates'],
    queryFn: async ({ signal }) =>
      listOf(await get<Page<Template> | Template[]>('claims/templates', undefined, signal)),
    enabled: ask,
    staleTime: Infinity,
  });
}

/** useClaims lists all claims there are, whatever year they count for. */
export function useClaims() {
  return useQuery({
    queryKey: ['claims', 'all'],
    queryFn: async ({ signal }) => listOf(await get<Page<Item> | Item[]>('claims', undefined, signal)),
  });
}

/** runClaims runs several claims, or all; drafts are sealed first. */
export function runClaims(claims: string[] = []) {
  return send<Run>('POST', 'claims/run', { claims });
}

/** useChange is a step of a claim's life; afterwards what is shown of it is asked for again. */
function useChange<In, Out>(id: string, change: (input: In) => Promise<Out>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['claim', id] });
      void client.invalidateQueries({ queryKey: ['ledger'] });
      void client.invalidateQueries({ queryKey: ['claims'] });
    },
  });
}

export function useSeal(id: string) {
  return useChange(id, () => send<Version>('POST', `${path(id)}/seal`));
}

export function useSign(id: string) {
  return useChange(id, (sign: Pick<Sign, 'role' | 'name' | 'note'>) =>
    send<Version>('POST', `${path(id)}/countersign`, sign),
  );
}

export function useWithdraw(id: string) {
  return useChange(id, (why: string) => send<Item>('POST', `${path(id)}/withdraw`, { why }));
}

export function useRunClaim(id: string) {
  return useChange(id, () => send<Run>('POST', `${path(id)}/run`));
}

/** addClaim keeps a claim, or a new version of it; text is YAML or JSON. */
export function addClaim(claim: Claim | string) {
  return send<Version>('POST', 'claims', { text: typeof claim === 'string' ? claim : JSON.stringify(claim, null, 2) });
}

export const sampleAddress = (id: string) => address(`${path(id)}/sample.csv`);

/** One original row behind a result: for which unit and period it counted, and as what. */
export type CellRow = RowRef & { unit: string; period: string; role: string };

/** useRows pages by offset: the list of rows is one file. */
export function useRows(id: string, ask: boolean) {
  const answer = useInfiniteQuery({
    queryKey: ['claim', id, 'rows'],
    queryFn: ({ pageParam, signal }) =>
      get<{ items: CellRow[]; total: number; next: number }>(
        `${path(id)}/rows`,
        { offset: pageParam, limit: 100 },
        signal,
      ),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next || undefined,
    enabled: ask,
  });
  const items = useMemo(() => answer.data?.pages.flatMap((page) => page.items ?? []) ?? [], [answer.data]);
  return { ...answer, items, total: answer.data?.pages[0]?.total ?? 0 };
}
