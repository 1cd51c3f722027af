import { resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const { compilerOptions } = JSON.parse(readFileSync(resolve(root, 'tsconfig.base.json'), 'utf8')) as {
  compilerOptions: { paths: Record<string, [string]> };
};
const alias = Object.entries(compilerOptions.paths).map(([name, [file]]) => ({
  find: new RegExp(`^${name}$`),
  replacement: resolve(root, file),
}));

const shared = {
  plugins: [
    swc.vite({
      swcrc: false,
      tsconfigFile: false,
      module: { type: 'es6' },
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        keepClassNames: true,
      },
    }),
  ],
  resolve: { alias },
};
const exclude = ['**/node_modules/**', 'dist/**', '.tollgate/**', '.nx/**'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          // Guards against a hang; properties over random histories take seconds on a busy machine.
          testTimeout: 60_000,
          include: ['{libs,services,tools}/**/*.spec.ts'],
          exclude: [...exclude, '**/*.{int,e2e}.spec.ts'],
          environment: 'node',
        },
      },
      {
        ...shared,
        test: {
          name: 'int',
          include: ['{libs,services,tools}/**/*.int.spec.ts'],
          exclude,
          environment: 'node',
          globalSetup: ['libs/testing/embedded/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          include: ['e2e/scenarios/**/*.e2e.spec.ts'],
          globalSetup: ['e2e/global-setup.ts'],
          exclude,
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 300_000,
          pool: 'forks',
          // Scenarios share one system, so they run one after the other.
          poolOptions: { forks: { singleFork: true } },
        },
      },
    ],
  },
});
