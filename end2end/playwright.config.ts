// How the browser tests run: against the release build, in the browser of the system.
import { defineConfig } from '@playwright/test';

const chromium = {
  browserName: 'chromium' as const,
  viewport: { width: 1280, height: 900 },
  launchOptions: {
    executablePath: process.env.HEDDLE_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
};

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: '.out/report.json' }]],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    { name: 'chromium', testIgnore: /\.ssr\.spec\.ts$/, use: chromium },
    {
      name: 'chromium-nojs',
      testMatch: /\.ssr\.spec\.ts$/,
      use: { ...chromium, javaScriptEnabled: false },
    },
  ],
});
