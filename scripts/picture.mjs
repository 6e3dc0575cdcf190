// Takes the README's pictures from a running demo:
//   OUTFITTER_URL=http://127.0.0.1:8080 OUTFITTER_PASSWORD=… node scripts/picture.mjs
// Chromium as in web/playwright.config.ts; Playwright from web/node_modules.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const { chromium } = createRequire(new URL('../web/package.json', import.meta.url))('@playwright/test');
const url = (process.env.OUTFITTER_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '');
const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => existsSync(p));
const browser = await chromium.launch({ ...(system ? { executablePath: system } : {}), args: ['--no-sandbox', '--disable-gpu'] });

async function picture(lang, file) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, timezoneId: 'Asia/Shanghai' });
  page.setDefaultTimeout(120_000);
  await page.addInitScript((l) => localStorage.setItem('outfitter.lang', l), lang);
  const answer = await page.request.post(`${url}/api/v1/session`, {
    data: { name: process.env.OUTFITTER_NAME ?? 'admin', password: process.env.OUTFITTER_PASSWORD },
  });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()}`);
  await page.request.patch(`${url}/api/v1/session`, { data: { lang } });
  await page.goto(`${url}/explore?metric=feedback.received.count&grain=month&by=channel`);
  const chart = page.locator('canvas').first();
  await chart.waitFor();
  await page.waitForTimeout(2000);
  const box = await chart.boundingBox();
  // A bar near the left, which the drawer does not cover.
  await chart.click({ position: { x: box.width * 0.255, y: box.height - 60 } });
  await page.getByRole('dialog').locator('tbody tr.ant-table-row').first().click();
  await page.getByRole('dialog').locator('tr[aria-current="true"]').waitFor();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: new URL(`../docs/picture/${file}`, import.meta.url).pathname });
  await page.close();
}

await picture('en', 'explore.png');
await picture('zh', 'explore.zh-CN.png');
await browser.close();
