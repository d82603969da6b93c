import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumArguments, chromiumPath, isolationHeaders } from './tools/chromium.ts';

// Two projects: `unit` in Node, `browser` (files named *.browser.test.ts) in Debian's Chromium with WebGPU on SwiftShader.
export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts'],
          exclude: ['**/*.browser.test.*', 'node_modules'],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [react()],
        // Found while a test runs, these would reload it in the middle.
        optimizeDeps: {
          include: [
            '@huggingface/tokenizers',
            '@huggingface/transformers',
            '@mantine/core',
            '@mantine/hooks',
            '@tanstack/react-virtual',
            'fast-check',
            'fflate',
            'idb',
            'lucide-react',
            'react-dropzone',
            'recharts',
            'valibot',
          ],
        },
        server: { headers: isolationHeaders, fs: { allow: ['.', '../shared'] } },
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.{ts,tsx}'],
          testTimeout: 240_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: chromiumPath, args: chromiumArguments } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
