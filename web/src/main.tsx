import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { get } from './api/client';
import { client } from './api/queries';
import type { Status } from './api/types';
import './index.css';
import { LangProvider, useLang } from './lang/LangProvider';
import { Failure } from './page/Failure';
import { SignInPage } from './session/SignInPage';
import { PersonProvider, useSession } from './session/session';
import { Broken, Lost } from './shell/Broken';
import { Loading } from './shell/Loading';
import { Shell } from './shell/Shell';
import { ThemeProvider, useTheme } from './theme/ThemeProvider';

/** Gate lets in who is signed in, and takes over the choices kept with the user. */
function Gate() {
  const { data: user, error, isPending, refetch } = useSession();
  const { setLang, setZone } = useLang();
  const { setMode } = useTheme();
  const id = user?.id;
  const lang = user?.lang;
  const mode = user?.theme;
  useEffect(() => {
    if (!id) return;
    if (lang === 'zh' || lang === 'en') setLang(lang);
    if (mode) setMode(mode === 'auto' ? 'system' : mode);
    // Once for each user: afterwards the browser's choice leads and is sent to the server.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id]);
  const { data: status } = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => get<Status>('status', undefined, signal),
    enabled: Boolean(id),
    staleTime: 60_000,
  });
  const zone = status?.zone;
  useEffect(() => {
    if (zone) setZone(zone);
  }, [zone, setZone]);
  if (isPending) return <Loading />;
  if (error && user === undefined)
    return (
      <div style={{ maxWidth: 560, margin: '20vh auto', padding: 16 }}>
        <Failure error={error} retry={() => void refetch()} />
      </div>
    );
  return user ? (
    <PersonProvider value={user}>
      <Shell />
    </PersonProvider>
  ) : (
    <SignInPage />
  );
}

const page = (path: string, load: () => Promise<RouteObject['Component']>): RouteObject => ({
  path,
  lazy: async () => ({ Component: (await load()) ?? Lost }),
  errorElement: <Broken />,
});

const router = createBrowserRouter(
  [
    {
      path: '/',
      element: <Gate />,
      errorElement: <Broken />,
      hydrateFallbackElement: <Loading />,
      children: [
        { index: true, element: <Navigate to="/today" replace /> },
        page('today', async () => (await import('./today/TodayPage')).TodayPage),
        page('explore', async () => (await import('./explore/ExplorePage')).ExplorePage),
        page('sources', async () => (await import('./source/SourcesPage')).SourcesPage),
        page('sources/:name', async () => (await import('./source/SourcePage')).SourcePage),
        page('import', async () => (await import('./import/ImportPage')).ImportPage),
        page('batches', async () => (await import('./batch/BatchesPage')).BatchesPage),
        page('batches/:id', async () => (await import('./batch/BatchPage')).BatchPage),
        page('batches/:id/rows/:row', async () => (await import('./row/RowPage')).RowPage),
        page('events/:id', async () => (await import('./event/EventPage')).EventPage),
        page('customers', async () => (await import('./customer/CustomersPage')).CustomersPage),
        page('customers/:entity', async () => (await import('./customer/CustomerPage')).CustomerPage),
        page('segments', async () => (await import('./segment/SegmentsPage')).SegmentsPage),
        page('segments/new', async () => (await import('./segment/SegmentPage')).SegmentPage),
        page('segments/:id', async () => (await import('./segment/SegmentPage')).SegmentPage),
        page('identity', async () => (await import('./identity/IdentityPage')).IdentityPage),
        page('handovers', async () => (await import('./customer/HandoversPage')).HandoversPage),
        page('parties/:id', async () => (await import('./party/PartyPage')).PartyPage),
        page('report', async () => (await import('./report/ReportPage')).ReportPage),
        page('value', async () => (await import('./value/LedgerPage')).LedgerPage),
        page('value/new', async () => (await import('./value/WizardPage')).WizardPage),
        page('value/claims/:id', async () => (await import('./value/ClaimPage')).ClaimPage),
        page('admin/users', async () => (await import('./admin/UsersPage')).UsersPage),
        page('admin/roles', async () => (await import('./admin/RolesPage')).RolesPage),
        page('admin/tokens', async () => (await import('./admin/TokensPage')).TokensPage),
        page('admin/audit', async () => (await import('./admin/AuditPage')).AuditPage),
        { path: '*', element: <Lost /> },
      ],
    },
  ],
  { basename: new URL(document.baseURI).pathname.replace(/\/$/, '') || '/' },
);

const root = document.getElementById('root');
if (!root) throw new Error('main: no #root in index.html');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <LangProvider>
        <ThemeProvider>
          <RouterProvider router={router} />
        </ThemeProvider>
      </LangProvider>
    </QueryClientProvider>
  </StrictMode>,
);
