import { MenuFoldOutlined, MenuOutlined, MenuUnfoldOutlined, SearchOutlined } from '../page/icons';
import { Alert, Button, Drawer, Flex, Grid, Layout, Menu, type MenuProps, theme, Typography } from 'antd';
import { Suspense, useEffect, useState } from 'react';
import { Link, Outlet, useLocation, useNavigate } from 'react-router';
import { onReach } from '../api/queries';
import { useWords } from '../lang/LangProvider';
import { RunTray } from '../run/RunTray';
import { useUser } from '../session/session';
import { sessionWords } from '../session/words';
import { composing, paletteKey, typing } from './keys';
import { Loading } from './Loading';
import { Logo } from './Logo';
import { placesFor } from './nav';
import { Palette } from './Palette';
import { useScrollableByKey } from './scroll';
import { Shortcuts } from './Shortcuts';
import { LangSwitch, ThemeSwitch } from './Switches';
import { UserMenu } from './UserMenu';
import { shellWords } from './words';

const kept = 'outfitter.sider';

function useReachable(): boolean {
  const [server, setServer] = useState(true);
  const [line, setLine] = useState(navigator.onLine);
  useEffect(() => onReach(setServer), []);
  useEffect(() => {
    const update = () => {
      setLine(navigator.onLine);
    };
    addEventListener('online', update);
    addEventListener('offline', update);
    return () => {
      removeEventListener('online', update);
      removeEventListener('offline', update);
    };
  }, []);
  return server && line;
}

/** useHotkeys: ⌘K anywhere; g then a letter, and ?, outside of text fields. */
function useHotkeys(open: () => void, help: () => void) {
  const navigate = useNavigate();
  const user = useUser();
  useEffect(() => {
    let armed = 0;
    const press = (e: KeyboardEvent) => {
      if (composing(e)) return;
      if ((e.metaKey || e.ctrlKey) && !e.shiftKey && !e.altKey && e.key.toLowerCase() === 'k') {
        e.preventDefault();
        open();
        return;
      }
      if (typing(e.target) || e.metaKey || e.ctrlKey || e.altKey) return;
      if (e.key === '?') {
        e.preventDefault();
        help();
      } else if (e.key === 'g') {
        armed = Date.now();
      } else if (Date.now() - armed < 1_500) {
        armed = 0;
        const place = placesFor(user).find((p) => p.key === e.key);
        if (place) void navigate(place.to);
        else if (e.key === 'i') void navigate('/import');
      }
    };
    addEventListener('keydown', press);
    return () => {
      removeEventListener('keydown', press);
    };
  }, [open, help, navigate, user]);
}

function Navigation({ after }: { after?: () => void }) {
  const t = useWords(shellWords);
  const { pathname } = useLocation();
  const here = placesFor(useUser());
  const item = (place: (typeof here)[number]) => ({
    key: place.to,
    icon: place.icon,
    label: (
      <Link to={place.to} onClick={after}>
        {t(place.word)}
      </Link>
    ),
  });
  const own = here.filter((p) => !p.admin).map(item);
  const admin = here.filter((p) => p.admin).map(item);
  const items: MenuProps['items'] = [...own];
  if (admin.length > 0) items.push({ type: 'group', key: 'admin', label: t('admin'), children: admin });
  const current =
    here.find((p) => pathname === p.to || pathname.startsWith(`${p.to}/`))?.to ??
    (pathname === '/import' ? '/sources' : '');
  return (
    <Menu
      mode="inline"
      selectedKeys={[current]}
      items={items}
      style={{ borderInlineEnd: 'none', background: 'transparent' }}
    />
  );
}

function Brand({ small }: { small: boolean }) {
  const t = useWords(sessionWords);
  return (
    <Link to="/today" aria-label={t('product')} style={{ color: 'inherit' }}>
      <Flex align="center" gap={10} style={{ height: 56, padding: small ? '0 20px' : '0 18px' }}>
        <Logo />
        {!small && (
          <Typography.Text strong style={{ fontSize: 17, letterSpacing: 0.4 }}>
            {t('product')}
          </Typography.Text>
        )}
      </Flex>
    </Link>
  );
}

