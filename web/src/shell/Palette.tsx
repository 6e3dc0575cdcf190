import {
  AppstoreOutlined,
  BgColorsOutlined,
  DatabaseOutlined,
  DownloadOutlined,
  EnterOutlined,
  FunctionOutlined,
  IdcardOutlined,
  InboxOutlined,
  LineChartOutlined,
  LogoutOutlined,
  QuestionCircleOutlined,
  SearchOutlined,
  TranslationOutlined,
  UploadOutlined,
} from '../page/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Flex, Input, Modal, theme, Typography } from 'antd';
import { type ReactNode, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { address, get } from '../api/client';
import type { Hit, Page } from '../api/types';
import { useLang, usePick, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { listOf } from '../page/paging';
import { may, useSignOut, useUser } from '../session/session';
import { useTheme } from '../theme/ThemeProvider';
import { composing } from './keys';
import { placesFor } from './nav';
import { useSetLang, useSetTheme } from './Switches';
import { shellWords } from './words';

type Item = {
  id: string;
  group: string;
  title: string;
  hint?: string;
  icon: ReactNode;
  words?: string;
  run: () => void;
};

const icons: Record<string, ReactNode> = {
  party: <IdcardOutlined />,
  source: <DatabaseOutlined />,
  batch: <InboxOutlined />,
  question: <LineChartOutlined />,
  metric: <FunctionOutlined />,
  verb: <AppstoreOutlined />,
};

const kinds = {
  party: 'kindParty',
  source: 'kindSource',
  batch: 'kindBatch',
  question: 'kindQuestion',
  metric: 'kindMetric',
  verb: 'kindVerb',
} as const;

function useItems(text: string, close: () => void, help: () => void): Item[] {
  const t = useWords(shellWords);
  const navigate = useNavigate();
  const user = useUser();
  const { lang } = useLang();
  const setLang = useSetLang();
  const setTheme = useSetTheme();
  const { mode } = useTheme();
  const signOut = useSignOut();
  const go = (to: string) => () => {
    close();
    void navigate(to);
  };
  const act = (what: () => void) => () => {
    close();
    what();
  };
  const all: Item[] = [
    ...placesFor(user).map((p) => ({
      id: p.to,
      group: t('pages'),
      title: t(p.word),
      icon: p.icon,
      words: `${p.to} ${shellWords[p.word].join(' ')}`,
      run: go(p.to),
    })),
    ...(may(user, 'import')
      ? [
          {
            id: 'import',
            group: t('actions'),
            title: t('import'),
            icon: <UploadOutlined />,
            words: `import upload ${shellWords.import.join(' ')}`,
            run: go('/import'),
          },
        ]
      : []),
    {
      id: 'workbook',
      group: t('actions'),
      title: t('workbook'),
      icon: <DownloadOutlined />,
      words: `workbook xlsx excel ${shellWords.workbook.join(' ')}`,
      run: act(() => {
        location.assign(address('workbook.xlsx', { lang }));
      }),
    },
    {
      id: 'lang',
      group: t('actions'),
      title: t('switchLang'),
      icon: <TranslationOutlined />,
      words: t('langWords'),
      run: act(setLang),
    },
    ...(['light', 'dark', 'system'] as const)
      .filter((m) => m !== mode)
      .map((m) => {
        const word = m === 'light' ? 'toLight' : m === 'dark' ? 'toDark' : 'toSystem';
        return {
          id: `theme-${m}`,
          group: t('actions'),
          title: t(word),
          icon: <BgColorsOutlined />,
          words: `theme ${shellWords[word].join(' ')}`,
          run: act(() => setTheme(m)),
        };
      }),
    {
      id: 'keys',
      group: t('actions'),
      title: t('shortcuts'),
      icon: <QuestionCircleOutlined />,
      words: `help ? ${shellWords.shortcuts.join(' ')}`,
      run: act(help),
    },
    {
      id: 'out',
      group: t('actions'),
      title: t('signOut'),
      icon: <LogoutOutlined />,
      words: `logout ${shellWords.signOut.join(' ')}`,
      run: act(() => signOut.mutate()),
    },
  ];
  const q = text.trim().toLowerCase();
  return q ? all.filter((item) => `${item.title} ${item.words ?? ''}`.toLowerCase().includes(q)) : all;
}

/** Palette finds anything by name: pages, actions, and what the server knows. */
export function Palette({ open, onClose, onHelp }: { open: boolean; onClose: () => void; onHelp: () => void }) {
  const t = useWords(shellWords);
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      closable={false}
      width={620}
      style={{ top: 88 }}
      destroyOnHidden
      title={<span className="unseen">{t('search')}</span>}
      styles={{ container: { padding: 0 }, header: { margin: 0, padding: 0 } }}
    >
      <Finder onClose={onClose} onHelp={onHelp} />
    </Modal>
  );
}

function Finder({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const t = useWords(shellWords);
  const pick = usePick();
  const navigate = useNavigate();
  const { token } = theme.useToken();
  const list = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const q = useDeferredValue(text.trim());
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(q);
    }, 120);
    return () => {
      clearTimeout(timer);
    };
  }, [q]);
  const search = useQuery({
    queryKey: ['search', asked],
    queryFn: async ({ signal }) => listOf(await get<Hit[] | Page<Hit>>('search', { q: asked }, signal)),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  });
  const own = useItems(text, onClose, onHelp);
  const hits = search.data;
  const items = useMemo(() => {
    const found: Item[] = (asked ? (hits ?? []) : [])
      .filter((hit) => hit.kind !== 'page')
      .map((hit) => ({
        id: `${hit.kind}:${hit.id}`,
        group: t(hit.kind in kinds ? kinds[hit.kind as keyof typeof kinds] : 'kindOther'),
        title: pick(hit, 'title'),
        ...(hit.hint ? { hint: hit.hint } : {}),
        icon: icons[hit.kind] ?? <SearchOutlined />,
        run: () => {
          onClose();
          void navigate(hit.link);
        },
      }));
    // Items of one kind stand together, in the order in which the kinds first came.
    const groups = [...new Set(found.map((item) => item.group))];
    return [...own, ...groups.flatMap((group) => found.filter((item) => item.group === group))];
  }, [own, hits, asked, pick, t, navigate, onClose]);
  const current = Math.min(at, Math.max(0, items.length - 1));
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  const press = (e: React.KeyboardEvent) => {
    if (composing(e)) return;
    const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && items.length > 0) {
      e.preventDefault();
      setAt((current + step + items.length) % items.length);
    } else if (e.key === 'Enter') {
      e.preventDefault();
      items[current]?.run();
    }
  };

  return (
    <div>
      <Input
        autoFocus
        size="large"
        variant="borderless"
        prefix={<SearchOutlined style={{ color: token.colorTextTertiary }} />}
        placeholder={t('searchHint')}
        value={text}
        maxLength={200}
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-label={t('search')}
        aria-activedescendant={items[current] ? `${list}-${current}` : undefined}
        onKeyDown={press}
        onChange={(e) => {
          setText(e.target.value);
          setAt(0);
        }}
        style={{ padding: '14px 18px', outline: 'none' }}
      />
      <div
        ref={box}
        id={list}
        role="listbox"
        aria-label={t('found', { n: items.length })}
        style={{ maxHeight: 420, overflow: 'auto', borderBlock: `1px solid ${token.colorBorderSecondary}`, padding: 6 }}
      >
        {items.map((item, i) => (
          <div key={item.id} role="presentation">
            {item.group !== items[i - 1]?.group && (
              <div
                role="presentation"
                style={{ padding: '8px 12px 4px', fontSize: 12, color: token.colorTextTertiary }}
              >
                {item.group}
              </div>
            )}
            <div
              id={`${list}-${i}`}
              role="option"
              aria-selected={i === current}
              tabIndex={-1}
              className="palette-item"
              onMouseMove={() => {
                setAt(i);
              }}
              onMouseDown={(e) => {
                e.preventDefault();
                item.run();
              }}
              style={{
                display: 'flex',
                alignItems: 'center',
                gap: 12,
                padding: '8px 12px',
                borderRadius: 6,
                cursor: 'pointer',
              }}
            >
              <span aria-hidden>{item.icon}</span>
              <span className="clip" style={{ flex: '0 1 auto' }}>
                {item.title}
              </span>
              {item.hint && (
                <Typography.Text type="secondary" className="clip" style={{ flex: 1, fontSize: 13 }}>
                  {item.hint}
                </Typography.Text>
              )}
              {i === current && (
                <EnterOutlined aria-hidden style={{ marginInlineStart: 'auto', color: token.colorTextTertiary }} />
              )}
            </div>
          </div>
        ))}
      </div>
      {search.error && (
        <div style={{ padding: 12 }}>
          <Failure error={search.error} />
        </div>
      )}
      <Flex justify="space-between" style={{ padding: '8px 18px', fontSize: 12.5, color: token.colorTextTertiary }}>
        <span role="status">
          {search.isFetching
            ? t('searching')
            : items.length === 0
              ? t('nothing', { q: text.trim() })
              : t('found', { n: items.length })}
        </span>
        <span className="wide-only">{t('searchHelp')}</span>
      </Flex>
    </div>
  );
}
