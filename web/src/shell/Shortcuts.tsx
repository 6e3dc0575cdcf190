import { Descriptions, Modal, Typography } from 'antd';
import { useWords } from '../lang/LangProvider';
import { paletteKey } from './keys';
import { shellWords } from './words';

export function Shortcuts({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords(shellWords);
  const key = (text: string) => <Typography.Text keyboard>{text}</Typography.Text>;
  const two = (a: string, b: string) => (
    <>
      {key(a)} {t('then')} {key(b)}
    </>
  );
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t('shortcuts')} width={440}>
      <Descriptions
        column={1}
        size="small"
        colon={false}
        styles={{ label: { width: 220 } }}
        items={[
          { key: 'k', label: t('keysPalette'), children: key(paletteKey) },
          { key: 't', label: t('keysToday'), children: two('g', 't') },
          { key: 'e', label: t('keysExplore'), children: two('g', 'e') },
          { key: 'c', label: t('keysCustomers'), children: two('g', 'c') },
          { key: 'p', label: t('keysSegments'), children: two('g', 'p') },
          { key: 'w', label: t('keysIdentity'), children: two('g', 'w') },
          { key: 'v', label: t('keysValue'), children: two('g', 'v') },
          { key: 'r', label: t('keysReport'), children: two('g', 'r') },
          { key: 's', label: t('keysSources'), children: two('g', 's') },
          { key: 'b', label: t('keysBatches'), children: two('g', 'b') },
          { key: 'i', label: t('keysImport'), children: two('g', 'i') },
          { key: '?', label: t('keysHelp'), children: key('?') },
          { key: 'esc', label: t('keysClose'), children: key('Esc') },
        ]}
      />
    </Modal>
  );
}
