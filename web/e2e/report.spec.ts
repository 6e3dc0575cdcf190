import { address, expect, noFaults, test } from './user';

test('the report is seen as it would be, made, and downloaded with its proof', async ({ me, trouble }) => {
  await me.goto(address('/report?year=2026'));
  const page = me.frameLocator('iframe');
  await expect(page.locator('h1').first()).toBeVisible();
  await noFaults(me);
  await me.getByLabel('Company').fill('Shovel Ltd');
  for (const name of [/^中文/, /^Excel/]) {
    const box = me.getByRole('checkbox', { name });
    if (await box.isChecked()) await box.uncheck();
  }
  await me.getByRole('button', { name: 'Make the report' }).click();
  await expect(me.getByText('Downloads')).toBeVisible({ timeout: 120_000 });
  await expect(me.getByText(/verif(y|ies) offline/)).toBeVisible();
  await expect(page.getByText('Shovel Ltd').first()).toBeVisible();
  await me.mouse.move(0, 0);
  await noFaults(me);
  const download = me.waitForEvent('download');
  await me.getByRole('link', { name: /Proof bundle/ }).click();
  expect((await download).suggestedFilename()).toMatch(/^report-2026\.zip$/);
  // Not even the tests' own scripts run inside the preview; that they can't is the point.
  trouble.splice(0, trouble.length, ...trouble.filter((line) => !/sandboxed/.test(line)));
});
