import { address, expect, noFaults, test } from './user';

test('a roll-out becomes a claim in four steps', async ({ me }) => {
  await me.goto(address('/value/new'));
  await me.getByRole('button', { name: 'Next' }).click();
  await expect(me.getByText('Say what was rolled out')).toBeVisible();
  await me.getByLabel('What was rolled out').fill('Price list');
  await noFaults(me);
  await me.getByRole('button', { name: 'Next' }).click();
  await me.getByRole('combobox', { name: 'Team, Line 1' }).fill('Team of the test');
  const since = me.getByRole('textbox', { name: 'From, Line 1' });
  await since.fill('2026-05-12');
  await since.press('Enter');
  await noFaults(me);
  await me.getByRole('button', { name: 'Next' }).click();
  await me.getByRole('radio', { name: /Deals won per person/ }).check();
  await noFaults(me);
  await me.getByRole('button', { name: 'Next' }).click();
  await expect(me.getByText('How many more deals a month does a person win with “Price list”?')).toBeVisible();
  await noFaults(me);
  await me.getByRole('button', { name: 'Keep as a draft' }).click();
  await expect(me).toHaveURL(/\/value\/claims\/price-list-won-/);
  await me.getByRole('button', { name: 'Seal this version' }).click();
  await me.getByRole('dialog').getByRole('button', { name: 'Seal this version' }).click();
  await expect(me.getByText(/^Sealed .* by /)).toBeVisible();
});
