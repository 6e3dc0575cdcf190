import { address, expect, noFaults, test } from './user';

test('a user is made with a password shown once, changed, and disabled', async ({ me, browser }) => {
  const name = `e2e${Date.now().toString(36)}`;
  await me.goto(address('/admin/users'));
  await expect(me.locator('tbody tr.ant-table-row').first()).toBeVisible();
  await noFaults(me);
  await me.getByRole('button', { name: 'New user' }).click();
  const dialog = me.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await noFaults(me);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(me.getByText(`The password of ${name}`)).toBeVisible();
  const password = (await me.locator('.ant-modal .code').innerText()).trim();
  await me.getByRole('dialog').getByRole('button', { name: 'OK' }).click();

  // The new colleague gets in, and sees no administration.
  const other = await browser.newContext();
  const page = await other.newPage();
  await page.addInitScript(() => localStorage.setItem('outfitter.lang', 'en'));
  expect((await page.request.post(address('/api/v1/session'), { data: { name, password } })).status()).toBe(200);
  await page.request.patch(address('/api/v1/session'), { data: { lang: 'en' } });
  await page.goto(address('/today'));
  await expect(page.getByRole('heading', { name: 'Today', level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Users' })).toHaveCount(0);
  await page.goto(address('/admin/users'));
  await expect(page.getByRole('alert')).toBeVisible();

  const row = me.locator('tbody tr.ant-table-row').filter({ hasText: name });
  await row.getByRole('button', { name: 'Disable' }).click();
  await me.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await expect(row.getByText('Disabled')).toBeVisible();
  expect((await page.request.get(address('/api/v1/session'))).status()).toBe(401);
  await other.close();
});

test('the rights of each role are shown', async ({ me }) => {
  await me.goto(address('/admin/roles'));
  await expect(me.getByRole('columnheader', { name: 'Administrator' })).toBeVisible();
  await expect(me.getByRole('img', { name: 'Allowed' }).first()).toBeVisible();
  await noFaults(me);
});

test('a token is made, shown once, and revoked', async ({ me }) => {
  const name = `e2e ${Date.now()}`;
  await me.goto(address('/admin/tokens'));
  await me.getByRole('button', { name: 'New token' }).first().click();
  await me.getByRole('dialog').getByLabel('Purpose').fill(name);
  await me.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await expect(me.getByText('The token is shown this once')).toBeVisible();
  await noFaults(me);
  await me.getByRole('dialog').getByRole('button', { name: 'OK' }).click();
  const row = me.locator('tbody tr.ant-table-row').filter({ hasText: name });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await me.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(row).toHaveCount(0);
  await noFaults(me);
});

test('the audit log is filtered, verified and exported', async ({ me }) => {
  await me.goto(address('/admin/audit'));
  const rows = me.locator('tbody tr.ant-table-row');
  await expect(rows.first()).toBeVisible();
  await noFaults(me);
  await me.getByRole('button', { name: 'Verify the chain' }).click();
  await expect(me.getByText(/Intact/)).toBeVisible();
  await me.getByRole('searchbox', { name: 'Actor' }).fill('nobody-of-that-name');
  await me.keyboard.press('Enter');
  await expect(me.getByText('No entries match')).toBeVisible();
  const download = me.waitForEvent('download');
  await me.getByRole('link', { name: 'Export CSV' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
});
