import { Alert, Modal, Typography } from 'antd';

/** Once shows a secret that will not be shown again. */
export function Once({
  title,
  about,
  secret,
  onClose,
}: {
  title: string;
  about: string;
  secret: string | undefined;
  onClose: () => void;
}) {
  return (
    <Modal
      open={secret !== undefined}
      title={title}
      onCancel={onClose}
      onOk={onClose}
      mask={{ closable: false }}
      cancelButtonProps={{ hidden: true }}
    >
      <Typography.Paragraph
        copyable
        className="code"
        style={{
          fontSize: 15,
          padding: '12px 14px',
          background: 'var(--ant-color-fill-tertiary)',
          borderRadius: 6,
          overflowWrap: 'anywhere',
        }}
      >
        {secret ?? ''}
      </Typography.Paragraph>
      <Alert type="warning" showIcon title={about} />
    </Modal>
  );
}
