import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// The system's Chromium where there is one; else what `npx playwright install chromium` brought.
const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/server.ts',
  // One server, one company: what one test imports another would see.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 240_000, // a loaded machine is no fault; one test took 66 s on one
  expect: { timeout: 40_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    timezoneId: 'Asia/Shanghai',
    launchOptions: {
      ...(system ? { executablePath: system } : {}),
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
