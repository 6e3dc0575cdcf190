import { useCallback, useState } from 'react';
import type { Upload } from '../api/types';

export type Step = 'files' | 'format' | 'mapping' | 'try' | 'done';
export const order: Step[] = ['files', 'format', 'mapping', 'try', 'done'];

/** What someone has chosen so far; it outlives a reload of the page, not the tab. */
export type Draft = {
  step: Step;
  uploads: Upload[];
  source: string;
  zone: string;
  yaml: string;
  inspectRun?: string | undefined;
  tryRun?: string | undefined;
  /** The mapping that the dry run tried. */
  tried?: string;
  commitRun?: string;
  acceptDrift: boolean;
};

const key = 'outfitter.import';

export function emptyDraft(source = ''): Draft {
  return { step: 'files', uploads: [], source, zone: '', yaml: '', acceptDrift: false };
}

export function readDraft(text: string | null): Draft | undefined {
  try {
    const draft = JSON.parse(text ?? '') as Partial<Draft>;
    if (!Array.isArray(draft.uploads) || !order.includes(draft.step as Step)) return undefined;
    return { ...emptyDraft(), ...draft };
  } catch {
    return undefined;
  }
}

export type Change = (change: Partial<Draft> | ((now: Draft) => Partial<Draft>)) => void;

export function useDraft(source: string): [Draft, Change, () => void] {
  const [draft, set] = useState<Draft>(() => {
    const kept = readDraft(sessionStorage.getItem(key));
    return kept && (!source || kept.source === source) ? kept : emptyDraft(source);
  });
  const change = useCallback<Change>((part) => {
    set((now) => {
      const next = { ...now, ...(typeof part === 'function' ? part(now) : part) };
      sessionStorage.setItem(key, JSON.stringify(next));
      return next;
    });
  }, []);
  const clear = useCallback(() => {
    sessionStorage.removeItem(key);
    set(emptyDraft());
  }, []);
  return [draft, change, clear];
}
