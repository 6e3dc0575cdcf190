import { createContext, useContext } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Fault, get, send } from '../api/client';
import type { Me, User } from '../api/types';

/** Who is signed in, and what they may do. */
export type Person = User & { rights: string[] };

function person({ user, rights }: Me): Person {
  return { ...user, rights: rights ?? [] };
}

/** useSession knows who is signed in: undefined while asking, null when nobody is. */
export function useSession() {
  return useQuery({
    queryKey: ['session'],
    queryFn: async ({ signal }): Promise<Person | null> => {
      try {
        return person(await get<Me>('session', undefined, signal));
      } catch (error) {
        if (error instanceof Fault && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: 5 * 60_000,
  });
}

const PersonContext = createContext<Person | null>(null);

/** PersonProvider holds who is signed in for the pages inside, which are gone before it is nobody. */
export const PersonProvider = PersonContext.Provider;

export function useUser(): Person {
  const person = useContext(PersonContext);
  if (!person) throw new Error('session: nobody is signed in');
  return person;
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; password: string }) => send<Me>('POST', 'session', body),
    onSuccess: (me) => {
      client.setQueryData(['session-ended'], false);
      client.setQueryData(['session'], person(me));
      void client.invalidateQueries({
        predicate: (q) => q.queryKey[0] !== 'session' && q.queryKey[0] !== 'session-ended',
      });
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => send<undefined>('DELETE', 'session'),
    onSettled: () => {
      client.setQueryData(['session'], null);
      client.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' });
    },
  });
}

export function useSaveProfile() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<Pick<User, 'display' | 'lang' | 'theme'>>) => send<Me>('PATCH', 'session', body),
    onSuccess: (_answer, body) => {
      client.setQueryData<Person | null>(['session'], (user) => (user ? { ...user, ...body } : user));
    },
  });
}

/** may tells whether someone has a right; the server decides, this only hides what it would refuse. */
export function may(user: Pick<Person, 'rights'>, right: string): boolean {
  return user.rights.includes(right);
}
