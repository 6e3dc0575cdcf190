import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { address, get, getText, send } from '../api/client';
import type { Page, Run } from '../api/types';
import { listOf } from '../page/paging';

export const formats = ['html', 'pdf', 'docx', 'pptx', 'xlsx'] as const;
export type Format = (typeof formats)[number];

/** A Kept report is one that was made. */
export type Kept = {
  id: string;
  year: number;
  actor: string;
  made: string;
  full: boolean;
  bytes: number;
  manifest_sha256: string;
  files: { lang: string; format: string; bytes: number }[];
  left_out: { format: string; why: string; why_zh: string }[];
  offline: number;
  server: number;
  not_run: number;
};

export type Order = {
  year: number;
  company: string;
  author: string;
  consent?: string[];
  langs: string[];
  formats: Format[];
  full: boolean;
};

export function useReports() {
  return useQuery({
    queryKey: ['reports'],
    queryFn: async ({ signal }) => listOf(await get<Page<Kept> | Kept[]>('reports', undefined, signal)),
  });
}

export function useMake() {
  return useMutation({ mutationFn: (order: Order) => send<Run>('POST', 'reports', order) });
}

export const fileAddress = (id: string, format: string, lang = 'zh') =>
  address(`reports/${id}/files/${format}`, { lang });

export type Shown = { report?: string | undefined; year: string; lang: string; company: string; author: string };

/** useDocument fetches a report as a page: one that was made, or as it would be now. */
export function useDocument({ report, year, lang, company, author }: Shown) {
  return useQuery({
    queryKey: ['report', report ?? 'now', year, lang, report ? '' : company, report ? '' : author],
    queryFn: ({ signal }) =>
      report
        ? getText(`reports/${report}/preview`, { lang }, signal)
        : getText('reports/preview', { year, lang, company, author }, signal),
    staleTime: report ? Infinity : 30_000,
    placeholderData: keepPreviousData,
  });
}
