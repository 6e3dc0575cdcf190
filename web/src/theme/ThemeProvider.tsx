import { App, ConfigProvider } from 'antd';
import en from 'antd/locale/en_GB';
import zh from 'antd/locale/zh_CN';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { useLang } from '../lang/LangProvider';
import { tokens } from './tokens';

export type Mode = 'light' | 'dark' | 'system';

type Value = { mode: Mode; dark: boolean; setMode: (mode: Mode) => void };

const Context = createContext<Value | null>(null);
const key = 'outfitter.theme';
const query = '(prefers-color-scheme: dark)';

function first(): Mode {
  const kept = localStorage.getItem(key);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const { lang } = useLang();
  const [mode, set] = useState<Mode>(first);
  const [system, setSystem] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const follow = () => {
      setSystem(media.matches);
    };
    media.addEventListener('change', follow);
    return () => {
      media.removeEventListener('change', follow);
    };
  }, []);
  const dark = mode === 'dark' || (mode === 'system' && system);
  useEffect(() => {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  }, [dark]);
  const setMode = useCallback((next: Mode) => {
    localStorage.setItem(key, next);
    set(next);
  }, []);
  const value = useMemo(() => ({ mode, dark, setMode }), [mode, dark, setMode]);
  const look = useMemo(() => tokens(dark), [dark]);
  return (
    <Context.Provider value={value}>
      <ConfigProvider theme={look} locale={lang === 'zh' ? zh : en} button={{ autoInsertSpace: false }}>
        <App className="app">{children}</App>
      </ConfigProvider>
    </Context.Provider>
  );
}

export function useTheme(): Value {
  const value = useContext(Context);
  if (!value) throw new Error('theme: used outside its provider');
  return value;
}
