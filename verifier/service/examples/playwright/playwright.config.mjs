import { defineConfig } from '@playwright/test'

export default defineConfig({
  // One agent, and one window at a time: as on a person's computer.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    // The agent's certificate is its own authority's; `trust/localhost.pem` is that, to trust it instead.
    ignoreHTTPSErrors: true,
    launchOptions: { executablePath: process.env.CHROMIUM },
  },
})
