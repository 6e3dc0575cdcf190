import { address, expect, noFaults, signIn, test } from './user';

test('someone signs in, is told when the password is wrong, and signs out', async ({ page }) => {
  await page.addInitScript(() => {
    if (!localStorage.getItem('outfitter.lang')) localStorage.setItem('outfitter.lang', 'en');
  });
  await page.goto(address('/sources'));
  await noFaults(page);
  await page.getByLabel('Name', { exact: true }).fill('admin');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText(/wrong|password/i);
  await signIn(page);
  await page.goto(address('/sources'));
  await expect(page.getByRole('heading', { name: 'Sources', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: /User menu/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toBeVisible();
});

test('language and theme are switched and remembered with the user', async ({ me }) => {
  await me.goto(address('/today'));
  await me.getByRole('button', { name: /Switch to Chinese/ }).click();
  await expect(me.getByRole('heading', { name: '今日', level: 1 })).toBeVisible();
  await expect(me).toHaveTitle('今日 · 铲子铺');
  await expect(me.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await me.getByRole('button', { name: '外观' }).click();
  await me.getByRole('menuitem', { name: '深色' }).click();
  await expect(me.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect
    .poll(
      async () =>
        ((await (await me.request.get(address('/api/v1/session'))).json()) as { user: { lang: string; theme: string } })
          .user,
    )
    .toMatchObject({ lang: 'zh', theme: 'dark' });
  await me.evaluate(() => localStorage.clear());
  await me.reload();
  await expect(me.locator('html')).toHaveAttribute('data-theme', 'dark');
  await noFaults(me);
});

test('the keyboard goes everywhere', async ({ me }) => {
  await me.goto(address('/today'));
  await expect(me.getByRole('heading', { name: 'Today', level: 1 })).toBeVisible();
  await me.keyboard.press('?');
  await expect(me.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await me.keyboard.press('Escape');
  await expect(me.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeHidden();
  await me.keyboard.press('g');
  await me.keyboard.press('s');
  await expect(me).toHaveURL(/\/sources$/);
  await me.keyboard.press('Control+k');
  const box = me.getByRole('combobox', { name: 'Search' });
  await expect(box).toBeFocused();
  await noFaults(me);
  await box.fill('explore');
  await me.keyboard.press('Enter');
  await expect(me).toHaveURL(/\/explore/);
});

test('the palette finds a customer, and leaves an input method alone', async ({ me }) => {
  await me.goto(address('/today'));
  await expect(me.getByRole('heading', { name: 'Today', level: 1 })).toBeVisible();
  await me.keyboard.press('Control+k');
  const box = me.getByRole('combobox', { name: 'Search' });
  await box.fill('上海');
  const hit = me.getByRole('option').filter({ hasText: '上海' }).first();
  await expect(hit).toBeVisible();
  await box.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true });
  await expect(box).toBeVisible();
  await hit.click();
  await expect(me).toHaveURL(/\/(customers|parties)\//);
  await noFaults(me);
});

test('a page that is not there says so', async ({ me }) => {
  await me.goto(address('/nowhere'));
  await expect(me.getByText('No such page')).toBeVisible();
  await noFaults(me);
});

test('a session that ends asks for a new sign-in and keeps the page', async ({ me }) => {
  await me.goto(address('/explore?by=verb'));
  await expect(me.getByRole('img', { name: /chart of/ })).toBeVisible();
  await me.context().clearCookies();
  await me.getByRole('link', { name: 'Sources', exact: true }).click();
  await expect(me.getByText('Your session has ended')).toBeVisible();
});

test('an unreachable server is told, and comes back', async ({ me, trouble }) => {
  await me.goto(address('/today'));
  await expect(me.getByRole('heading', { name: 'Today', level: 1 })).toBeVisible();
  await me.context().setOffline(true);
  await expect(me.getByText('The server does not answer')).toBeVisible();
  await me.context().setOffline(false);
  await expect(me.getByText('The server does not answer')).toBeHidden();
  trouble.length = 0;
});

test('it is readable on a phone', async ({ me }) => {
  await me.setViewportSize({ width: 390, height: 844 });
  for (const path of ['/today', '/explore?by=verb', '/sources', '/import']) {
    await me.goto(address(path));
    await expect(me.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await me.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0);
  }
  await me.getByRole('button', { name: 'Open the menu' }).click();
  await me.getByRole('dialog').getByRole('link', { name: 'Today', exact: true }).click();
  await expect(me).toHaveURL(/\/today/);
});
