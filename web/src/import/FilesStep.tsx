import { CloudUploadOutlined, DeleteOutlined } from '../page/icons';
import { Button, Flex, Progress, Table, type TableProps, Typography, theme } from 'antd';
import { useRef, useState } from 'react';
import { address, upload } from '../api/client';
import type { Upload } from '../api/types';
import { useFormat, useLang, useWords } from '../lang/LangProvider';
import { useFailure } from '../page/Failure';
import { files } from './drop';
import { importWords } from './words';

type Sending = {
  key: string;
  file: File;
  name: string;
  sent: number;
  state: 'waiting' | 'sending' | 'failed' | 'cancelled';
  why?: string;
  stop: AbortController;
};
type Line = { key: string; name: string; bytes: number; sending?: Sending };

type Props = { uploads: Upload[]; onChange: (change: (now: Upload[]) => Upload[]) => void };

/** FilesStep takes files in, two at a time, each with its progress and a way to stop it. */
export function FilesStep({ uploads, onChange }: Props) {
  const t = useWords(importWords);
  const { lang } = useLang();
  const format = useFormat();
  const failure = useFailure();
  const { token } = theme.useToken();
  const [sending, setSending] = useState<Sending[]>([]);
  const [over, setOver] = useState(false);
  const busy = useRef(0);
  const queue = useRef<Sending[]>([]);
  const picker = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  const change = (key: string, part: Partial<Sending>) =>
    setSending((now) => now.map((s) => (s.key === key ? { ...s, ...part } : s)));

  const pump = () => {
    while (busy.current < 2) {
      const next = queue.current.shift();
      if (!next) return;
      if (next.stop.signal.aborted) continue;
      busy.current++;
      change(next.key, { state: 'sending' });
      upload<Upload>('uploads', next.file, { name: next.name }, (sent) => change(next.key, { sent }), next.stop.signal)
        .then((done) => {
          setSending((now) => now.filter((s) => s.key !== next.key));
          onChange((now) => [...now.filter((u) => u.id !== done.id || u.name !== done.name), done]);
        })
        .catch((error: unknown) => {
          const stopped = error instanceof DOMException && error.name === 'AbortError';
          change(next.key, stopped ? { state: 'cancelled' } : { state: 'failed', why: failure(error).text });
        })
        .finally(() => {
          busy.current--;
          pump();
        });
    }
  };
  const add = (list: { file: File; name: string }[]) => {
    const fresh = list.map(({ file, name }): Sending => ({
      key: crypto.randomUUID(),
      file,
      name,
      sent: 0,
      state: 'waiting',
      stop: new AbortController(),
    }));
    setSending((now) => [...now, ...fresh]);
    queue.current.push(...fresh);
    pump();
  };
  const picked = (input: HTMLInputElement | null) => {
    add(
      [...(input?.files ?? [])]
        .filter((f) => !f.name.startsWith('.'))
        .map((file) => ({ file, name: file.webkitRelativePath || file.name })),
    );
    if (input) input.value = '';
  };

  const lines: Line[] = [
    ...uploads.map((u) => ({ key: `${u.id}${u.name}`, name: u.name, bytes: u.bytes })),
    ...sending.map((s) => ({ key: s.key, name: s.name, bytes: s.file.size, sending: s })),
  ];
  const columns: TableProps<Line>['columns'] = [
    { title: t('file'), dataIndex: 'name', ellipsis: true },
    { title: t('size'), dataIndex: 'bytes', width: 110, align: 'end', render: (n: number) => format.bytes(n) },
    {
      title: t('state'),
      key: 'state',
      width: 280,
      render: (_: unknown, { sending: s }) => {
        if (!s) return <Typography.Text type="success">{t('uploaded')}</Typography.Text>;
        if (s.state === 'failed') return <Typography.Text type="danger">{s.why ?? t('failed')}</Typography.Text>;
        if (s.state === 'cancelled') return <Typography.Text type="secondary">{t('cancelled')}</Typography.Text>;
        return (
          <Progress
            percent={s.file.size ? Math.floor((s.sent / s.file.size) * 100) : 0}
            size="small"
            aria-label={`${t('uploading')} ${s.name}`}
          />
        );
      },
    },
    {
      title: '',
      key: 'act',
      width: 160,
      align: 'end',
      render: (_: unknown, line) => {
        const s = line.sending;
        if (s && (s.state === 'waiting' || s.state === 'sending'))
          return (
            <Button
              size="small"
              onClick={() => {
                s.stop.abort();
                change(s.key, { state: 'cancelled' });
              }}
            >
              {t('cancel')}
            </Button>
          );
        return (
          <Flex gap={4} justify="end">
            {s && (
              <Button
                size="small"
                onClick={() => {
                  setSending((now) => now.filter((x) => x.key !== s.key));
                  add([{ file: s.file, name: s.name }]);
                }}
              >
                {t('again')}
              </Button>
            )}
            <Button
              type="text"
              size="small"
              danger
              icon={<DeleteOutlined />}
              aria-label={`${t('remove')} ${line.name}`}
              onClick={() => {
                if (s) setSending((now) => now.filter((x) => x.key !== s.key));
                else onChange((now) => now.filter((u) => `${u.id}${u.name}` !== line.key));
              }}
            />
          </Flex>
        );
      },
    },
  ];

  return (
    <Flex vertical gap={16}>
      <Flex
        vertical
        align="center"
        gap={12}
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(e) => {
          e.preventDefault();
          setOver(false);
          void files(e.dataTransfer.items).then(add);
        }}
        style={{
          border: `1.5px dashed ${over ? token.colorPrimary : token.colorBorder}`,
          background: over ? token.controlItemBgActive : token.colorFillQuaternary,
          borderRadius: token.borderRadiusLG,
          padding: '40px 24px',
          textAlign: 'center',
        }}
      >
        <CloudUploadOutlined style={{ fontSize: 40, color: token.colorPrimary }} />
        <Typography.Text strong style={{ fontSize: 16 }}>
          {t('drop')}
        </Typography.Text>
        <Typography.Text type="secondary" style={{ maxWidth: 620 }}>
          {t('dropHelp')}
        </Typography.Text>
        <Flex gap={8} wrap justify="center">
          <Button type="primary" onClick={() => picker.current?.click()}>
            {t('choose')}
          </Button>
          <Button onClick={() => folder.current?.click()}>{t('chooseFolder')}</Button>
        </Flex>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={t('choose')}
          data-testid="files"
          onChange={(e) => picked(e.currentTarget)}
        />
        <input
          ref={folder}
          type="file"
          multiple
          hidden
          aria-label={t('chooseFolder')}
          onChange={(e) => picked(e.currentTarget)}
          {...{ webkitdirectory: '' }}
        />
        <a href={address('workbook.xlsx', { lang })}>{t('workbook')}</a>
      </Flex>
      {lines.length > 0 && (
        <Table size="small" rowKey="key" columns={columns} dataSource={lines} pagination={false} scroll={{ x: 640 }} />
      )}
    </Flex>
  );
}
