import { address, expect, noFaults, test } from './user';

const hostile = '<img src=x onerror=alert(1)>';

/** A delivery as a CRM exports it: GBK would do too; the hostile cell must stay text. */
function crm(source: string): string {
  const names = [
    '上海晨光科技有限公司',
    hostile,
    '=HYPERLINK("http://x.example","click")',
    '杭州云起信息技术有限公司',
    '北京海淀软件有限公司',
  ];
  const lines = Array.from({ length: 60 }, (_, i) => {
    const day = String((i % 28) + 1).padStart(2, '0');
    return `${source}-${1000 + i},"${(names[i % names.length] ?? '').replaceAll('"', '""')}",1380000${1000 + i},2026-03-${day},${1000 + i * 10}`;
  });
  // One record is cut short and must come back as a reject.
  lines.splice(30, 0, `${source}-9999,残缺`);
  return ['客户编号,客户名称,联系电话,签约日期,合同金额', ...lines].join('\r\n') + '\r\n';
}

test('files are dropped, looked at, mapped, tried, imported, and taken back', async ({ me }) => {
  test.setTimeout(240_000);
  const source = `e2e_${Date.now().toString(36)}`;
  await me.goto(address('/import'));
  await noFaults(me);
  await me
    .getByTestId('files')
    .setInputFiles({ name: `${source}.csv`, mimeType: 'text/csv', buffer: Buffer.from(crm(source)) });
  await expect(me.getByText('Uploaded')).toBeVisible();
  await me.getByLabel('Name of the source').fill(source);
  await me.getByRole('button', { name: 'Next' }).click();

  await expect(me.getByText('First 20 rows')).toBeVisible({ timeout: 60_000 });
  await expect(me.getByText(hostile).first()).toBeVisible();
  await me.getByRole('button', { name: 'Evidence' }).last().click();
  await expect(me.getByRole('cell', { name: 'utf-8' }).first()).toBeVisible();
  await noFaults(me);
  await me.getByRole('button', { name: 'Next' }).click();

  await expect(me.getByText('合同金额').first()).toBeVisible();
  await me.locator('.ant-segmented-item', { hasText: 'YAML' }).click();
  const editor = me.getByRole('textbox', { name: 'Mapping (YAML)' });
  await expect(editor).toBeVisible();
  await editor.click();
  await me.keyboard.press('Control+a');
  await me.keyboard.insertText(`source: ${source}
tables:
  - name: deal
    match: {columns: [客户编号, 签约日期]}
    key: [客户编号]
    parties:
      - {ref: account, kind: account, namespace: ${source}.account, key: 客户编号, name: 客户名称, phone: 联系电话}
    events:
      - {verb: deal.lots, ts: 签约日期, account: account, object: {kind: deal, key: 客户编号}, amount: 合同金额}
`);
  await expect(me.getByText(/The mapping has/)).toBeVisible();
  await editor.click();
  await me.keyboard.press('Control+a');
  await me.keyboard.insertText(`source: ${source}
tables:
  - name: deal
    match: {columns: [客户编号, 签约日期]}
    key: [客户编号]
    parties:
      - {ref: account, kind: account, namespace: ${source}.account, key: 客户编号, name: 客户名称}
    events:
      - {verb: deal.won, ts: 签约日期, account: account, object: {kind: deal, key: 客户编号}}
`);
  await expect(me.getByText('The mapping is fine')).toBeVisible();

  // The rest in the form: two columns get their meaning in place.
  await me.locator('.ant-segmented-item', { hasText: 'Form' }).click();
  await me.getByRole('combobox', { name: 'Meaning: 合同金额' }).fill('deal.won · A');
  await me.locator('.ant-select-item-option').filter({ hasText: 'deal.won · Amount' }).last().click();
  await me.keyboard.press('Escape');
  await me.getByRole('combobox', { name: 'Meaning: 联系电话' }).fill('account · P');
  await me.locator('.ant-select-item-option').filter({ hasText: 'account · Phone' }).last().click();
  await me.keyboard.press('Escape');
  await expect(me.getByText('The mapping is fine')).toBeVisible();
  await noFaults(me);
  await me.getByRole('button', { name: 'Dry run' }).click();

  await expect(me.getByText('What the import would do')).toBeVisible({ timeout: 60_000 });
  await expect(me.getByText('61 rows read = 60 used + 1 rejected')).toBeVisible();
  await noFaults(me);
  await me.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(me.getByText('Imported', { exact: true })).toBeVisible({ timeout: 60_000 });
  await noFaults(me);

  await me.getByRole('link', { name: 'Open the batch report' }).click();
  await expect(me.getByRole('heading', { level: 1 })).toContainText(source);
  await noFaults(me);
  await me.getByRole('tab', { name: /Rejects \(1\)/ }).click();
  await expect(me.getByText(`${source}-9999,残缺`)).toBeVisible();
  const download = me.waitForEvent('download');
  await me.getByRole('link', { name: 'Download with reasons (Excel)' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.xlsx$/);

  // The hostile cell stays text in its row, too.
  const batch = me.url().split('/').at(-1)?.split('?')[0] ?? '';
  await me.goto(address(`/batches/${batch}/rows/2`));
  await expect(me.locator('tr[aria-current="true"]')).toContainText(hostile);
  await expect(me.locator('img[src="x"]')).toHaveCount(0);

  await me.goto(address(`/batches/${batch}`));
  await me.getByRole('button', { name: 'Roll back' }).click();
  const dialog = me.getByRole('dialog');
  await noFaults(me);
  await dialog.getByLabel(/Reason/).fill('imported for a test');
  await dialog.getByRole('button', { name: 'Roll back' }).click();
  await expect(me.getByText('This batch was rolled back')).toBeVisible({ timeout: 60_000 });
});

test('sources are listed, and one shows its batches, mapping, links and folder', async ({ me }) => {
  await me.goto(address('/sources'));
  const first = me.locator('tbody tr.ant-table-row').first().getByRole('link');
  await expect(first).toBeVisible();
  await noFaults(me);
  await me.goto(address('/sources/fxiaoke'));
  await expect(me.getByRole('tab', { name: 'Recent batches' })).toBeVisible();
  await noFaults(me);
  await me.getByRole('tab', { name: 'Mapping' }).click();
  await expect(me.getByRole('textbox', { name: 'Mapping (YAML)' })).toContainText('source: fxiaoke');
  await noFaults(me);
  await me.getByRole('tab', { name: 'Link rates' }).click();
  await expect(me.locator('.ant-progress').first()).toBeVisible();
  await me.getByRole('tab', { name: 'Watched folder' }).click();
  await expect(me.getByLabel('Path on the server')).toBeVisible();
  await noFaults(me);
});

test('batches are listed and filtered by source', async ({ me }) => {
  await me.goto(address('/batches?source=fxiaoke'));
  await expect(me.locator('tbody tr.ant-table-row').first()).toBeVisible();
  await expect(me.locator('tbody tr.ant-table-row').filter({ hasNotText: 'fxiaoke' })).toHaveCount(0);
  await noFaults(me);
});
