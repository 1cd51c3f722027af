import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

// Who may import whom (docs/architecture.md). tools/guards plants a violation of each rule and sees it fail.
const depConstraints = [
  {
    sourceTag: 'kind:contracts',
    onlyDependOnLibsWithTags: ['kind:contracts'],
    allowedExternalImports: ['@bufbuild/protobuf', '@bufbuild/protobuf/*', '@grpc/grpc-js'],
  },
  { sourceTag: 'kind:domain', onlyDependOnLibsWithTags: ['kind:domain'], allowedExternalImports: [] },
  { sourceTag: 'kind:providers', onlyDependOnLibsWithTags: ['kind:providers', 'kind:domain'], allowedExternalImports: [] },
  { sourceTag: 'kind:platform', onlyDependOnLibsWithTags: ['kind:platform', 'kind:contracts'] },
  { sourceTag: 'kind:api-client', onlyDependOnLibsWithTags: ['kind:api-client'] },
  {
    sourceTag: 'kind:testing',
    onlyDependOnLibsWithTags: ['kind:testing', 'kind:platform', 'kind:contracts', 'kind:domain', 'kind:providers', 'kind:api-client'],
  },
  { sourceTag: 'kind:service', onlyDependOnLibsWithTags: ['kind:platform', 'kind:contracts', 'kind:domain', 'kind:providers'] },
  {
    sourceTag: 'kind:tool',
    onlyDependOnLibsWithTags: [
      'kind:tool',
      'kind:testing',
      'kind:platform',
      'kind:contracts',
      'kind:domain',
      'kind:providers',
      'kind:api-client',
    ],
  },
  { sourceTag: 'tool:simulator', onlyDependOnLibsWithTags: [] },
  {
    sourceTag: 'kind:e2e',
    onlyDependOnLibsWithTags: [
      'kind:tool',
      'kind:testing',
      'kind:platform',
      'kind:contracts',
      'kind:domain',
      'kind:providers',
      'kind:api-client',
    ],
  },
];
const boundaries = (constraints) => [
  'error',
  { enforceBuildableLibDependency: false, allow: [], banTransitiveDependencies: false, depConstraints: constraints },
];
// Specs may use the test library on top of what their project may import.
const withTesting = depConstraints.map((rule) =>
  rule.sourceTag === 'tool:simulator' || rule.onlyDependOnLibsWithTags.length === 0
    ? rule
    : { ...rule, onlyDependOnLibsWithTags: [...rule.onlyDependOnLibsWithTags, 'kind:testing'], allowedExternalImports: undefined },
);

const kafkaClient = { name: 'kafkajs', message: 'Only libs/platform/kafka talks to the Kafka client; use @tollgate/platform/kafka.' };
const nodeInDomain = { group: ['node:*', 'fs', 'crypto', 'http'], message: 'The domain is pure: no I/O, no clock, no random.' };

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.nx/**', '.tollgate/**', 'libs/contracts/gen/**', 'coverage/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.{ts,mts,cts,tsx}'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(depConstraints),
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-require-imports': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 300 }],
    },
  },
  { files: ['**/*.ts'], ignores: ['libs/platform/kafka/**'], rules: { 'no-restricted-imports': ['error', { paths: [kafkaClient] }] } },
  {
    files: ['libs/domain/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: [kafkaClient], patterns: [nodeInDomain] }],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time is passed in.' },
        { object: 'Math', property: 'random', message: 'Ids and randomness are passed in.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is passed in.' },
      ],
    },
  },
  {
    files: [
      '**/*.spec.ts',
      '**/*-fixture.ts',
      '**/*.fixture.ts',
      'services/*/src/fixtures/**',
      'services/*/test/**',
      'libs/testing/**/*.ts',
    ],
    rules: { '@nx/enforce-module-boundaries': boundaries(withTesting) },
  },
  { files: ['tools/**', 'e2e/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.{cjs,mjs,js}'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', require: 'readonly', module: 'readonly', __dirname: 'readonly' },
    },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
