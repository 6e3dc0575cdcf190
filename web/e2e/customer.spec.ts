import { address, expect, noFaults, test } from './user';

test('a customer is found, and its page leads to original rows', async ({ me }) => {
  await me.goto(address('/customers'));
  const first = me.locator('tbody tr.ant-table-row').first().getByRole('link');
  await expect(first).toBeVisible();
  await noFaults(me);
  await first.click();
  await expect(me.getByRole('tab', { name: /Timeline/ })).toBeVisible();
  await expect(me.locator('section[aria-label]').first()).toBeVisible();
  await noFaults(me);
  await me.getByRole('tab', { name: 'Portrait' }).click();
  await expect(me.getByText('Lifecycle stage').first()).toBeVisible();
  await noFaults(me);
  await me.getByRole('tab', { name: /Timeline/ }).click();
  await me.locator('section[aria-label] a').first().click();
  await expect(me).toHaveURL(/\/batches\/.+\/rows\/\d+/);
});

test('a segment is built, counted, explained, kept and put into the bin', async ({ me }) => {
  await me.goto(address('/segments/new'));
  await me.getByLabel('Title', { exact: true }).fill('Those who said something');
  await me.getByRole('button', { name: 'Event', exact: true }).click();
  await expect(me.getByText('Picks now')).toBeVisible();
  await noFaults(me);
  await me.getByRole('button', { name: 'Why?' }).first().click();
  await expect(me.getByRole('dialog').getByText(/is in$/)).toBeVisible();
  await me.keyboard.press('Escape');
  await me.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(me.getByRole('tab', { name: 'Members' })).toBeVisible();
  await me.getByRole('tab', { name: 'Members' }).click();
  await me.getByRole('button', { name: 'Refresh', exact: true }).click();
  await expect(me.getByRole('tabpanel', { name: 'Members' }).locator('tbody tr.ant-table-row').first()).toBeVisible();
  await me.getByRole('tab', { name: 'Hand out' }).click();
  await expect(me.getByText('No holdouts yet')).toBeVisible();
  await noFaults(me);
  await me.goto(address('/segments'));
  await me.getByRole('button', { name: 'Move to the bin' }).first().click();
  await expect(me.getByText('Moved to the recycle bin')).toBeVisible();
});

test('pairs are judged by the keyboard, and undone', async ({ me }) => {
  await me.goto(address('/identity?tab=review'));
  const asked = me.getByText('Are these two the same?');
  const nothing = me.getByText('Nothing to review');
  await expect(asked.or(nothing).first()).toBeVisible();
  await noFaults(me);
  if (await asked.isVisible()) {
    await expect(me.getByRole('button', { name: /1 Same/ })).toBeEnabled();
    await me.keyboard.press('3');
    await expect(me.getByText(/Noted: Unsure/)).toBeVisible();
    await me.keyboard.press('u');
    await expect(me.getByText('Undone').first()).toBeVisible();
  }
  await me.getByRole('tab', { name: 'Model' }).click();
  await expect(me.getByText('Match weights by field and level')).toBeVisible();
  await me.getByRole('tab', { name: 'Runs and drift' }).click();
  await noFaults(me);
});
