import AxeBuilder from '@axe-core/playwright';
import { type APIRequestContext, test as base, expect, type Page } from '@playwright/test';

const url = () => (process.env.OUTFITTER_URL ?? '').replace(/\/$/, '');
const name = () => process.env.OUTFITTER_NAME ?? 'admin';
const password = () => process.env.OUTFITTER_PASSWORD ?? '';

export const address = (path: string) => `${url()}/${path.replace(/^\//, '')}`;

export async function signIn(page: Page, lang: 'zh' | 'en' = 'en') {
  await page.goto(address('/today'));
  if (await page.getByRole('button', { name: lang === 'zh' ? '切换到简体中文' : 'Switch to English' }).isVisible())
    await page.getByRole('button', { name: lang === 'zh' ? '切换到简体中文' : 'Switch to English' }).click();
  await page.getByLabel(lang === 'zh' ? '用户名' : 'Name', { exact: true }).fill(name());
  await page.getByLabel(lang === 'zh' ? '密码' : 'Password', { exact: true }).fill(password());
  await page.getByRole('button', { name: lang === 'zh' ? '登录' : 'Sign in', exact: true }).click();
  // The sign-in page has a heading as well: wait for what only someone signed in sees.
  await expect(page.getByRole('button', { name: lang === 'zh' ? /用户菜单/ : /User menu/ })).toBeVisible();
}

type Fixtures = { me: Page; api: APIRequestContext; trouble: string[] };

/** Each test has a page on which the administrator is signed in, and fails on what the console calls an error. */
export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads which fixtures are wanted from the pattern
  trouble: async ({}, use) => {
    await use([]);
  },
  me: async ({ page, trouble }, use) => {
    page.on('pageerror', (error) => trouble.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of (401|404|422)/.test(message.text())) trouble.push(message.text());
    });
    page.on('dialog', (dialog) => {
      trouble.push(`a dialog opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.addInitScript(() => {
      if (!localStorage.getItem('outfitter.lang')) localStorage.setItem('outfitter.lang', 'en');
    });
    const answer = await page.request.post(address('/api/v1/session'), {
      data: { name: name(), password: password() },
    });
    expect(answer.status(), 'sign-in').toBe(200);
    await page.request.patch(address('/api/v1/session'), { data: { lang: 'en', theme: 'light' } });
    await use(page);
    expect(trouble, 'errors on the console').toEqual([]);
  },
  api: async ({ me }, use) => {
    await use(me.request);
  },
});

/** noFaults runs axe over the page: nothing serious or critical is let through. */
export async function noFaults(page: Page) {
  // What is on its way in or out has neither its place nor its colour yet.
  await page.waitForTimeout(600);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map(
      (v) =>
        `${v.id}: ${v.nodes
          .map((n) => n.target.join(' '))
          .slice(0, 4)
          .join(' | ')} ${v.nodes[0]?.failureSummary ?? ''}`,
    );
  expect(serious).toEqual([]);
}

export { expect };
