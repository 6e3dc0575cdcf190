import { readFileSync } from 'node:fs';
import { address, expect, noFaults, test } from './user';

test('today shows what came in and leads on', async ({ me }) => {
  await me.goto(address('/today?window=year'));
  await expect(me.getByText('Events that came in')).toBeVisible();
  await expect(me.getByRole('img', { name: /Events per day/ })).toBeVisible();
  await noFaults(me);
  await me.locator('.ant-segmented-item', { hasText: 'Table' }).click();
  await me.getByRole('table').first().getByRole('button').first().click();
  await expect(me).toHaveURL(/\/explore\?.*spot=1/);
  await expect(me.getByRole('dialog')).toBeVisible();
});

test('three clicks from a point of a chart to the original line', async ({ me }) => {
  await me.goto(address('/explore?metric=events&grain=none&by=source'));
  const chart = me.getByRole('img', { name: /chart of/ });
  await expect(chart).toBeVisible();
  await me.waitForTimeout(800);
  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart has no place');
  // The largest stands first: on top of a lying chart, at the left of a standing one.
  const lying = box.height > 330;
  await chart.click({ position: lying ? { x: box.width * 0.35, y: 42 } : { x: box.width * 0.12, y: box.height - 60 } });
  const drawer = me.getByRole('dialog');
  await expect(drawer.getByText(/^Events behind this point/).first()).toBeVisible();
  await expect(drawer.locator('tbody tr.ant-table-row').first()).toBeVisible();
  await noFaults(me);
  await drawer.locator('tbody tr.ant-table-row').first().click();
  await expect(drawer.locator('tr[aria-current="true"]')).toBeVisible();
  await drawer.getByRole('button', { name: 'Open the original row in its file' }).click();
  await expect(me).toHaveURL(/\/batches\/.+\/rows\/\d+/);
  await expect(me.locator('tr[aria-current="true"]')).toBeVisible();
  await noFaults(me);
  await me.getByRole('tab', { name: 'The mapping' }).click();
  await expect(me.locator('pre mark').first()).toBeVisible();
  await me.getByRole('tab', { name: 'Raw text' }).click();
  await expect(me.locator('pre').last()).not.toBeEmpty();
});

test('a question is asked, kept in the address, exported and saved', async ({ me }) => {
  await me.goto(address('/explore'));
  await me.getByRole('combobox', { name: 'Metric' }).click();
  await me.getByTitle('Events', { exact: true }).last().click();
  await me.getByRole('combobox', { name: 'By', exact: true }).click();
  await me.getByTitle('Source', { exact: true }).click();
  await expect(me).toHaveURL(/by=source/);
  await me.locator('.ant-segmented-item', { hasText: 'Table' }).click();
  const rows = me.locator('tbody tr.ant-table-row');
  await expect(rows.first()).toBeVisible();
  await noFaults(me);
  const seen = await rows.first().innerText();
  await me.reload();
  await expect(rows.first()).toBeVisible();
  expect(await rows.first().innerText()).toBe(seen);

  const download = me.waitForEvent('download');
  await me.getByRole('button', { name: 'Export' }).click();
  await me.getByRole('menuitem', { name: 'Table (CSV)' }).click();
  const csv = readFileSync(await (await download).path(), 'utf8');
  expect(csv.startsWith('\ufeff')).toBe(true);
  expect(csv.split('\n').length).toBeGreaterThan(3);

  const title = `by source ${Date.now()}`;
  await me.getByRole('button', { name: 'Save', exact: true }).click();
  await me.getByLabel('Name of the question').fill(title);
  await me.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await expect(me.getByRole('dialog')).toBeHidden();
  await me.goto(address('/explore'));
  await me.getByRole('button', { name: 'Saved questions' }).click();
  await me.getByRole('link', { name: title }).click();
  await expect(me).toHaveURL(/by=source.*view=table/);
  await expect(rows.first()).toBeVisible();
});

test('a filter narrows the answer, and a figure says what it means', async ({ me }) => {
  await me.goto(address('/explore?metric=events&view=table&grain=none&by=verb'));
  const rows = me.locator('tbody tr.ant-table-row');
  await expect(rows.nth(2)).toBeVisible();
  await me.getByRole('button', { name: 'Add a filter' }).click();
  await me.getByRole('combobox', { name: 'Dimension' }).click();
  await me.getByTitle('Verb', { exact: true }).last().click();
  await me.getByRole('combobox', { name: 'Value' }).fill('deal.won');
  await me.keyboard.press('Escape');
  await me.getByRole('button', { name: 'Apply' }).click({ force: true });
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('deal.won');
  await me.getByRole('button', { name: 'Definition' }).click();
  await expect(me.getByText(/How many events there are/)).toBeVisible();
});
