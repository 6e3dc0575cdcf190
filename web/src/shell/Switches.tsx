import { DesktopOutlined, MoonOutlined, SunOutlined } from '../page/icons';
import { Button, Dropdown, Tooltip } from 'antd';
import { useLang, useWords } from '../lang/LangProvider';
import { useSaveProfile, useSession } from '../session/session';
import { sessionWords } from '../session/words';
import { type Mode, useTheme } from '../theme/ThemeProvider';
import { shellWords } from './words';

/** Each choice is kept in the browser and, once signed in, with the user. */
export function useSetLang() {
  const { lang, setLang } = useLang();
  const { data: user } = useSession();
  const save = useSaveProfile();
  return () => {
    const next = lang === 'zh' ? 'en' : 'zh';
    setLang(next);
    if (user) save.mutate({ lang: next });
  };
}

export function useSetTheme() {
  const { setMode } = useTheme();
  const { data: user } = useSession();
  const save = useSaveProfile();
  return (mode: Mode) => {
    setMode(mode);
    if (user) save.mutate({ theme: mode === 'system' ? 'auto' : mode });
  };
}

export function LangSwitch() {
  const t = useWords(shellWords);
  const toggle = useSetLang();
  return (
    <Button type="text" onClick={toggle} aria-label={t('switchLang')}>
      {t('otherLang')}
    </Button>
  );
}

export function ThemeSwitch() {
  const t = useWords(sessionWords);
  const { mode, dark } = useTheme();
  const set = useSetTheme();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectable: true,
        selectedKeys: [mode],
        onClick: ({ key }) => {
          set(key as Mode);
        },
        items: [
          { key: 'light', icon: <SunOutlined />, label: t('light') },
          { key: 'dark', icon: <MoonOutlined />, label: t('dark') },
          { key: 'system', icon: <DesktopOutlined />, label: t('system') },
        ],
      }}
    >
      <Tooltip title={t('theme')}>
        <Button type="text" aria-label={t('theme')} icon={dark ? <MoonOutlined /> : <SunOutlined />} />
      </Tooltip>
    </Dropdown>
  );
}
