import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { isolationHeaders } from './tools/chromium.ts';

export default defineConfig({
  base: './',
  plugins: [react()],
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  worker: { format: 'es', rolldownOptions: { output: { comments: { legal: false } } } },
  build: { target: 'es2023' },
});
