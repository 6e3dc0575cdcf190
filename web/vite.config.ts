import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The server writes its --base-url into <base href> of index.html, so every address here stays relative.
export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|react-router|scheduler|@tanstack)[\\/]/,
              priority: 30,
            },
            { name: 'chart', test: /node_modules[\\/](echarts|zrender)[\\/]/, priority: 20 },
            {
              name: 'editor',
              test: /node_modules[\\/](@codemirror|@lezer|style-mod|crelt|w3c-keyname)[\\/]/,
              priority: 20,
            },
            { name: 'yaml', test: /node_modules[\\/]yaml[\\/]/, priority: 20 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': { target: process.env.OUTFITTER ?? 'http://127.0.0.1:8080', changeOrigin: true },
    },
  },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node' },
});
