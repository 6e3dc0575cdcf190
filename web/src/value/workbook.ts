import { useQuery } from '@tanstack/react-query';
import { ask, get } from '../api/client';
import type { Answered, Event, EventDetail, Page } from '../api/types';
import type { RollOut } from './claim';

/** A Launch is one thing that the work book says went live. */
export type Launch = { key: string; name: string; events: Event[] };

/** grouped puts the launches of one thing together, the newest first. */
export function grouped(events: readonly Event[]): Launch[] {
  const all = new Map<string, Launch>();
  for (const event of events) {
    const key = event.object?.key ?? event.text ?? event.id;
    const one = all.get(key) ?? { key, name: event.text ?? key, events: [] };
    one.events.push(event);
    all.set(key, one);
  }
  return [...all.values()];
}

export function useLaunches() {
  return useQuery({
    queryKey: ['explore', 'launches'],
    queryFn: async ({ signal }) => {
      const page = await get<Page<Event>>(
        'explore/events',
        { metric: 'events', grain: 'none', where: ['verb:eq:work.launched'], limit: 300 },
        signal,
      );
      return grouped(page.items ?? []);
    },
    staleTime: 60_000,
  });
}

/** teamsIn reads the teams that a line of the work book names. */
export function teamsIn(attrs: Record<string, unknown> | null | undefined): string[] {
  const text = String(attrs?.teams ?? attrs?.team ?? '');
  return text
    .split(/[、,，;；/|\n]/)
    .map((part) => part.trim())
    .filter(Boolean);
}

/** datesOf asks which teams a launch was for, and since when. */
export async function datesOf(launch: Launch): Promise<RollOut[]> {
  const details = await Promise.all(launch.events.slice(0, 30).map((e) => get<EventDetail>(`events/${e.id}`)));
  return details.flatMap((e) =>
    teamsIn(e.attrs as Record<string, unknown> | undefined).map((team) => ({ team, since: e.ts.slice(0, 10) })),
  );
}

/** useCounts counts the events of a verb by team or verb, within a window. */
export function useCounts(by: 'team' | 'verb', where: readonly string[], since = '', until = '', enabled = true) {
  return useQuery({
    queryKey: ['explore', 'counts', by, where, since, until],
    queryFn: async ({ signal }) => {
      const reply = await ask<Answered>('GET', 'explore', {
        query: { metric: 'events', by, grain: 'none', where, since, until, limit: 500 },
        signal,
      });
      if (reply.status === 202) return new Map<string, number>();
      return new Map((reply.data.points ?? []).flatMap((p) => (p.a ? [[p.a, p.value ?? 0] as const] : [])));
    },
    enabled,
    staleTime: 60_000,
  });
}
