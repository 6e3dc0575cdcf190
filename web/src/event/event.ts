import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { EventDetail } from '../api/types';

export function useEvent(id: string | undefined) {
  return useQuery({
    queryKey: ['event', id],
    queryFn: ({ signal }) => get<EventDetail>(`events/${id ?? ''}`, undefined, signal),
    enabled: Boolean(id),
  });
}

/** rowOf is the address of an event's original row. */
export function rowOf(event: EventDetail): { batch: string; row: number } {
  return event.source_row ?? { batch: event.batch, row: event.row };
}