export function Shell() {
  const t = useWords(shellWords);
  const { token } = theme.useToken();
  const screens = Grid.useBreakpoint();
  const phone = screens.md === false;
  const { pathname } = useLocation();
  const [small, setSmall] = useState(() => localStorage.getItem(kept) === '1');
  const [drawer, setDrawer] = useState(false);
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const reachable = useReachable();
  const [openPalette] = useState(() => () => {
    setPalette(true);
  });
  const [openHelp] = useState(() => () => {
    setHelp(true);
  });
  useHotkeys(openPalette, openHelp);
  useScrollableByKey();
  const fold = () => {
    localStorage.setItem(kept, small ? '0' : '1');
    setSmall(!small);
  };
  const line = `1px solid ${token.colorBorderSecondary}`;

  return (
    <Layout style={{ minHeight: '100vh' }}>
      <a className="skip" href={`${location.pathname}${location.search}#content`}>
        {t('skip')}
      </a>
      {!phone && (
        <Layout.Sider
          width={208}
          collapsedWidth={64}
          collapsed={small}
          trigger={null}
          theme="light"
          style={{ position: 'sticky', top: 0, height: '100vh', borderInlineEnd: line, overflow: 'auto' }}
        >
          <Flex vertical style={{ height: '100%' }}>
            <Brand small={small} />
            <nav aria-label={t('nav')} style={{ flex: 1, paddingTop: 4 }}>
              <Navigation />
            </nav>
            <Button
              type="text"
              aria-label={small ? t('expand') : t('collapse')}
              icon={small ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
              onClick={fold}
              style={{ margin: 12, alignSelf: small ? 'center' : 'start' }}
            />
          </Flex>
        </Layout.Sider>
      )}
      <Layout style={{ minWidth: 0 }}>
        <Layout.Header
          style={{
            position: 'sticky',
            top: 0,
            zIndex: 20,
            borderBlockEnd: line,
            display: 'flex',
            alignItems: 'center',
            gap: 8,
            lineHeight: 1,
            paddingInline: phone ? 8 : 20,
          }}
        >
          {phone && (
            <Button
              type="text"
              icon={<MenuOutlined />}
              aria-label={t('menu')}
              onClick={() => {
                setDrawer(true);
              }}
            />
          )}
          <Button
            icon={<SearchOutlined />}
            onClick={openPalette}
            aria-keyshortcuts="Control+K Meta+K"
            style={{ width: phone ? undefined : 300, justifyContent: 'flex-start', color: token.colorTextTertiary }}
          >
            <span style={{ flex: 1, textAlign: 'start' }}>{t('search')}</span>
            {!phone && <kbd style={{ fontFamily: 'inherit', fontSize: 12 }}>{paletteKey}</kbd>}
          </Button>
          <div style={{ flex: 1 }} />
          <RunTray />
          <LangSwitch />
          <ThemeSwitch />
          <UserMenu />
        </Layout.Header>
        {!reachable && <Alert banner type="warning" title={t('offline')} role="status" />}
        <Layout.Content id="content" tabIndex={-1} style={{ padding: phone ? 12 : 24, minWidth: 0, outline: 'none' }}>
          <Suspense fallback={<Loading />} key={pathname.split('/')[1]}>
            <Outlet />
          </Suspense>
        </Layout.Content>
      </Layout>
      <Drawer
        open={drawer && phone}
        placement="left"
        size={260}
        title={<Brand small={false} />}
        styles={{ body: { padding: 0 } }}
        onClose={() => {
          setDrawer(false);
        }}
      >
        <nav aria-label={t('nav')}>
          <Navigation
            after={() => {
              setDrawer(false);
            }}
          />
        </nav>
      </Drawer>
      <Palette open={palette} onClose={() => setPalette(false)} onHelp={openHelp} />
      <Shortcuts open={help} onClose={() => setHelp(false)} />
    </Layout>
  );
}
