import { autocompletion, type CompletionContext, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml as language } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { theme } from 'antd';
import { useEffect, useRef } from 'react';
import type { MappingError } from '../api/types';
import { useLang } from '../lang/LangProvider';
import { useTheme } from '../theme/ThemeProvider';
import { keys, place, type Schema, values } from './complete';
import { written } from './expr';

type Props = {
  value: string;
  label: string;
  onChange?: (value: string) => void;
  errors?: readonly MappingError[];
  schema?: Schema;
  columns?: readonly string[];
  height?: string;
};

const colors = (dark: boolean) =>
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: dark ? '#8fb4ff' : '#1f4fb0' },
    { tag: [tags.string, tags.special(tags.string)], color: dark ? '#9ed0a5' : '#226b3a' },
    { tag: [tags.number, tags.bool, tags.null], color: dark ? '#e0b270' : '#8d5200' },
    { tag: tags.comment, color: dark ? '#98a1b0' : '#5b6778' },
    { tag: [tags.punctuation, tags.separator], color: dark ? '#b1b8c4' : '#465264' },
  ]);

/** YamlEditor edits a mapping as text, with what the schema knows offered and what is wrong marked. */
export default function YamlEditor({ value, label, onChange, errors, schema, columns, height = '520px' }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ onChange, schema, columns });
  const look = useRef(new Compartment());
  const { dark } = useTheme();
  const { lang } = useLang();
  const { token } = theme.useToken();
  const start = useRef(value);
  const readOnly = onChange === undefined;

  useEffect(() => {
    latest.current = { onChange, schema, columns };
  });

  useEffect(() => {
    if (!box.current) return;
    const complete = (context: CompletionContext) => {
      const word = context.matchBefore(/[\p{L}\p{N}_.]*/u);
      if (!word || (word.from === word.to && !context.explicit)) return null;
      const line = context.state.doc.lineAt(context.pos);
      const lines = context.state.doc.toJSON();
      const here = place(lines, line.number - 1, word.from - line.from);
      const { schema, columns } = latest.current;
      const own = here.key === undefined;
      const from = word.from;
      const options = schema
        ? own
          ? keys(schema, here.path).map((o) => ({ ...o, type: 'property', apply: `${o.label}: ` }))
          : values(schema, [...here.path, here.key ?? '']).map((o) => ({ ...o, type: 'enum' }))
        : [];
      const named = own ? [] : (columns ?? []).map((c) => ({ label: c, type: 'variable', apply: written(c) }));
      return { from, options: [...options, ...named] };
    };
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: start.current,
        extensions: [
          lineNumbers(),
          foldGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          language(),
          lintGutter(),
          autocompletion({ override: [complete] }),
          keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString());
          }),
          look.current.of([]),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [label, readOnly]);

  useEffect(() => {
    view.current?.dispatch({
      effects: look.current.reconfigure([
        syntaxHighlighting(colors(dark)),
        EditorView.theme(
          {
            '&': { height, border: `1px solid ${token.colorBorder}`, borderRadius: '6px', color: token.colorText },
            '.cm-scroller': { fontFamily: token.fontFamilyCode, lineHeight: '1.6' },
            '.cm-content': { caretColor: token.colorText },
            '.cm-gutters': { backgroundColor: 'transparent', color: token.colorTextTertiary, border: 'none' },
            '.cm-activeLine': { backgroundColor: token.colorFillQuaternary },
            '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
              backgroundColor: token.controlItemBgActive,
            },
            '.cm-tooltip': {
              backgroundColor: token.colorBgElevated,
              border: `1px solid ${token.colorBorderSecondary}`,
              color: token.colorText,
            },
            '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: token.colorPrimary, color: '#fff' },
          },
          { dark },
        ),
      ]),
    });
  }, [dark, token, height, label, readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const found: Diagnostic[] = (errors ?? []).map((error) => {
      const line = editor.state.doc.line(Math.min(Math.max(1, error.line), editor.state.doc.lines));
      const from = Math.min(line.to, line.from + Math.max(0, error.column - 1));
      return {
        from,
        to: line.to,
        severity: 'error',
        message: lang === 'zh' ? error.message_zh || error.message : error.message,
      };
    });
    editor.dispatch(setDiagnostics(editor.state, found));
  }, [errors, lang]);

  return <div ref={box} />;
}
